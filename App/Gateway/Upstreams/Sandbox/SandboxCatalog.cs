using System.Text.Json;

namespace Governance.Gateway.Upstreams.Sandbox;

/// <summary>The models that the sandbox lists, in one shape that clients of Anthropic and of OpenAI both read.</summary>
[Pure]
static class SandboxCatalog
{
    static readonly IReadOnlyList<(string Id, string Name, long InputTokens, long OutputTokens)> Rows =
    [
        ("claude-opus-5-5", "Claude Opus 5.5", 1_000_000, 128_000),
        ("claude-sonnet-5-5", "Claude Sonnet 5.5", 1_000_000, 128_000),
        ("claude-haiku-5-5", "Claude Haiku 5.5", 1_000_000, 128_000),
        ("claude-opus-4-8", "Claude Opus 4.8", 1_000_000, 128_000),
        ("claude-sonnet-5", "Claude Sonnet 5", 1_000_000, 128_000),
        ("claude-sonnet-4-6", "Claude Sonnet 4.6", 1_000_000, 64_000),
        ("claude-haiku-4-5", "Claude Haiku 4.5", 200_000, 64_000),
    ];

    public static IEnumerable<string> Ids => Rows.Select(row => row.Id);

    public static byte[] List() => SandboxWire.Json(writer =>
    {
        writer.WriteString("object", "list");
        writer.WriteStartArray("data");
        foreach (var row in Rows)
        {
            writer.WriteStartObject();
            Write(writer, row);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteBoolean("has_more", false);
        writer.WriteString("first_id", Rows[0].Id);
        writer.WriteString("last_id", Rows[^1].Id);
    });

    /// <summary>One model; null where it is not listed.</summary>
    public static byte[]? Find(string id)
    {
        var row = Rows.FirstOrDefault(row => row.Id == id);
        return row.Id is null ? null : SandboxWire.Json(writer => Write(writer, row));
    }

    static void Write(Utf8JsonWriter writer, (string Id, string Name, long InputTokens, long OutputTokens) row)
    {
        writer.WriteString("type", "model");
        writer.WriteString("id", row.Id);
        writer.WriteString("display_name", row.Name);
        // The provider's own convention for an unknown release date is the epoch.
        writer.WriteString("created_at", "1970-01-01T00:00:00Z");
        writer.WriteString("lifecycle", "active");
        writer.WriteString("line", row.Id.Split('-')[1]);
        writer.WriteNumber("max_input_tokens", row.InputTokens);
        writer.WriteNumber("max_tokens", row.OutputTokens);
        writer.WriteNull("deprecated_at");
        writer.WriteNull("retires_at");
        writer.WriteNull("capabilities");
        writer.WriteString("object", "model");
        writer.WriteNumber("created", 0);
        writer.WriteString("owned_by", "anthropic");
    }
}
