using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace Governance.Audit.Exports;

/// <summary>Compares the entries behind a seal with what the seal says of them.</summary>
sealed class SealMatch : IDisposable
{
    const byte NumberTag = 1;
    const int NumberBytes = 9;
    static readonly byte[] fieldBegin = "{\"entry\":\""u8.ToArray();
    static readonly byte[] fieldEnd = "\"}"u8.ToArray();

    readonly IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    byte[] bytes = new byte[4096];
    (long Entries, long FirstId, long LastId, string Digest) told;
    long line;
    long sequence;
    long count;
    long firstId;
    long lastId;

    public long Entries { get; private set; }

    public static bool IsEntry(ReadOnlySpan<byte> line) => line.StartsWith(fieldBegin);

    /// <summary>A seal was read; false where what it says cannot be.</summary>
    public bool Open(long atLine, long atSequence, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (!document.RootElement.GetProperty("action").ValueEquals("ledger.sealed"))
            {
                return true;
            }
            var details = document.RootElement.GetProperty("details");
            told = (details.GetProperty("entries").GetInt64(), details.GetProperty("first_id").GetInt64(), details.GetProperty("last_id").GetInt64(), details.GetProperty("digest").GetString() ?? "");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return false;
        }
        (line, sequence, count, firstId, lastId) = (atLine, atSequence, 0, 0, 0);
        return true;
    }

    /// <summary>Adds the entry of a line; null where it may stand there.</summary>
    public BadRow? Add(long atLine, ReadOnlySpan<byte> text)
    {
        if (!TryDecode(text, out var entry))
        {
            return new BadRow(atLine, AuditEvent.LedgerChain, sequence == 0 ? null : sequence, "unreadable", "The entry cannot be read.");
        }
        var id = BinaryPrimitives.ReadInt64BigEndian(entry[1..]);
        var batch = BinaryPrimitives.ReadInt64BigEndian(entry[(NumberBytes + 1)..]);
        if (sequence == 0 || batch != sequence || (count > 0 && id <= lastId))
        {
            return new BadRow(atLine, AuditEvent.LedgerChain, batch, "entry", "No seal stands for the entry at this place.");
        }
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(entry, hash);
        digest.AppendData(hash);
        firstId = count++ == 0 ? id : firstId;
        lastId = id;
        Entries++;
        return null;
    }

    /// <summary>The entries of the open seal are over; null where they are what it says, or none is open.</summary>
    public BadRow? Close()
    {
        if (sequence == 0)
        {
            return null;
        }
        var found = (count, firstId, lastId, Convert.ToHexStringLower(digest.GetHashAndReset()));
        var bad = found == told ? null : new BadRow(line, AuditEvent.LedgerChain, sequence, "seal", $"It seals {told.Entries} entries; the {count} behind it are not these.");
        sequence = 0;
        return bad;
    }

    public void Dispose() => digest.Dispose();

    /// <summary>Exactly one field, in base64 as it is written, of bytes that begin with an id and a batch.</summary>
    bool TryDecode(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> entry)
    {
        entry = default;
        if (!text.EndsWith(fieldEnd) || text.Length < fieldBegin.Length + fieldEnd.Length)
        {
            return false;
        }
        text = text[fieldBegin.Length..^fieldEnd.Length];
        if (bytes.Length < text.Length)
        {
            bytes = new byte[2 * text.Length];
        }
        if (text.ContainsAny(" \t\r\n"u8)
            || System.Buffers.Text.Base64.DecodeFromUtf8(text, bytes, out _, out var written) is not System.Buffers.OperationStatus.Done
            || !IsCanonical(text, bytes.AsSpan(0, written)))
        {
            return false;
        }
        entry = bytes.AsSpan(0, written);
        return written >= 2 * NumberBytes && entry[0] == NumberTag && entry[NumberBytes] == NumberTag;
    }

    /// <summary>The last letters may hold bits that stand for nothing; they must be as an encoder leaves them.</summary>
    static bool IsCanonical(ReadOnlySpan<byte> text, ReadOnlySpan<byte> decoded)
    {
        var tail = decoded.Length % 3;
        Span<byte> again = stackalloc byte[4];
        return tail == 0 || (System.Buffers.Text.Base64.EncodeToUtf8(decoded[^tail..], again, out _, out var letters) is System.Buffers.OperationStatus.Done && text.EndsWith(again[..letters]));
    }
}
