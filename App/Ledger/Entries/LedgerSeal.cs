using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Governance.Audit;
using Governance.Journal;

namespace Governance.Ledger.Entries;

/// <summary>Seals the entries of every commit: one event in the ledger chain with the digest of their bytes, so that no entry can be changed, added or taken away unseen.</summary>
sealed class LedgerSeal : JournalListener
{
    public const string Action = "ledger.sealed";

    readonly List<(long Id, byte[] Hash)> entries = [];
    readonly List<(long Id, byte[] Hash)> corrections = [];

    public override JournalPhase Phase => JournalPhase.Seal;

    /// <summary>What the event tells: how many entries and corrections, and SHA-256 over the SHA-256 of each, entries first, each kind in the order of ids.</summary>
    public sealed record Numbers(int Entries, long FirstId, long LastId, string Digest, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Corrections = 0);

    /// <summary>The sequence under which this commit's entries will be sealed.</summary>
    public static long Batch(JournalTransaction transaction) => transaction.NextSequence(AuditEvent.LedgerChain);

    public void Add(long id, ReadOnlySpan<byte> entry) => entries.Add((id, SHA256.HashData(entry)));

    public void AddCorrection(long id, ReadOnlySpan<byte> correction) => corrections.Add((id, SHA256.HashData(correction)));

    public override void BeforeCommit(JournalTransaction transaction)
    {
        if (entries.Count + corrections.Count == 0)
        {
            return;
        }
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var list in (ReadOnlySpan<List<(long Id, byte[] Hash)>>)[entries, corrections])
        {
            list.Sort(static (left, right) => left.Id.CompareTo(right.Id));
            foreach (var (_, hash) in list)
            {
                digest.AppendData(hash);
            }
        }
        var (first, last) = entries.Count == 0 ? (0, 0) : (entries[0].Id, entries[^1].Id);
        var numbers = new Numbers(entries.Count, first, last, Convert.ToHexStringLower(digest.GetHashAndReset()), corrections.Count);
        transaction.Append(new AuditEvent
        {
            Chain = AuditEvent.LedgerChain,
            Category = AuditCategory.System,
            Action = Action,
            Actor = Actor.System,
            TargetKind = "ledger",
            TargetId = "usage",
            Sentence = Sentence(entries.Count, corrections.Count),
            Details = AuditJson.Element(numbers),
        });
        AfterRollback();
        CrashPoint.Reach("entries-sealed");
    }

    public override void AfterRollback()
    {
        entries.Clear();
        corrections.Clear();
    }

    static string Sentence(int entries, int corrections)
    {
        var first = entries == 1 ? "1 ledger entry" : $"{entries} ledger entries";
        return corrections == 0 ? $"{first} sealed." : $"{first} and {(corrections == 1 ? "1 correction" : $"{corrections} corrections")} sealed.";
    }
}
