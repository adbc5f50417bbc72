using Governance.Audit;
using Governance.Audit.Checkpoints;
using Governance.Journal;

namespace Governance.Ledger.Fences;

/// <summary>Writes and reads fences, and tells the trail of them.</summary>
static class FenceTable
{
    public const string RaisedAction = "ledger.fenced";
    public const string LiftedAction = "ledger.fence_lifted";
    public const string OutweighedAction = "ledger.fence_outweighed";

    /// <summary>The fence that stands; null where calls are admitted.</summary>
    public static Fence? Standing(JournalTransaction transaction)
    {
        var row = transaction.Prepare("SELECT id, raised_milliseconds, reason, known FROM fences WHERE lifted_milliseconds IS NULL ORDER BY id LIMIT 1");
        var fence = row.Step() ? new Fence(row.Integer(0), DateTimeOffset.FromUnixTimeMilliseconds(row.Integer(1)), row.Text(2), row.TextOrNull(3)) : null;
        row.Reset();
        return fence;
    }

    /// <summary>1 until a fence was lifted.</summary>
    public static long Epoch(JournalTransaction transaction)
    {
        var row = transaction.Prepare("SELECT COALESCE(MAX(epoch), 1) FROM fences");
        row.Step();
        var epoch = row.Integer(0);
        row.Reset();
        return epoch;
    }

    /// <summary>Stops admission from this commit on. Does nothing where it is stopped already.</summary>
    /// <param name="knownEpoch">The newest epoch that is known of besides the mark's; the new one is above both.</param>
    public static Fence Raise(JournalTransaction transaction, string reason, LedgerMark? known, Actor actor, WrittenCheckpoint? lastCheckpoint = null, long knownEpoch = AuditEpoch.First)
    {
        if (Standing(transaction) is { } already)
        {
            // What was spent is not known now, which no look at a clock can say.
            return ClockGap.IsReason(already.Reason) && !ClockGap.IsReason(reason) ? Outweigh(transaction, already, reason, known, actor, lastCheckpoint, knownEpoch) : already;
        }
        // Before anything else is told: the lost part of every chain begins right behind where it stands now.
        AuditEpochs.Begin(transaction, reason, lastCheckpoint, actor, Math.Max(known?.Epoch ?? AuditEpoch.First, knownEpoch));
        transaction.Prepare("INSERT INTO fences (id, raised_milliseconds, reason, known) SELECT COALESCE(MAX(id), 0) + 1, ?1, ?2, ?3 FROM fences")
            .Bind(1, transaction.NowMilliseconds).Bind(2, reason).Bind(3, known?.ToText()).Run();
        // Every instance has to hear of it, as of a change of definitions.
        transaction.ChangesDefinitions = true;
        var fence = Standing(transaction) ?? throw new System.Diagnostics.UnreachableException("A fence was not written.");
        transaction.Append(Event(fence, RaisedAction, actor, $"Calls are stopped: {reason}", new { fence = fence.Id, known }));
        return fence;
    }

    /// <summary>A fence that stood for the clock alone stands for more from now on.</summary>
    static Fence Outweigh(JournalTransaction transaction, Fence clock, string reason, LedgerMark? known, Actor actor, WrittenCheckpoint? lastCheckpoint, long knownEpoch)
    {
        AuditEpochs.Begin(transaction, reason, lastCheckpoint, actor, Math.Max(known?.Epoch ?? AuditEpoch.First, knownEpoch));
        transaction.Prepare("UPDATE fences SET reason = ?2, known = ?3 WHERE id = ?1").Bind(1, clock.Id).Bind(2, reason).Bind(3, known?.ToText()).Run();
        transaction.ChangesDefinitions = true;
        transaction.Append(Event(clock, OutweighedAction, actor, $"Calls stay stopped: {reason}", new { fence = clock.Id, before = clock.Reason, known }));
        return clock with { Reason = reason, Known = known?.ToText() };
    }

    /// <summary>As <see cref="Raise"/> for what was put back from a copy: a fence that stands in it is of before, and what came after it is lost as well, which only a new epoch tells.</summary>
    public static void RaiseOverCopy(JournalTransaction transaction, string reason, LedgerMark? known, Actor actor, WrittenCheckpoint? lastCheckpoint)
    {
        if (Standing(transaction) is not { } standing || ClockGap.IsReason(standing.Reason))
        {
            Raise(transaction, reason, known, actor, lastCheckpoint);
        }
        else
        {
            AuditEpochs.Begin(transaction, reason, lastCheckpoint, actor, known?.Epoch ?? AuditEpoch.First);
        }
    }

    /// <summary>Admits calls again from this commit on, in the epoch that began when the fence was raised.</summary>
    public static void Lift(JournalTransaction transaction, Fence fence, long epoch, Actor actor, string sentence, object entries)
    {
        transaction.ChangesDefinitions = true;
        transaction.Prepare("UPDATE fences SET epoch = ?2, lifted_milliseconds = ?3, lifted_by = ?4 WHERE id = ?1")
            .Bind(1, fence.Id).Bind(2, epoch).Bind(3, transaction.NowMilliseconds).Bind(4, actor.Id).Run();
        transaction.Append(Event(fence, LiftedAction, actor, sentence, new
        {
            epoch,
            fence = fence.Id,
            reason = fence.Reason,
            known = LedgerMark.Parse(fence.Known),
            entries,
        }));
    }

    static AuditEvent Event(Fence fence, string action, Actor actor, string sentence, object details) => new()
    {
        Chain = AuditEvent.SystemChain,
        Category = AuditCategory.System,
        Action = action,
        Actor = actor,
        TargetKind = "ledger",
        TargetId = FormattableString.Invariant($"fence-{fence.Id}"),
        Sentence = sentence,
        Details = AuditJson.Element(details),
    };
}
