using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Governance.Audit.Checkpoints;

/// <summary>A checkpoint as a line of text: the signature in base64, a space, the signed JSON.</summary>
[Pure]
static class CheckpointText
{
    public const string Format = "governance-checkpoint-1";

    /// <summary>The bytes that are signed.</summary>
    public static byte[] Write(Checkpoint checkpoint)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteNumber("number", checkpoint.Number);
            json.WriteNumber("at", checkpoint.AtMilliseconds);
            json.WriteNumber("epoch", checkpoint.Epoch);
            if (checkpoint.Token > 0)
            {
                json.WriteNumber("token", checkpoint.Token);
            }
            json.WriteNumber("audit_id", checkpoint.AuditId);
            json.WriteString("key", checkpoint.Key);
            json.WriteString("previous", checkpoint.Previous);
            json.WriteString("reason", checkpoint.Reason);
            json.WriteStartObject("heads");
            foreach (var (chain, head) in checkpoint.Heads.OrderBy(head => head.Key, StringComparer.Ordinal))
            {
                json.WriteStartArray(chain);
                json.WriteNumberValue(head.Sequence);
                json.WriteStringValue(Convert.ToHexStringLower(head.Hash.Span));
                json.WriteEndArray();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The line, without its end, for signed bytes.</summary>
    public static byte[] Line(ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature) =>
        [.. System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(signature)), (byte)' ', .. body];

    /// <summary>SHA-256 of a line without its end, in hexadecimal: what the next line names.</summary>
    public static string HashOf(ReadOnlySpan<byte> line) => Convert.ToHexStringLower(SHA256.HashData(line));

    /// <summary>Takes a line apart; null where it is not one. The signature is not checked.</summary>
    public static (Checkpoint Checkpoint, byte[] Signature, byte[] Body)? Read(ReadOnlySpan<byte> line)
    {
        var space = line.IndexOf((byte)' ');
        if (space < 0)
        {
            return null;
        }
        try
        {
            var text = System.Text.Encoding.ASCII.GetString(line[..space]);
            var signature = Convert.FromBase64String(text);
            var body = line[(space + 1)..].ToArray();
            return Convert.ToBase64String(signature) == text && Parse(body) is { } checkpoint ? (checkpoint, signature, body) : null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    static Checkpoint? Parse(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        var said = document.RootElement;
        if (said.GetProperty("format").GetString() != Format)
        {
            return null;
        }
        var heads = new SortedDictionary<string, ChainHead>(StringComparer.Ordinal);
        foreach (var head in said.GetProperty("heads").EnumerateObject())
        {
            if (head.Value.GetArrayLength() != 2 || head.Value[1].GetString() is not { Length: 64 } hash || !hash.All(char.IsAsciiHexDigitLower))
            {
                return null;
            }
            heads[head.Name] = new ChainHead(head.Value[0].GetInt64(), Convert.FromHexString(hash));
        }
        var token = said.TryGetProperty("token", out var given) ? given.GetInt64() : 0;
        return token < 0 ? null : new Checkpoint
        {
            Number = said.GetProperty("number").GetInt64(),
            AtMilliseconds = said.GetProperty("at").GetInt64(),
            Epoch = said.GetProperty("epoch").GetInt32(),
            Token = token,
            AuditId = said.GetProperty("audit_id").GetInt64(),
            Key = said.GetProperty("key").GetString()!,
            Previous = said.GetProperty("previous").GetString()!,
            Reason = said.GetProperty("reason").GetString()!,
            Heads = heads,
        };
    }
}
