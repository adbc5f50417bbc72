using Governance.Audit;
using Governance.Audit.Exports;
using Governance.Journal;

namespace Governance.Ledger.Entries;

/// <summary>Which events an export holds; the first and last named are part of it. All of them where nothing is said.</summary>
[Pure]
sealed record ExportRange(string? Chain = null, long? From = null, long? To = null, DateTimeOffset? Since = null, DateTimeOffset? Before = null)
{
    public string? Part => Chain is null && From is null && To is null && Since is null && Before is null
        ? null
        : string.Join(", ", new[]
        {
            Chain is null ? null : $"chain {Chain}",
            From is null ? null : $"from {From}",
            To is null ? null : $"to {To}",
            Since is null ? null : $"since {Since:yyyy-MM-ddTHH:mm:ssZ}",
            Before is null ? null : $"before {Before:yyyy-MM-ddTHH:mm:ssZ}",
        }.Where(word => word is not null));
}

/// <summary>Streams the trail, and the ledger entries and corrections that it seals, out of one snapshot of the database. What is damaged goes out as it is: the verifier names it.</summary>
sealed class AuditExport(LedgerSnapshot snapshot, ExportRange range)
{
    const int ProgressRows = 100_000;
    const long Last = long.MaxValue;

    /// <summary>Answers how many events, entries and corrections were written.</summary>
    public (long Events, long Entries, long Corrections) Write(Stream stream, DateTimeOffset now, IProgress<string>? progress = null)
    {
        using var writer = new ExportWriter(stream);
        var (first, last) = SealsInRange();
        writer.WriteHeader(new ExportHeader(
            now.ToUnixTimeMilliseconds(), snapshot.LastAuditId, Counted($"SELECT COUNT(*) {From}"), CountSealed("usage", first, last), CountSealed("corrections", first, last), range.Part));
        var entries = new SealedRows(snapshot, "usage", UsageTable.Columns, UsageTable.ReadBytes, first, last);
        var corrections = new SealedRows(snapshot, "corrections", CorrectionTable.Columns, CorrectionTable.ReadBytes, first, last);
        void WriteSealed(long upTo)
        {
            while (entries.Next(upTo))
            {
                writer.WriteEntry(entries.Bytes);
            }
            while (corrections.Next(upTo))
            {
                writer.WriteCorrection(corrections.Bytes);
            }
        }
        string? chain = null;
        byte[] previous = [];
        var rows = Bind(snapshot.Prepare($"SELECT chain, sequence, body, hash {From} ORDER BY chain, sequence"));
        while (rows.Step())
        {
            var (name, sequence, hash) = (rows.Text(0), rows.Integer(1), rows.Blob(3));
            if (name != chain)
            {
                (chain, previous) = (name, HashBefore(name, sequence));
            }
            if (name == AuditEvent.LedgerChain)
            {
                WriteSealed(sequence - 1);
            }
            writer.WriteEvent(name, sequence, previous, hash, rows.Blob(2));
            previous = hash;
            if (name == AuditEvent.LedgerChain)
            {
                WriteSealed(sequence);
            }
            if (writer.Events % ProgressRows == 0)
            {
                progress?.Report($"{writer.Events} events, {writer.Entries} entries");
            }
        }
        WriteSealed(Last);
        writer.Complete();
        return (writer.Events, writer.Entries, writer.Corrections);
    }

    /// <summary>Of a chain everything from the first to the last event that lies between the days, so that one which a wrong clock dated leaves no hole.</summary>
    string From => (range.Since is null && range.Before is null ? "FROM audit WHERE at_milliseconds >= ?3 AND at_milliseconds < ?4" : """
        FROM audit JOIN (SELECT chain AS of_chain, MIN(sequence) AS from_sequence, MAX(sequence) AS to_sequence FROM audit WHERE at_milliseconds >= ?3 AND at_milliseconds < ?4 GROUP BY chain) AS days
          ON days.of_chain = chain WHERE sequence >= days.from_sequence AND sequence <= days.to_sequence
        """) + " AND sequence >= ?1 AND sequence <= ?2" + (range.Chain is null ? "" : " AND chain = ?5");

    Statement Bind(Statement statement)
    {
        statement.Bind(1, range.From ?? 0).Bind(2, range.To ?? Last).Bind(3, range.Since?.ToUnixTimeMilliseconds() ?? 0).Bind(4, range.Before?.ToUnixTimeMilliseconds() ?? Last);
        return range.Chain is null ? statement : statement.Bind(5, range.Chain);
    }

    long Counted(string sql)
    {
        var row = Bind(snapshot.Prepare(sql));
        row.Step();
        var count = row.Integer(0);
        row.Reset();
        return count;
    }

    /// <summary>The seals whose entries and corrections are wanted. Of the whole trail all are, whether a seal stands for them or not.</summary>
    (long First, long Last) SealsInRange()
    {
        if (range.Part is null)
        {
            return (0, Last);
        }
        if (range.Chain is not null and not AuditEvent.LedgerChain)
        {
            return (1, 0);
        }
        var row = Bind(snapshot.Prepare($"SELECT COALESCE(MIN(sequence), 1), COALESCE(MAX(sequence), 0) {From} AND chain = '{AuditEvent.LedgerChain}'"));
        row.Step();
        var seals = (row.Integer(0), row.Integer(1));
        row.Reset();
        return seals;
    }

    long CountSealed(string table, long first, long last)
    {
        var row = snapshot.Prepare($"SELECT COUNT(*) FROM {table} WHERE batch BETWEEN ?1 AND ?2").Bind(1, first).Bind(2, last);
        row.Step();
        var count = row.Integer(0);
        row.Reset();
        return count;
    }

    byte[] HashBefore(string chain, long sequence)
    {
        var row = snapshot.Prepare("SELECT hash FROM audit WHERE chain = ?1 AND sequence = ?2").Bind(1, chain).Bind(2, sequence - 1);
        var hash = row.Step() ? row.Blob(0) : ChainHead.Empty.Hash.ToArray();
        row.Reset();
        return hash;
    }

    /// <summary>The rows of a sealed table in the order of their seals, read once.</summary>
    sealed class SealedRows
    {
        readonly EntryBytes bytes = new();
        readonly Action<Statement, EntryBytes> readBytes;
        readonly Statement rows;
        bool there;

        public SealedRows(LedgerSnapshot snapshot, string table, string columns, Action<Statement, EntryBytes> readBytes, long first, long last)
        {
            this.readBytes = readBytes;
            rows = snapshot.Prepare($"SELECT {columns} FROM {table} WHERE batch BETWEEN ?1 AND ?2 ORDER BY batch, id").Bind(1, first).Bind(2, last);
            there = rows.Step();
        }

        public ReadOnlySpan<byte> Bytes => bytes.Written;

        /// <summary>Reads the next row into <see cref="Bytes"/>; false where it is of a seal behind <paramref name="upTo"/>, or there is none.</summary>
        public bool Next(long upTo)
        {
            if (!there || rows.Integer(1) > upTo)
            {
                return false;
            }
            readBytes(rows, bytes);
            there = rows.Step();
            return true;
        }
    }
}
