using Governance.Audit;
using Governance.Audit.Checkpoints;

namespace Governance.Ledger;

/// <summary>The fence that stands, in memory for every call. At start it also finds out by the mark beside the database whether an older copy was put in its place.</summary>
sealed class FenceShelf(LedgerMarkFile marks, CheckpointSettings checkpoints) : JournalListener
{
    volatile Fence? standing;

    /// <summary>Null where calls are admitted.</summary>
    public Fence? Current => standing;

    public override void Start(Change change)
    {
        var transaction = change.Transaction;
        if (FenceTable.Standing(transaction) is null && marks.Read() is { } mark && Behind(transaction, mark) is { } reason)
        {
            FenceTable.Raise(transaction, reason, mark, Actor.System, new CheckpointFolder(checkpoints.Folder).Last());
        }
        standing = FenceTable.Standing(transaction);
    }

    public override Action? Prepare(Change change)
    {
        var now = FenceTable.Standing(change.Transaction);
        return () => standing = now;
    }

    /// <summary>After the commit that lifted it.</summary>
    internal void Lifted() => standing = null;

    static string? Behind(JournalTransaction transaction, LedgerMark mark)
    {
        var row = transaction.Prepare("SELECT hash FROM audit WHERE id = ?1").Bind(1, mark.EventId);
        var hash = row.Step() ? Convert.ToHexStringLower(row.Blob(0)) : null;
        row.Reset();
        return mark.Behind(FenceTable.Epoch(transaction), transaction.LastAuditId, hash);
    }
}
