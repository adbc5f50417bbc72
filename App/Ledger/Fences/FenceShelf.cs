using Governance.Audit;
using Governance.Audit.Checkpoints;
using Governance.Journal;
using Microsoft.Extensions.Options;

namespace Governance.Ledger.Fences;

/// <summary>
/// The fence that stands, in memory for every call. At start it also finds out by the mark beside the database whether an older copy was put in
/// its place; where a server that several instances share goes back while they run, the first of them that writes raises it.
/// </summary>
sealed class FenceShelf(LedgerMarkFile marks, CheckpointSettings checkpoints, TimeProvider time, IOptions<StoreWatchSettings> limits) : JournalListener
{
    volatile Fence? standing;
    long epoch = AuditEpoch.First;
    long read = AuditEpoch.First;

    public override JournalPhase Phase => JournalPhase.Fences;

    /// <summary>Null where calls are admitted.</summary>
    public Fence? Current => standing;

    public override void Start(Change change)
    {
        var transaction = change.Transaction;
        // Where a fence stands already its epoch is above the mark's, but for a copy that was taken while it stood.
        if (marks.Read() is { } mark && (FenceTable.Standing(transaction) is null || AuditEpochs.Newest(transaction) <= mark.Epoch) && Behind(transaction, mark) is { } reason)
        {
            FenceTable.RaiseOverCopy(transaction, reason, mark, Actor.System, LastCheckpoint());
        }
        if (FenceTable.Standing(transaction) is null && ClockGap.Find(transaction, time.GetUtcNow(), TimeSpan.FromHours(limits.Value.ClockGapHours)) is { } gap)
        {
            FenceTable.Raise(transaction, gap, null, Actor.System, LastCheckpoint());
        }
        (standing, epoch) = (FenceTable.Standing(transaction), FenceTable.Epoch(transaction));
    }

    public override Action? Prepare(Change change)
    {
        var (now, begun) = (FenceTable.Standing(change.Transaction), FenceTable.Epoch(change.Transaction));
        return () => (standing, read) = (now, begun);
    }

    /// <summary>Only what is committed is known: a group that is taken back must not make its epoch look like an old one.</summary>
    public override void AfterCommit() => epoch = Math.Max(epoch, read);

    public override void AfterRollback() => read = AuditEpoch.First;

    /// <summary>Where another instance has raised it, or it is lifted already, there is nothing left to do.</summary>
    public override void AfterWentBack(JournalTransaction transaction, string reason)
    {
        if (FenceTable.Epoch(transaction) <= epoch)
        {
            FenceTable.Raise(transaction, reason, marks.Read(), Actor.System, LastCheckpoint(), epoch);
        }
    }

    /// <summary>Raises a fence where the mark says that the ledger had come further. The mark is written behind commits, so within a transaction the ledger can never be behind it by itself.</summary>
    /// <param name="lastCheckpoint">As <see cref="LastCheckpoint"/> answered before: the folder may be slow, and everybody waits for a transaction.</param>
    public void Compare(JournalTransaction transaction, WrittenCheckpoint? lastCheckpoint)
    {
        if (FenceTable.Standing(transaction) is null && marks.Read() is { } mark && Behind(transaction, mark) is { } reason)
        {
            FenceTable.Raise(transaction, reason, mark, Actor.System, lastCheckpoint, epoch);
        }
    }

    /// <summary>Null also where it cannot be read: calls are stopped all the same.</summary>
    public WrittenCheckpoint? LastCheckpoint()
    {
        try
        {
            return new CheckpointFolder(checkpoints.Folder).Last();
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>After the commit that lifted it, in that epoch.</summary>
    internal void Lifted(long begun) => (standing, epoch, read) = (null, begun, begun);

    static string? Behind(JournalTransaction transaction, LedgerMark mark)
    {
        var row = transaction.Prepare("SELECT hash FROM audit WHERE id = ?1").Bind(1, mark.EventId);
        var hash = row.Step() ? Convert.ToHexStringLower(row.Blob(0)) : null;
        row.Reset();
        return mark.Behind(FenceTable.Epoch(transaction), transaction.LastAuditId, hash);
    }
}
