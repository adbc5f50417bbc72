using System.Text.Json;

namespace Governance.Gateway.Upstreams.Sandbox;

/// <summary>Says what is wrong with a body in the words of the provider; everything that is not named here is let pass.</summary>
[Pure]
static class SandboxValidation
{
    const int MessagesMost = 100_000;
    const int StopSequencesMost = 256;
    const long ThinkingBudgetLeast = 1_024;

    /// <summary>The first problem, or null. <paramref name="counting"/>: the body of count_tokens, which has no <c>max_tokens</c>.</summary>
    public static string? Problem(JsonElement root, bool counting)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return "The request body must be a JSON object.";
        }
        return ModelProblem(root) ?? (counting ? null : LengthProblem(root)) ?? MessagesProblem(root)
            ?? SystemProblem(root) ?? ToolsProblem(root) ?? ThinkingProblem(root) ?? StopProblem(root);
    }

    static string? ModelProblem(JsonElement root) => root.Member("model") switch
    {
        null => "model: Field required",
        { ValueKind: JsonValueKind.String } model when model.GetString() is { Length: > 0 and <= 256 } => null,
        _ => "model: String should have between 1 and 256 characters",
    };

    static string? LengthProblem(JsonElement root)
    {
        if (root.Member("stream") is { ValueKind: not (JsonValueKind.True or JsonValueKind.False) })
        {
            return "stream: Input should be a valid boolean";
        }
        return root.Member("max_tokens") switch
        {
            null => "max_tokens: Field required",
            { ValueKind: JsonValueKind.Number } most when most.TryGetInt64(out var tokens) => tokens >= 0 ? null : "max_tokens: Input should be greater than or equal to 0",
            _ => "max_tokens: Input should be a valid integer",
        };
    }

    static string? MessagesProblem(JsonElement root)
    {
        if (root.Member("messages") is not { } messages)
        {
            return "messages: Field required";
        }
        if (messages.ValueKind != JsonValueKind.Array)
        {
            return "messages: Input should be a valid list";
        }
        var count = messages.GetArrayLength();
        if (count is 0 or > MessagesMost)
        {
            return count == 0 ? "messages: at least one message is required" : $"messages: at most {MessagesMost} messages are allowed";
        }
        var index = 0;
        foreach (var message in messages.EnumerateArray())
        {
            if (MessageProblem(message, $"messages.{index++}") is { } problem)
            {
                return problem;
            }
        }
        return null;
    }

    static string? MessageProblem(JsonElement message, string path)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            return $"{path}: Input should be an object";
        }
        var role = message.Text("role");
        if (role is not ("user" or "assistant" or "system"))
        {
            return $"{path}.role: Input should be 'user', 'assistant' or 'system'";
        }
        if (message.Member("content") is not { } content)
        {
            return $"{path}.content: Field required";
        }
        return content.ValueKind switch
        {
            JsonValueKind.String when role == "user" && content.ValueEquals("") => $"{path}: user messages must have non-empty content",
            JsonValueKind.String => null,
            JsonValueKind.Array when role == "user" && content.GetArrayLength() == 0 => $"{path}: user messages must have non-empty content",
            JsonValueKind.Array => BlocksProblem(content, path + ".content"),
            _ => $"{path}.content: Input should be a valid string or list",
        };
    }

    static string? BlocksProblem(JsonElement blocks, string path)
    {
        var index = 0;
        foreach (var block in blocks.EnumerateArray())
        {
            var type = block.Text("type");
            if (type is null)
            {
                return $"{path}.{index}.type: Field required";
            }
            if (type == "text" && block.Text("text") is null or "")
            {
                return $"{path}.{index}.text: text content blocks must be non-empty";
            }
            index++;
        }
        return null;
    }

    static string? SystemProblem(JsonElement root) => root.Member("system") switch
    {
        null or { ValueKind: JsonValueKind.String } => null,
        { ValueKind: JsonValueKind.Array } blocks => BlocksProblem(blocks, "system"),
        _ => "system: Input should be a valid string or list",
    };

    static string? ToolsProblem(JsonElement root)
    {
        if (root.Member("tools") is { ValueKind: not JsonValueKind.Array })
        {
            return "tools: Input should be a valid list";
        }
        var index = 0;
        foreach (var tool in root.Member("tools").Items())
        {
            if (tool.Text("name") is null && tool.Text("type") is null or "custom")
            {
                return $"tools.{index}.name: Field required";
            }
            if (tool.Text("type") is null or "custom" && tool.Member("input_schema") is not { ValueKind: JsonValueKind.Object })
            {
                return $"tools.{index}.custom.input_schema: Field required";
            }
            index++;
        }
        var choice = root.Member("tool_choice")?.Text("type");
        if (choice is "any" or "tool" && index == 0)
        {
            return "tool_choice: may only be specified while providing tools";
        }
        var wanted = choice == "tool" ? root.Member("tool_choice")?.Text("name") ?? "" : null;
        return wanted is null || root.Member("tools").Items().Any(tool => tool.Text("name") == wanted) ? null : "tool_choice: Tool not found in provided tools";
    }

    static string? ThinkingProblem(JsonElement root) =>
        root.Member("thinking") is { } thinking && thinking.Text("type") == "enabled"
        && (thinking.Member("budget_tokens") is not { ValueKind: JsonValueKind.Number } budget || !budget.TryGetInt64(out var tokens) || tokens < ThinkingBudgetLeast)
            ? $"thinking.enabled.budget_tokens: Input should be greater than or equal to {ThinkingBudgetLeast}"
            : null;

    static string? StopProblem(JsonElement root)
    {
        if (root.Member("stop_sequences") is not { } sequences)
        {
            return null;
        }
        if (sequences.ValueKind != JsonValueKind.Array || sequences.GetArrayLength() > StopSequencesMost)
        {
            return $"stop_sequences: Input should be a list of at most {StopSequencesMost}";
        }
        return sequences.EnumerateArray().All(sequence => sequence.ValueKind == JsonValueKind.String && !string.IsNullOrWhiteSpace(sequence.GetString()))
            ? null
            : "stop_sequences: each stop sequence must contain non-whitespace";
    }
}
