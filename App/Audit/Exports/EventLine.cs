using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Governance.Audit.Exports;

/// <summary>An event as it stands in a line of an export. One is read into again and again; nothing is allocated but for a chain's name.</summary>
sealed class EventLine
{
    const int HashDigits = 2 * SHA256.HashSizeInBytes;

    static readonly System.Buffers.SearchValues<byte> hexDigits = System.Buffers.SearchValues.Create("0123456789abcdef"u8);

    readonly byte[] previous = new byte[HashDigits];
    readonly byte[] hash = new byte[HashDigits];
    byte[] body = new byte[4096];
    int bodyLength;

    public string Chain { get; private set; } = "";

    public byte[] ChainBytes { get; private set; } = [];

    public long Sequence { get; private set; }

    /// <summary>64 lower-case hexadecimal digits as they stand there.</summary>
    public ReadOnlySpan<byte> Previous => previous;

    public ReadOnlySpan<byte> Hash => hash;

    public ReadOnlyMemory<byte> Body => body.AsMemory(0, bodyLength);

    /// <summary>False where the line has not exactly the five fields in their order.</summary>
    public bool TryRead(ReadOnlySpan<byte> line)
    {
        var json = new Utf8JsonReader(line);
        try
        {
            return json.Read() && json.TokenType is JsonTokenType.StartObject
                && Is(ref json, "chain"u8, JsonTokenType.String) && TakeChain(ref json)
                && Is(ref json, "sequence"u8, JsonTokenType.Number) && json.TryGetInt64(out var sequence) && sequence > 0 && (Sequence = sequence) > 0
                && Is(ref json, "previous"u8, JsonTokenType.String) && TakeHash(ref json, previous)
                && Is(ref json, "hash"u8, JsonTokenType.String) && TakeHash(ref json, hash)
                && Is(ref json, "body"u8, JsonTokenType.String) && TakeBody(ref json)
                && json.Read() && json.TokenType is JsonTokenType.EndObject && !json.Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The instant that the body tells, where it begins with this line's chain and sequence; null where it does not.</summary>
    public long? AtMilliseconds()
    {
        Span<byte> number = stackalloc byte[20];
        Sequence.TryFormat(number, out var digits, default, System.Globalization.CultureInfo.InvariantCulture);
        ReadOnlySpan<byte> rest = Body.Span;
        if (!Skip(ref rest, "{\"chain\":\""u8) || !Skip(ref rest, ChainBytes) || !Skip(ref rest, "\",\"sequence\":"u8)
            || !Skip(ref rest, number[..digits]) || !Skip(ref rest, ",\"at\":"u8))
        {
            return null;
        }
        var end = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return end is > 0 and <= 18 && rest[end] == (byte)',' ? long.Parse(rest[..end], System.Globalization.CultureInfo.InvariantCulture) : null;
    }

    static bool Is(ref Utf8JsonReader json, ReadOnlySpan<byte> name, JsonTokenType type) =>
        json.Read() && json.TokenType is JsonTokenType.PropertyName && json.ValueTextEquals(name) && json.Read() && json.TokenType == type;

    bool TakeChain(ref Utf8JsonReader json)
    {
        if (!json.ValueTextEquals(Chain))
        {
            Chain = json.GetString()!;
            ChainBytes = Encoding.UTF8.GetBytes(Chain);
        }
        return Chain.Length > 0;
    }

    static bool TakeHash(ref Utf8JsonReader json, byte[] into)
    {
        if (json.ValueSpan.Length != HashDigits || json.ValueIsEscaped || json.ValueSpan.ContainsAnyExcept(hexDigits))
        {
            return false;
        }
        json.ValueSpan.CopyTo(into);
        return true;
    }

    bool TakeBody(ref Utf8JsonReader json)
    {
        // Escapes only ever make the text longer than what they stand for.
        if (body.Length < json.ValueSpan.Length)
        {
            body = new byte[2 * json.ValueSpan.Length];
        }
        bodyLength = json.CopyString(body);
        return true;
    }

    static bool Skip(ref ReadOnlySpan<byte> rest, scoped ReadOnlySpan<byte> wanted)
    {
        if (!rest.StartsWith(wanted))
        {
            return false;
        }
        rest = rest[wanted.Length..];
        return true;
    }
}
