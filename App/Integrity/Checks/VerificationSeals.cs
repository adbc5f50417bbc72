using System.Security.Cryptography;
using System.Text.Json;
using Governance.Audit;
using Governance.Journal;
using Governance.Ledger.Entries;

namespace Governance.Integrity.Checks;

/// <summary>Recomputes what every <c>ledger.sealed</c> event says of the usage entries of its commit.</summary>
static class VerificationSeals
{
    const string Invariant = "seal";

    public static (long Seals, long Entries) Check(LedgerSnapshot snapshot, Findings findings)
    {
        var seals = snapshot.Prepare($"SELECT sequence, body FROM audit WHERE chain = '{AuditEvent.LedgerChain}' AND action = '{LedgerSeal.Action}' ORDER BY sequence");
        var entries = new Rows(snapshot, findings, "usage", UsageTable.Columns, UsageTable.ReadBytes);
        var corrections = new Rows(snapshot, findings, "corrections", CorrectionTable.Columns, CorrectionTable.ReadBytes);
        var count = 0L;
        while (seals.Step())
        {
            count++;
            var sequence = seals.Integer(0);
            entries.SkipUnsealed(sequence);
            corrections.SkipUnsealed(sequence);
            var found = Digest(sequence, entries, corrections);
            var subject = $"audit {AuditEvent.LedgerChain} {sequence}";
            if (Read(seals.Blob(1)) is not { } told)
            {
                findings.Fail(Invariant, subject, "What it seals cannot be read.");
            }
            else if (found.Entries != told.Entries)
            {
                findings.Fail(Invariant, subject, $"It seals {told.Entries} usage entries from {new CallId(told.FirstId)} to {new CallId(told.LastId)}; {found.Entries} are there.");
            }
            else if (found.Corrections != told.Corrections)
            {
                findings.Fail(Invariant, subject, $"It seals {told.Corrections} corrections; {found.Corrections} are there.");
            }
            else if (found != told)
            {
                findings.Fail(Invariant, subject, told switch
                {
                    { Corrections: > 0 } => $"The {told.Entries} usage entries and {told.Corrections} corrections are not what was sealed.",
                    { Entries: 1 } => $"Usage entry {new CallId(told.FirstId)} is not what was sealed.",
                    _ => $"The {told.Entries} usage entries from {new CallId(told.FirstId)} to {new CallId(told.LastId)} are not what was sealed.",
                });
            }
        }
        entries.SkipUnsealed(long.MaxValue);
        corrections.SkipUnsealed(long.MaxValue);
        return (count, entries.Count);
    }

    /// <summary>What the seal of <paramref name="sequence"/> should say.</summary>
    static LedgerSeal.Numbers Digest(long sequence, Rows entries, Rows corrections)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (count, first, last) = entries.AddTo(digest, sequence);
        var (corrected, _, _) = corrections.AddTo(digest, sequence);
        return new LedgerSeal.Numbers(count, first, last, Convert.ToHexStringLower(digest.GetHashAndReset()), corrected);
    }

    static LedgerSeal.Numbers? Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.GetProperty("details").Deserialize<LedgerSeal.Numbers>(AuditJson.Options);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>All rows of a sealed table in the order of their seals, read once.</summary>
    sealed class Rows
    {
        readonly Statement rows;
        readonly Findings findings;
        readonly string table;
        readonly Action<Statement, EntryBytes> readBytes;
        readonly EntryBytes bytes = new();
        bool there;

        public Rows(LedgerSnapshot snapshot, Findings findings, string table, string columns, Action<Statement, EntryBytes> readBytes)
        {
            (this.findings, this.table, this.readBytes) = (findings, table, readBytes);
            rows = snapshot.Prepare($"SELECT {columns} FROM {table} ORDER BY batch, id");
            there = rows.Step();
        }

        public long Count { get; private set; }

        /// <summary>Names the rows before <paramref name="sequence"/>: no seal stands for them.</summary>
        public void SkipUnsealed(long sequence)
        {
            while (there && rows.Integer(1) < sequence)
            {
                findings.Fail(Invariant, $"{table} {new CallId(rows.Integer(0))}", $"No seal stands for it: event {AuditEvent.LedgerChain} {rows.Integer(1)} seals nothing or is not there.");
                Next();
            }
        }

        /// <summary>Adds the hashes of the rows under <paramref name="sequence"/>; answers how many, from which id to which.</summary>
        public (int Count, long First, long Last) AddTo(IncrementalHash digest, long sequence)
        {
            var (count, first, last) = (0, 0L, 0L);
            while (there && rows.Integer(1) == sequence)
            {
                readBytes(rows, bytes);
                digest.AppendData(SHA256.HashData(bytes.Written));
                last = rows.Integer(0);
                first = count++ == 0 ? last : first;
                Next();
            }
            return (count, first, last);
        }

        void Next()
        {
            Count++;
            there = rows.Step();
        }
    }
}
