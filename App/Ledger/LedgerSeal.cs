using System.Security.Cryptography;
using Governance.Audit;

namespace Governance.Ledger;

/// <summary>Seals the entries of every commit: one event in the ledger chain with the digest of their bytes, so that no entry can be changed, added or taken away unseen.</summary>
sealed class LedgerSeal : JournalListener
{
    public const string Action = "ledger.sealed";

    readonly List<(long Id, byte[] Hash)> entries = [];

    /// <summary>What the event tells: how many entries, and SHA-256 over the SHA-256 of each in the order of their ids.</summary>
    public sealed record Numbers(int Entries, long FirstId, long LastId, string Digest);

    /// <summary>The sequence under which this commit's entries will be sealed.</summary>
    public static long Batch(JournalTransaction transaction) => transaction.NextSequence(AuditEvent.LedgerChain);

    public void Add(long id, ReadOnlySpan<byte> entry) => entries.Add((id, SHA256.HashData(entry)));

    public override void BeforeCommit(JournalTransaction transaction)
    {
        if (entries.Count == 0)
        {
            return;
        }
        entries.Sort(static (left, right) => left.Id.CompareTo(right.Id));
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, hash) in entries)
        {
            digest.AppendData(hash);
        }
        var numbers = new Numbers(entries.Count, entries[0].Id, entries[^1].Id, Convert.ToHexStringLower(digest.GetHashAndReset()));
        transaction.Append(new AuditEvent
        {
            Chain = AuditEvent.LedgerChain,
            Category = AuditCategory.System,
            Action = Action,
            Actor = Actor.System,
            TargetKind = "ledger",
            TargetId = "usage",
            Sentence = entries.Count == 1 ? "1 ledger entry sealed." : $"{entries.Count} ledger entries sealed.",
            Details = AuditJson.Element(numbers),
        });
        entries.Clear();
        CrashPoint.Reach("entries-sealed");
    }

    public override void AfterRollback() => entries.Clear();
}
