using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Governance.Gateway.Upstreams.Sandbox;

/// <summary>What the sandbox needs to know of a valid body in order to answer it.</summary>
[Pure]
sealed record SandboxRequest
{
    const int ToolsConsidered = 512;
    const int MentionCharsMost = 16_384;

    public required string Model { get; init; }
    public required long MaxTokens { get; init; }
    public required bool Stream { get; init; }
    /// <summary>Lower-case hexadecimal; the same for every body that differs only in <c>stream</c>.</summary>
    public required string Hash { get; init; }
    /// <summary>The text of the last user message, what the client program added as reminders left out.</summary>
    public required string UserText { get; init; }
    /// <summary>Where the last user message stands, counted from 1; 0 where there is none.</summary>
    public required int UserMessage { get; init; }
    public required int Messages { get; init; }
    /// <summary>The result that the last user message brings back from a tool.</summary>
    public string? ToolResult { get; init; }
    public bool Thinking { get; init; }
    /// <summary>The client wants the signature of the thinking but not its text.</summary>
    public bool ThinkingOmitted { get; init; }
    /// <summary>The tool to be called; null where none is.</summary>
    public string? ToolName { get; init; }
    /// <summary>A minimal input for that tool, as JSON.</summary>
    public string ToolInput { get; init; } = "{}";
    /// <summary>The body leaves no choice but to call a tool.</summary>
    public bool ToolForced { get; init; }
    /// <summary>An instance of the schema that the answer must follow; null where it is free text.</summary>
    public string? Structured { get; init; }
    public IReadOnlyList<string> StopSequences { get; init; } = [];
    public bool Fast { get; init; }
    public string? InferenceGeo { get; init; }

    /// <summary>Reads a body in which <see cref="SandboxValidation"/> found no problem.</summary>
    public static SandboxRequest Read(JsonElement root)
    {
        var messages = root.GetProperty("messages").EnumerateArray().ToList();
        var last = messages.FindLastIndex(message => message.Text("role") == "user");
        var content = last < 0 ? null : messages[last].Member("content");
        var text = SandboxJson.ContentText(content, part => !part.StartsWith("<system-reminder>", StringComparison.Ordinal));
        var result = ToolResultOf(content);
        var forced = root.Member("tool_choice")?.Text("type") is "any" or "tool";
        var tool = ToolOf(root, forced, result is null ? text : "");
        var schema = root.Member("output_config")?.Member("format")?.Member("schema");
        return new SandboxRequest
        {
            Model = root.Text("model")!,
            MaxTokens = root.GetProperty("max_tokens").GetInt64(),
            Stream = root.Member("stream")?.ValueKind == JsonValueKind.True,
            Hash = HashOf(root),
            UserText = text,
            UserMessage = last + 1,
            Messages = messages.Count,
            ToolResult = result,
            Thinking = root.Member("thinking")?.Text("type") is "enabled" or "adaptive",
            ThinkingOmitted = root.Member("thinking")?.Text("display") == "omitted",
            ToolName = tool?.Text("name"),
            ToolInput = tool is { } called ? SandboxSchema.Instance(called.GetProperty("input_schema")) : "{}",
            ToolForced = forced,
            Structured = schema is { } shape ? SandboxSchema.Instance(shape) : null,
            StopSequences = [.. root.Member("stop_sequences").Items().Select(sequence => sequence.GetString()!)],
            Fast = root.Text("speed") == "fast",
            InferenceGeo = root.Text("inference_geo"),
        };
    }

    static string? ToolResultOf(JsonElement? content)
    {
        foreach (var block in content.Items())
        {
            if (block.Text("type") == "tool_result")
            {
                return SandboxJson.ContentText(block.Member("content"), _ => true);
            }
        }
        return null;
    }

    /// <summary>The first of the client's own tools that must be called or that the user's text mentions by name.</summary>
    static JsonElement? ToolOf(JsonElement root, bool forced, string text)
    {
        var choice = root.Member("tool_choice")?.Text("type");
        var wanted = choice == "tool" ? root.Member("tool_choice")?.Text("name") : null;
        if (choice == "none")
        {
            return null;
        }
        var mentions = text.AsSpan(0, Math.Min(text.Length, MentionCharsMost));
        foreach (var tool in root.Member("tools").Items().Where(tool => tool.Text("type") is null or "custom").Take(ToolsConsidered))
        {
            var name = tool.Text("name")!;
            if (wanted is null ? forced || Mentions(mentions, name) : name == wanted)
            {
                return tool;
            }
        }
        return null;
    }

    static bool Mentions(ReadOnlySpan<char> text, string name)
    {
        if (name.Length == 0)
        {
            return false;
        }
        for (var rest = text; ;)
        {
            var at = rest.IndexOf(name, StringComparison.Ordinal);
            if (at < 0)
            {
                return false;
            }
            var end = at + name.Length;
            if ((at == 0 || !NameLetter(rest[at - 1])) && (end == rest.Length || !NameLetter(rest[end])))
            {
                return true;
            }
            rest = rest[end..];
        }
    }

    static bool NameLetter(char letter) => char.IsLetterOrDigit(letter) || letter is '_' or '-';

    static string HashOf(JsonElement root)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var member in root.EnumerateObject().Where(member => !member.NameEquals("stream")))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(member.Name));
            hash.AppendData(JsonMarshal.GetRawUtf8Value(member.Value));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
