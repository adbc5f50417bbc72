using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Governance.Audit.Exports;

/// <summary>The first line of an export.</summary>
/// <param name="Part">What it is a part of the trail by (<c>chain x, from 5</c>); null for the whole.</param>
[Pure]
sealed record ExportHeader(long AtMilliseconds, long AuditId, long Events, long Entries, long Corrections, string? Part)
{
    public const string Format = "governance-audit-export-1";
}

/// <summary>Writes an export line by line: the header, the events of one chain after the other, behind each seal the entries and corrections that it covers, and the last line that shows a cut-off tail. The format is in docs/audit-format.md.</summary>
sealed class ExportWriter(Stream stream) : IDisposable
{
    const int FlushBytes = 64 * 1024;
    static readonly JsonWriterOptions compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    readonly ArrayBufferWriter<byte> buffer = new(2 * FlushBytes);
    readonly Utf8JsonWriter json = new(Stream.Null, compact);
    readonly IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Events { get; private set; }

    public long Entries { get; private set; }

    public long Corrections { get; private set; }

    public void WriteHeader(ExportHeader header)
    {
        Open();
        json.WriteString("format", ExportHeader.Format);
        json.WriteNumber("at", header.AtMilliseconds);
        json.WriteNumber("audit_id", header.AuditId);
        json.WriteNumber("events", header.Events);
        json.WriteNumber("entries", header.Entries);
        json.WriteNumber("corrections", header.Corrections);
        if (header.Part is { } part)
        {
            json.WriteString("part", part);
        }
        Close();
    }

    /// <param name="body">The stored bytes. Where they are not UTF-8, which no product wrote, they are shown as well as can be; no hash will fit them.</param>
    public void WriteEvent(string chain, long sequence, ReadOnlySpan<byte> previous, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> body)
    {
        Span<byte> digits = stackalloc byte[2 * SHA256.HashSizeInBytes];
        Open();
        json.WriteString("chain", chain);
        json.WriteNumber("sequence", sequence);
        json.WriteString("previous", Hex(previous, digits));
        json.WriteString("hash", Hex(hash, digits));
        if (System.Text.Unicode.Utf8.IsValid(body))
        {
            json.WriteString("body", body);
        }
        else
        {
            json.WriteString("body", Encoding.UTF8.GetString(body));
        }
        Close();
        Events++;
    }

    public void WriteEntry(ReadOnlySpan<byte> entry)
    {
        Open();
        json.WriteBase64String("entry", entry);
        Close();
        Entries++;
    }

    public void WriteCorrection(ReadOnlySpan<byte> correction)
    {
        Open();
        json.WriteBase64String("correction", correction);
        Close();
        Corrections++;
    }

    /// <summary>Writes the last line. An export without it is cut off.</summary>
    public void Complete()
    {
        Flush();
        stream.Write(Trailer(Events, Entries, Corrections, digest.GetHashAndReset()));
        stream.WriteByte((byte)'\n');
        stream.Flush();
    }

    /// <summary>The last line for what came before it.</summary>
    public static byte[] Trailer(long events, long entries, long corrections, ReadOnlySpan<byte> digest) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"end":true,"events":{{events}},"entries":{{entries}},"corrections":{{corrections}},"digest":"{{Convert.ToHexStringLower(digest)}}"}"""));

    public void Dispose()
    {
        json.Dispose();
        digest.Dispose();
    }

    void Open()
    {
        json.Reset(buffer);
        json.WriteStartObject();
    }

    void Close()
    {
        json.WriteEndObject();
        json.Flush();
        buffer.Write("\n"u8);
        if (buffer.WrittenCount >= FlushBytes)
        {
            Flush();
        }
    }

    void Flush()
    {
        digest.AppendData(buffer.WrittenSpan);
        stream.Write(buffer.WrittenSpan);
        buffer.ResetWrittenCount();
    }

    static ReadOnlySpan<byte> Hex(ReadOnlySpan<byte> bytes, Span<byte> digits)
    {
        // A stored hash of another length is damage that the verifier names.
        if (bytes.Length != SHA256.HashSizeInBytes)
        {
            return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes));
        }
        Convert.TryToHexStringLower(bytes, digits, out _);
        return digits;
    }
}
