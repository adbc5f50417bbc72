using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Governance.Gateway.Upstreams.Sandbox;

/// <summary>Makes a small instance of a JSON schema: required members only, first of every choice, bounded in depth and number.</summary>
[Pure]
static class SandboxSchema
{
    const int DepthMost = 16;
    const int NodesMost = 200;
    const int CharsMost = 1_000;
    const int InstanceBytesMost = 65_536;
    static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The instance as JSON; <c>{}</c> where the schema asks for more than the bounds allow.</summary>
    public static string Instance(JsonElement schema)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            var nodes = 0;
            Write(writer, schema, schema, 0, ref nodes);
        }
        return buffer.WrittenCount <= InstanceBytesMost ? Encoding.UTF8.GetString(buffer.WrittenSpan) : "{}";
    }

    static void Write(Utf8JsonWriter writer, JsonElement root, JsonElement schema, int depth, ref int nodes)
    {
        if (depth > DepthMost || ++nodes > NodesMost)
        {
            writer.WriteNullValue();
            return;
        }
        if (schema.Member("const") is { } only)
        {
            only.WriteTo(writer);
            return;
        }
        if (schema.Member("enum").Items().Any())
        {
            schema.Member("enum").Items().First().WriteTo(writer);
            return;
        }
        var other = Referred(root, schema) ?? First(schema, "anyOf") ?? First(schema, "oneOf") ?? (schema.Member("properties") is null ? First(schema, "allOf") : null);
        if (other is { } chosen)
        {
            Write(writer, root, chosen, depth + 1, ref nodes);
            return;
        }
        switch (TypeOf(schema))
        {
            case "object":
                WriteObject(writer, root, schema, depth, ref nodes);
                break;
            case "array":
                writer.WriteStartArray();
                for (var index = 0L; index < Math.Min(Whole(schema, "minItems") ?? 0, DepthMost); index++)
                {
                    Write(writer, root, schema.Member("items") ?? default, depth + 1, ref nodes);
                }
                writer.WriteEndArray();
                break;
            case "integer" or "number":
                writer.WriteNumberValue(Number(schema));
                break;
            case "boolean":
                writer.WriteBooleanValue(false);
                break;
            case "null":
                writer.WriteNullValue();
                break;
            default:
                writer.WriteStringValue(Sample(schema));
                break;
        }
    }

    static void WriteObject(Utf8JsonWriter writer, JsonElement root, JsonElement schema, int depth, ref int nodes)
    {
        writer.WriteStartObject();
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var required in schema.Member("required").Items().Take(NodesMost))
        {
            if (required.ValueKind == JsonValueKind.String && written.Add(required.GetString()!))
            {
                writer.WritePropertyName(required.GetString()!);
                Write(writer, root, schema.Member("properties")?.Member(required.GetString()!) ?? default, depth + 1, ref nodes);
            }
        }
        writer.WriteEndObject();
    }

    static string TypeOf(JsonElement schema)
    {
        var named = schema.Text("type") ?? schema.Member("type").Items().Where(type => type.ValueKind == JsonValueKind.String && !type.ValueEquals("null")).Select(type => type.GetString()).FirstOrDefault();
        return named ?? (schema.Member("properties") is null && schema.Member("required") is null ? "string" : "object");
    }

    static JsonElement? First(JsonElement schema, string choice) => schema.Member(choice).Items().Select(item => (JsonElement?)item).FirstOrDefault();

    /// <summary>What a reference into the schema itself points at, such as <c>#/$defs/place</c>.</summary>
    static JsonElement? Referred(JsonElement root, JsonElement schema)
    {
        if (schema.Text("$ref") is not { } reference || !reference.StartsWith("#/", StringComparison.Ordinal))
        {
            return null;
        }
        JsonElement? at = root;
        foreach (var step in reference.Split('/').Skip(1).Take(DepthMost))
        {
            at = at?.Member(step);
        }
        return at;
    }

    static long? Whole(JsonElement schema, string name) =>
        schema.Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;

    static long Number(JsonElement schema)
    {
        var least = Whole(schema, "minimum") ?? (Whole(schema, "exclusiveMinimum") is { } above and < long.MaxValue ? above + 1 : null);
        return least ?? Math.Min(0, Whole(schema, "maximum") ?? 0);
    }

    static string Sample(JsonElement schema)
    {
        var sample = schema.Text("format") switch
        {
            "date" => "2026-01-01",
            "date-time" => "2026-01-01T00:00:00Z",
            "time" => "00:00:00Z",
            "uri" or "url" => "https://example.com/",
            "email" => "sandbox@example.com",
            "uuid" => "00000000-0000-4000-8000-000000000000",
            _ => "sandbox",
        };
        sample = sample.PadRight((int)Math.Clamp(Whole(schema, "minLength") ?? 0, 0, CharsMost), 'x');
        return sample[..(int)Math.Clamp(Whole(schema, "maxLength") ?? CharsMost, 0, sample.Length)];
    }
}
