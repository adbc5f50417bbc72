using System.Globalization;
using System.Text;
using Governance.Pricing;

namespace Governance.Gateway.Upstreams.Sandbox;

/// <summary>Composes the answer to a request: the same request always gets the same words, and never more tokens than it allows.</summary>
[Pure]
static class SandboxComposer
{
    const int EchoCharsMost = 200;

    /// <param name="prompt">How the tokens of the prompt are charged.</param>
    public static SandboxAnswer Compose(SandboxRequest request, SandboxMarkers markers, TokenUsage prompt)
    {
        var blocks = new List<SandboxBlock>();
        var left = request.MaxTokens;
        var reason = left == 0 ? "max_tokens" : "end_turn";
        string? sequence = null;
        long reasoning = 0;

        if (left > 0 && (request.Thinking || markers.Think))
        {
            var thought = Thought(request);
            var length = SandboxTokens.Cut(thought, left, out reasoning);
            left -= reasoning;
            reason = length < thought.Length ? "max_tokens" : reason;
            blocks.Add(new SandboxBlock(SandboxBlockKind.Thinking, request.ThinkingOmitted ? "" : thought[..length], Signature(request)));
        }
        if (reason == "end_turn")
        {
            var (text, hit) = Stopped(TextOf(request, markers, prompt), request.StopSequences);
            var length = SandboxTokens.Cut(text, left, out var tokens);
            left -= tokens;
            (reason, sequence) = length < text.Length ? ("max_tokens", null) : hit is null ? (reason, null) : ("stop_sequence", hit);
            if (length > 0)
            {
                blocks.Add(new SandboxBlock(SandboxBlockKind.Text, text[..length]));
            }
        }
        if (reason == "end_turn" && request.ToolName is { } name && !markers.Refusal)
        {
            var tokens = SandboxTokens.Count(name) + SandboxTokens.Count(request.ToolInput);
            reason = tokens > left ? "max_tokens" : "tool_use";
            if (tokens <= left)
            {
                left -= tokens;
                blocks.Add(new SandboxBlock(SandboxBlockKind.ToolUse, request.ToolInput, "toolu_" + request.Hash[24..48], name));
            }
        }
        return new SandboxAnswer
        {
            Id = "msg_" + request.Hash[..24],
            Model = request.Model,
            Blocks = blocks,
            StopReason = markers.Refusal ? "refusal" : reason,
            StopSequence = markers.Refusal ? null : sequence,
            Usage = prompt with { OutputTokens = request.MaxTokens - left, ReasoningTokens = reasoning, WebSearches = markers.WebSearches },
            Fast = request.Fast,
            InferenceGeo = request.InferenceGeo,
            TellsUsage = !markers.NoUsage,
        };
    }

    static string TextOf(SandboxRequest request, SandboxMarkers markers, TokenUsage prompt)
    {
        var text = markers.Help ? SandboxMarkers.HelpText
            : markers.Refusal ? "The sandbox refuses, as the marker asked."
            : request.ToolName is not null && request.ToolForced ? ""
            : request.Structured ?? Echo(request, prompt);
        return markers.Tokens is { } tokens ? Sized(text, tokens) : text;
    }

    static string Echo(SandboxRequest request, TokenUsage prompt)
    {
        var said = request.ToolResult is { } result
            ? $"The tool returned: \"{SandboxJson.Shorten(result, EchoCharsMost)}\""
            : $"You said: \"{SandboxJson.Shorten(request.UserText, EchoCharsMost)}\"";
        var call = request.ToolName is { } name ? $" It calls the tool {SandboxJson.Shorten(name, EchoCharsMost)}." : "";
        var tokens = prompt.PromptTokens;
        return string.Create(CultureInfo.InvariantCulture,
            $"Sandbox answer from {request.Model}. {said} ({tokens} input token{(tokens == 1 ? "" : "s")}, message {request.UserMessage} of {request.Messages}).{call} No provider was called.");
    }

    static string Thought(SandboxRequest request) =>
        $"The last message says: \"{SandboxJson.Shorten(request.UserText, EchoCharsMost)}\" The sandbox has nothing to look up. It will repeat the message, say how many tokens it counted, and stop.";

    /// <summary>Looks like a provider's signature, and stands for the thinking in the same way: nothing can be read from it.</summary>
    static string Signature(SandboxRequest request) => Convert.ToBase64String(Encoding.ASCII.GetBytes("sandbox-" + request.Hash));

    /// <summary>The text cut or continued to exactly so many tokens.</summary>
    static string Sized(string text, long tokens)
    {
        // A token holds at most four characters of one byte, so this many are enough.
        var wanted = text.Length + 4 * tokens;
        var sized = new StringBuilder(text);
        for (var number = 1; sized.Length < wanted; number++)
        {
            sized.Append(CultureInfo.InvariantCulture, $" This is sentence {number} of the sandbox.");
        }
        var all = sized.ToString();
        return all[..SandboxTokens.Cut(all, tokens, out _)];
    }

    /// <summary>The text before the first stop sequence in it, and which one that was.</summary>
    static (string Text, string? Hit) Stopped(string text, IReadOnlyList<string> sequences)
    {
        var end = text.Length;
        string? hit = null;
        foreach (var sequence in sequences)
        {
            var at = text.AsSpan(0, end).IndexOf(sequence, StringComparison.Ordinal);
            if (at >= 0)
            {
                (end, hit) = (at, sequence);
            }
        }
        return (text[..end], hit);
    }
}
