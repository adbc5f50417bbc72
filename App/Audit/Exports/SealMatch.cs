using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace Governance.Audit.Exports;

/// <summary>Compares the entries behind a seal, and the corrections behind these, with what the seal says of them.</summary>
sealed class SealMatch : IDisposable
{
    const byte NumberTag = 1;
    const int NumberBytes = 9;
    static readonly byte[] entryBegin = "{\"entry\":\""u8.ToArray();
    static readonly byte[] correctionBegin = "{\"correction\":\""u8.ToArray();
    static readonly byte[] fieldEnd = "\"}"u8.ToArray();

    readonly IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The word that keeps the bytes of a correction apart from those of any entry.</summary>
    static readonly byte[] correctionMark = [2, 0, 0, 0, 10, .. "correction"u8];

    byte[] bytes = new byte[4096];
    (long Entries, long FirstId, long LastId, long Corrections, string Digest) told;
    long line;
    long sequence;
    long count;
    long firstId;
    long lastId;
    long corrected;
    long lastCorrectedId;

    public long Entries { get; private set; }

    public long Corrections { get; private set; }

    /// <summary>True for the line of an entry or a correction.</summary>
    public static bool IsSealed(ReadOnlySpan<byte> line) => line.StartsWith(entryBegin) || line.StartsWith(correctionBegin);

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
            told = (details.GetProperty("entries").GetInt64(), details.GetProperty("first_id").GetInt64(), details.GetProperty("last_id").GetInt64(),
                details.TryGetProperty("corrections", out var corrections) ? corrections.GetInt64() : 0, details.GetProperty("digest").GetString() ?? "");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return false;
        }
        (line, sequence, count, firstId, lastId, corrected, lastCorrectedId) = (atLine, atSequence, 0, 0, 0, 0, 0);
        return true;
    }

    /// <summary>Adds the entry or the correction of a line; null where it may stand there.</summary>
    public BadRow? Add(long atLine, ReadOnlySpan<byte> text)
    {
        var isEntry = text.StartsWith(entryBegin);
        if (!TryDecode(text, isEntry, out var row, out var place))
        {
            return new BadRow(atLine, AuditEvent.LedgerChain, sequence == 0 ? null : sequence, "unreadable", $"The {(isEntry ? "entry" : "correction")} cannot be read.");
        }
        var id = BinaryPrimitives.ReadInt64BigEndian(place[1..]);
        var batch = BinaryPrimitives.ReadInt64BigEndian(place[(NumberBytes + 1)..]);
        if (sequence == 0 || batch != sequence || !Take(isEntry, id))
        {
            return new BadRow(atLine, AuditEvent.LedgerChain, batch, "entry", $"No seal stands for the {(isEntry ? "entry" : "correction")} at this place.");
        }
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(row, hash);
        digest.AppendData(hash);
        return null;
    }

    /// <summary>Counts a row; false where it is out of order: entries come first, and each kind in the order of ids.</summary>
    bool Take(bool isEntry, long id)
    {
        if (isEntry)
        {
            if (corrected > 0 || (count > 0 && id <= lastId))
            {
                return false;
            }
            firstId = count++ == 0 ? id : firstId;
            lastId = id;
            Entries++;
            return true;
        }
        if (corrected > 0 && id <= lastCorrectedId)
        {
            return false;
        }
        corrected++;
        lastCorrectedId = id;
        Corrections++;
        return true;
    }

    /// <summary>What belongs to the open seal is over; null where it is what the seal says, or none is open.</summary>
    public BadRow? Close()
    {
        if (sequence == 0)
        {
            return null;
        }
        var found = (count, firstId, lastId, corrected, Convert.ToHexStringLower(digest.GetHashAndReset()));
        var bad = found == told ? null : new BadRow(line, AuditEvent.LedgerChain, sequence, "seal", $"It seals {told.Entries} entries and {told.Corrections} corrections; the {count} and {corrected} behind it are not these.");
        sequence = 0;
        return bad;
    }

    public void Dispose() => digest.Dispose();

    /// <summary>Exactly one field, in base64 as it is written, of bytes that begin with an id and a batch, behind its mark where it is a correction.</summary>
    bool TryDecode(ReadOnlySpan<byte> text, bool isEntry, out ReadOnlySpan<byte> row, out ReadOnlySpan<byte> place)
    {
        row = place = default;
        var begin = isEntry ? entryBegin.Length : correctionBegin.Length;
        if (!text.EndsWith(fieldEnd) || text.Length < begin + fieldEnd.Length)
        {
            return false;
        }
        text = text[begin..^fieldEnd.Length];
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
        row = bytes.AsSpan(0, written);
        if (!isEntry && !row.StartsWith(correctionMark))
        {
            return false;
        }
        place = isEntry ? row : row[correctionMark.Length..];
        return place.Length >= 2 * NumberBytes && place[0] == NumberTag && place[NumberBytes] == NumberTag;
    }

    /// <summary>The last letters may hold bits that stand for nothing; they must be as an encoder leaves them.</summary>
    static bool IsCanonical(ReadOnlySpan<byte> text, ReadOnlySpan<byte> decoded)
    {
        var tail = decoded.Length % 3;
        Span<byte> again = stackalloc byte[4];
        return tail == 0 || (System.Buffers.Text.Base64.EncodeToUtf8(decoded[^tail..], again, out _, out var letters) is System.Buffers.OperationStatus.Done && text.EndsWith(again[..letters]));
    }
}
