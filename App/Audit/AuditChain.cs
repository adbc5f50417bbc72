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
    const int MaxStackBytes = 1024;
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
        Span<byte> name = stackalloc byte[MaxStackBytes];
        name = chain.Length <= MaxStackBytes / 3 ? name[..Encoding.UTF8.GetBytes(chain, name)] : Encoding.UTF8.GetBytes(chain);
        var hash = new byte[SHA256.HashSizeInBytes];
        Link(name, sequence, previous, body, hash);
        return hash;
    }

    /// <summary>As above for a chain's name in UTF-8, into <paramref name="hash"/>; allocates nothing.</summary>
    public static void Link(ReadOnlySpan<byte> chain, long sequence, ReadOnlySpan<byte> previous, ReadOnlySpan<byte> body, Span<byte> hash)
    {
        var length = Domain.Length + (3 * sizeof(long)) + chain.Length + previous.Length + body.Length;
        var rented = length > MaxStackBytes ? ArrayPool<byte>.Shared.Rent(length) : null;
        var all = rented ?? stackalloc byte[MaxStackBytes];
        Domain.CopyTo(all);
        var rest = all[Domain.Length..];
        Add(ref rest, chain.Length);
        Add(ref rest, chain);
        Add(ref rest, sequence);
        Add(ref rest, previous);
        Add(ref rest, body.Length);
        Add(ref rest, body);
        SHA256.HashData(all[..length], hash);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    static void Add(ref Span<byte> rest, long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(rest, number);
        rest = rest[sizeof(long)..];
    }

    static void Add(ref Span<byte> rest, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(rest);
        rest = rest[bytes.Length..];
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
