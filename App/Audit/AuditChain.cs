using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Governance.Audit;

/// <summary>The last link of a chain.</summary>
/// <param name="Sequence">0 before the first event.</param>
/// <param name="Hash">32 bytes; zeros before the first event.</param>
[Pure]
readonly record struct ChainHead(long Sequence, ReadOnlyMemory<byte> Hash)
{
    public static readonly ChainHead Empty = new(0, new byte[32]);
}

/// <summary>How events are turned into bytes and linked: SHA-256(0x00 ‖ "aud1" ‖ chain ‖ sequence ‖ previous hash ‖ body), lengths included, so that no event can be moved to another chain or place.</summary>
[Pure]
static class AuditChain
{
    static readonly byte[] Domain = [0x00, .. "aud1"u8];

    /// <summary>The canonical body: JSON with a fixed order of fields, absent ones left out. These bytes are stored as they are hashed.</summary>
    public static byte[] Body(AuditEvent told, long sequence, long atMilliseconds)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("chain", told.Chain);
            json.WriteNumber("sequence", sequence);
            json.WriteNumber("at", atMilliseconds);
            json.WriteString("category", told.Category.ToString());
            json.WriteString("action", told.Action);
            json.WriteString("actor_kind", told.Actor.Kind.ToString());
            json.WriteString("actor_id", told.Actor.Id);
            WriteIfSaid(json, "project", told.Project);
            json.WriteString("target_kind", told.TargetKind);
            json.WriteString("target_id", told.TargetId);
            json.WriteString("sentence", told.Sentence);
            WriteIfSaid(json, "request_id", told.RequestId);
            WriteIfSaid(json, "before", told.Before);
            WriteIfSaid(json, "after", told.After);
            WriteIfSaid(json, "details", told.Details);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The hash that links <paramref name="body"/> behind <paramref name="previous"/>.</summary>
    public static byte[] Link(string chain, long sequence, ReadOnlySpan<byte> previous, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[8];
        hash.AppendData(Domain);
        var name = Encoding.UTF8.GetBytes(chain);
        BinaryPrimitives.WriteInt64BigEndian(number, name.Length);
        hash.AppendData(number);
        hash.AppendData(name);
        BinaryPrimitives.WriteInt64BigEndian(number, sequence);
        hash.AppendData(number);
        hash.AppendData(previous);
        BinaryPrimitives.WriteInt64BigEndian(number, body.Length);
        hash.AppendData(number);
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    static void WriteIfSaid(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    static void WriteIfSaid(Utf8JsonWriter json, string name, JsonElement? value)
    {
        if (value is { } said)
        {
            json.WritePropertyName(name);
            said.WriteTo(json);
        }
    }
}
