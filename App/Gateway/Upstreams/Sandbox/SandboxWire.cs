using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Governance.Pricing;

namespace Governance.Gateway.Upstreams.Sandbox;

/// <summary>Writes messages, usage and errors as Anthropic does.</summary>
[Pure]
static class SandboxWire
{
    static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Json(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    public static byte[] Message(SandboxAnswer answer) => Json(writer => WriteMessage(writer, answer, begun: false));

    /// <summary>The members of a message; <paramref name="begun"/>: as a stream begins, with nothing said yet.</summary>
    public static void WriteMessage(Utf8JsonWriter writer, SandboxAnswer answer, bool begun)
    {
        writer.WriteString("id", answer.Id);
        writer.WriteString("type", "message");
        writer.WriteString("role", "assistant");
        writer.WriteString("model", answer.Model);
        writer.WriteStartArray("content");
        foreach (var block in begun ? [] : answer.Blocks)
        {
            writer.WriteStartObject();
            WriteBlock(writer, block, begun: false);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        WriteStop(writer, begun ? null : answer);
        writer.WriteNull("diagnostics");
        if (answer.TellsUsage)
        {
            var usage = answer.Usage;
            WriteUsage(writer, answer, begun ? usage with { OutputTokens = Math.Min(1, usage.OutputTokens), ReasoningTokens = 0, WebSearches = 0 } : usage, whole: true);
        }
    }

    /// <summary>The members of a content block; <paramref name="begun"/>: as it begins in a stream, empty.</summary>
    public static void WriteBlock(Utf8JsonWriter writer, SandboxBlock block, bool begun)
    {
        switch (block.Kind)
        {
            case SandboxBlockKind.Thinking:
                writer.WriteString("type", "thinking");
                writer.WriteString("thinking", begun ? "" : block.Text);
                writer.WriteString("signature", begun ? "" : block.Id);
                break;
            case SandboxBlockKind.Text:
                writer.WriteString("type", "text");
                writer.WriteString("text", begun ? "" : block.Text);
                writer.WriteNull("citations");
                break;
            case SandboxBlockKind.ToolUse:
                writer.WriteString("type", "tool_use");
                writer.WriteString("id", block.Id);
                writer.WriteString("name", block.Name);
                writer.WritePropertyName("input");
                writer.WriteRawValue(begun ? "{}" : block.Text);
                writer.WriteStartObject("caller");
                writer.WriteString("type", "direct");
                writer.WriteEndObject();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(block));
        }
    }

    /// <summary>Why the message ended; null: it has not.</summary>
    public static void WriteStop(Utf8JsonWriter writer, SandboxAnswer? answer)
    {
        writer.WriteString("stop_reason", answer?.StopReason);
        writer.WriteString("stop_sequence", answer?.StopSequence);
        writer.WritePropertyName("stop_details");
        if (answer?.StopReason == "refusal")
        {
            writer.WriteStartObject();
            writer.WriteString("type", "refusal");
            writer.WriteNull("category");
            writer.WriteString("explanation", "The sandbox was asked to refuse.");
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNullValue();
        }
        writer.WriteNull("container");
    }

    /// <param name="whole">With what never changes during a stream: the split of cache writes, the service tier, the region.</param>
    public static void WriteUsage(Utf8JsonWriter writer, SandboxAnswer answer, TokenUsage usage, bool whole)
    {
        writer.WriteStartObject("usage");
        writer.WriteNumber("input_tokens", usage.InputTokens);
        writer.WriteNumber("cache_creation_input_tokens", usage.CacheWriteShortTokens + usage.CacheWriteLongTokens);
        writer.WriteNumber("cache_read_input_tokens", usage.CacheReadTokens);
        if (whole)
        {
            writer.WriteStartObject("cache_creation");
            writer.WriteNumber("ephemeral_5m_input_tokens", usage.CacheWriteShortTokens);
            writer.WriteNumber("ephemeral_1h_input_tokens", usage.CacheWriteLongTokens);
            writer.WriteEndObject();
        }
        writer.WriteNumber("output_tokens", usage.OutputTokens);
        writer.WriteStartObject("output_tokens_details");
        writer.WriteNumber("thinking_tokens", usage.ReasoningTokens);
        writer.WriteEndObject();
        writer.WritePropertyName("server_tool_use");
        if (usage.WebSearches > 0)
        {
            writer.WriteStartObject();
            writer.WriteNumber("web_search_requests", usage.WebSearches);
            writer.WriteNumber("web_fetch_requests", 0);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNullValue();
        }
        if (whole)
        {
            writer.WriteString("service_tier", "standard");
            writer.WriteString("inference_geo", answer.InferenceGeo ?? "global");
            writer.WriteString("speed", answer.Fast ? "fast" : "standard");
        }
        writer.WriteEndObject();
    }

    public static void WriteError(Utf8JsonWriter writer, string type, string message, string requestId)
    {
        writer.WriteString("type", "error");
        writer.WriteStartObject("error");
        writer.WriteString("type", type);
        writer.WriteString("message", message);
        writer.WriteNull("details");
        writer.WriteEndObject();
        writer.WriteString("request_id", requestId);
    }
}
