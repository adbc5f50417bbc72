using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Governance.Audit.Checkpoints;

namespace Governance.Audit.Exports;

/// <summary>
/// Proves an export from its own bytes and from checkpoints kept elsewhere; it needs no database. It stops at the first line that
/// cannot be right. docs/verify_audit.py does the same in another language, and both must come to the same.
/// </summary>
/// <param name="from">Only events from this sequence on are recomputed; null for all.</param>
sealed class ExportVerification(CheckpointBook book, long? from = null, long? to = null) : IDisposable
{
    static readonly byte[] trailerBegin = "{\"end\":"u8.ToArray();
    static readonly byte[] epochMark = System.Text.Encoding.ASCII.GetBytes($"\"action\":\"{AuditEpoch.Action}\"");

    readonly IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly EventLine told = new();
    readonly SealMatch seals = new();
    readonly CheckpointMatch match = new(book);
    readonly HashSet<string> chains = new(StringComparer.Ordinal);
    readonly byte[] last = new byte[SHA256.HashSizeInBytes];
    readonly byte[] lastDigits = new byte[2 * SHA256.HashSizeInBytes];
    ExportHeader? header;
    string? chain;
    long lastSequence;
    long lastAt;
    long stepsBack;
    string? firstStepBack;
    long events;
    bool ended;

    bool IsWhole => header?.Part is null;

    public ExportReport Verify(Stream stream, IProgress<long>? progress = null)
    {
        var notes = new List<string>(book.Notes);
        // A bad line among the checkpoints must not hide what the others find.
        var found = Read(new LineReader(stream), progress);
        if (found is null)
        {
            match.EndChain(IsWhole);
            found = match.Judge(IsWhole, header?.AtMilliseconds, notes);
        }
        if (firstStepBack is not null)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"time: {stepsBack} {(stepsBack == 1 ? "event is" : "events are")} older than the event before ({firstStepBack} is the first): a clock was wrong when one of the two was written. Their order is proven by their hashes."));
        }
        var bad = book.Bad ?? found;
        return new ExportReport(bad, events, seals.Entries, seals.Corrections, book.Count, header?.Part, bad is null ? match.Unprotected : [], notes) { Also = book.Bad is null ? null : found };
    }

    public void Dispose()
    {
        digest.Dispose();
        seals.Dispose();
    }

    BadRow? Read(LineReader lines, IProgress<long>? progress)
    {
        while (lines.Next(out var line))
        {
            if (!lines.IsWhole)
            {
                return new BadRow(lines.Number, null, null, "end", "The export is cut off in this line.");
            }
            if (Take(lines.Number, line) is { } bad)
            {
                return bad;
            }
            digest.AppendData(line);
            digest.AppendData("\n"u8);
            if (lines.Number % 100_000 == 0)
            {
                progress?.Report(lines.Number);
            }
        }
        return !ended ? new BadRow(lines.Number + 1, null, null, header is null ? "header" : "end", "The export is cut off: its last line is missing.")
            : (header!.Events, header.Entries, header.Corrections) != (events, seals.Entries, seals.Corrections)
                ? new BadRow(1, null, null, "count", $"The first line announces {header.Events} events, {header.Entries} entries and {header.Corrections} corrections; {events}, {seals.Entries} and {seals.Corrections} are there.")
            : null;
    }

    BadRow? Take(long number, ReadOnlySpan<byte> line)
    {
        if (number == 1)
        {
            header = ReadHeader(line);
            return header is null ? new BadRow(1, null, null, "header", "The first line is not that of an export.") : null;
        }
        if (ended)
        {
            return new BadRow(number, null, null, "end", "There is more behind the last line.");
        }
        if (SealMatch.IsSealed(line))
        {
            return seals.Add(number, line);
        }
        if (seals.Close() is { } bad)
        {
            return bad;
        }
        if (!line.StartsWith(trailerBegin))
        {
            return Event(number, line);
        }
        ended = true;
        return line.SequenceEqual(ExportWriter.Trailer(events, seals.Entries, seals.Corrections, digest.GetCurrentHash()))
            ? null
            : new BadRow(number, null, null, "end", "The last line does not fit the lines before it: something was changed, added or taken away.");
    }

    BadRow? Event(long number, ReadOnlySpan<byte> line)
    {
        if (!told.TryRead(line))
        {
            return new BadRow(number, null, null, "unreadable", "This line is neither an event nor an entry or a correction.");
        }
        if (told.Chain != chain && !BeginChain())
        {
            return Bad(number, "order", "Its chain was over already.");
        }
        if (told.Sequence != lastSequence + 1)
        {
            return Bad(number, "sequence", $"Event {lastSequence + 1} should stand here.");
        }
        if (!told.Previous.SequenceEqual(lastDigits))
        {
            return Bad(number, "previous", "It names another hash than that of the event before it.");
        }
        var isAsked = (from is null || told.Sequence >= from) && (to is null || told.Sequence <= to);
        if (isAsked && Check(number) is { } bad)
        {
            return bad;
        }
        events++;
        lastSequence = told.Sequence;
        told.Hash.CopyTo(lastDigits);
        Convert.FromHexString(lastDigits, last, out _, out _);
        match.Event(number, told.Sequence, told.Hash);
        return Read(number);
    }

    bool BeginChain()
    {
        match.EndChain(IsWhole);
        chain = told.Chain;
        (lastSequence, lastAt) = (0, 0);
        if (IsWhole)
        {
            last.AsSpan().Clear();
            lastDigits.AsSpan().Fill((byte)'0');
        }
        else
        {
            // Of a part the first event's place is taken as it says; only checkpoints can prove it.
            lastSequence = told.Sequence - 1;
            told.Previous.CopyTo(lastDigits);
            Convert.FromHexString(lastDigits, last, out _, out _);
        }
        match.BeginChain(chain, lastSequence + 1);
        return chains.Add(chain);
    }

    BadRow? Check(long number)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> digits = stackalloc byte[2 * SHA256.HashSizeInBytes];
        AuditChain.Link(told.ChainBytes, told.Sequence, last, told.Body.Span, hash);
        Convert.TryToHexStringLower(hash, digits, out _);
        if (!told.Hash.SequenceEqual(digits))
        {
            return Bad(number, "hash", "Its hash does not link its content to the event before it.");
        }
        if (told.AtMilliseconds() is not { } at)
        {
            return Bad(number, "body", "Its content is that of another place.");
        }
        if (at < lastAt)
        {
            stepsBack++;
            firstStepBack ??= $"chain {chain}, event {told.Sequence}";
        }
        lastAt = at;
        return null;
    }

    /// <summary>What an event means for the rest: a seal, an epoch.</summary>
    BadRow? Read(long number)
    {
        if (chain == AuditEvent.LedgerChain && !seals.Open(number, told.Sequence, told.Body))
        {
            return Bad(number, "seal", "What it seals cannot be read.");
        }
        if (chain == AuditEvent.SystemChain && told.Body.Span.IndexOf(epochMark) >= 0 && AuditEpochs.Read(told.Body) is { } epoch)
        {
            match.Epoch(epoch);
        }
        return null;
    }

    BadRow Bad(long line, string code, string why) => new(line, told.Chain, told.Sequence, code, why);

    static ExportHeader? ReadHeader(ReadOnlySpan<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line.ToArray());
            var said = document.RootElement;
            return said.GetProperty("format").ValueEquals(ExportHeader.Format)
                ? new ExportHeader(
                    said.GetProperty("at").GetInt64(), said.GetProperty("audit_id").GetInt64(), said.GetProperty("events").GetInt64(), said.GetProperty("entries").GetInt64(),
                    said.GetProperty("corrections").GetInt64(),
                    said.TryGetProperty("part", out var part) ? part.GetString() : null)
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return null;
        }
    }
}
