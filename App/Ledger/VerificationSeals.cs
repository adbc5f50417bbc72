using System.Security.Cryptography;
using System.Text.Json;
using Governance.Audit;

namespace Governance.Ledger;

/// <summary>Recomputes what every <c>ledger.sealed</c> event says of the usage entries of its commit.</summary>
static class VerificationSeals
{
    const string Invariant = "seal";

    public static (long Seals, long Entries) Check(LedgerSnapshot snapshot, Findings findings)
    {
        var seals = snapshot.Prepare($"SELECT sequence, body FROM audit WHERE chain = '{AuditEvent.LedgerChain}' AND action = '{LedgerSeal.Action}' ORDER BY sequence");
        var entries = new Entries(snapshot, findings);
        var count = 0L;
        while (seals.Step())
        {
            count++;
            var sequence = seals.Integer(0);
            entries.SkipUnsealed(sequence);
            var found = entries.Digest(sequence);
            var subject = $"audit {AuditEvent.LedgerChain} {sequence}";
            if (Read(seals.Blob(1)) is not { } told)
            {
                findings.Fail(Invariant, subject, "What it seals cannot be read.");
            }
            else if (found.Entries != told.Entries)
            {
                findings.Fail(Invariant, subject, $"It seals {told.Entries} usage entries from {new CallId(told.FirstId)} to {new CallId(told.LastId)}; {found.Entries} are there.");
            }
            else if (found != told)
            {
                findings.Fail(Invariant, subject, told.Entries == 1
                    ? $"Usage entry {new CallId(told.FirstId)} is not what was sealed."
                    : $"The {told.Entries} usage entries from {new CallId(told.FirstId)} to {new CallId(told.LastId)} are not what was sealed.");
            }
        }
        entries.SkipUnsealed(long.MaxValue);
        return (count, entries.Count);
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

    /// <summary>All usage entries in the order of their seals, read once.</summary>
    sealed class Entries
    {
        readonly Statement rows;
        readonly Findings findings;
        readonly EntryBytes bytes = new();
        bool there;

        public Entries(LedgerSnapshot snapshot, Findings findings)
        {
            this.findings = findings;
            rows = snapshot.Prepare($"SELECT {UsageTable.Columns} FROM usage ORDER BY batch, id");
            there = rows.Step();
        }

        public long Count { get; private set; }

        /// <summary>Names the entries before <paramref name="sequence"/>: no seal stands for them.</summary>
        public void SkipUnsealed(long sequence)
        {
            while (there && rows.Integer(1) < sequence)
            {
                findings.Fail(Invariant, $"usage {new CallId(rows.Integer(0))}", $"No seal stands for it: event {AuditEvent.LedgerChain} {rows.Integer(1)} seals nothing or is not there.");
                Next();
            }
        }

        /// <summary>What the seal of <paramref name="sequence"/> should say.</summary>
        public LedgerSeal.Numbers Digest(long sequence)
        {
            using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var (count, first, last) = (0, 0L, 0L);
            while (there && rows.Integer(1) == sequence)
            {
                UsageTable.ReadBytes(rows, bytes);
                digest.AppendData(SHA256.HashData(bytes.Written));
                last = rows.Integer(0);
                first = count++ == 0 ? last : first;
                Next();
            }
            return new LedgerSeal.Numbers(count, first, last, Convert.ToHexStringLower(digest.GetHashAndReset()));
        }

        void Next()
        {
            Count++;
            there = rows.Step();
        }
    }
}
