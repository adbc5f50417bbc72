using Governance.Audit;
using Governance.Journal;
using Governance.Journal.Postgres;
using Microsoft.EntityFrameworkCore;

namespace Governance.Ledger.Holds;

/// <summary>
/// Resolves what a process that has ended left open: at start, before anything new is admitted, and where several instances share the
/// store from time to time. A hold that was never dispatched is voided. One that was dispatched may have been billed: it is assumed,
/// with its whole amount as cost, because a provider's bill must never exceed ours. A living instance's holds are its own.
/// </summary>
sealed class HoldRecovery(SpendLedger ledger) : JournalListener
{
    public override JournalPhase Phase => JournalPhase.Recovery;

    /// <summary>How many holds the last start resolved.</summary>
    public int Resolved { get; private set; }

    public override void Start(Change change) => Resolved = Resolve(change.Transaction, long.MaxValue);

    /// <summary>Answers how many holds were resolved, oldest first.</summary>
    public int Resolve(JournalTransaction transaction, long most)
    {
        CrashPoint.Reach("recovery-begin");
        var open = HoldPages.Read(most, (after, count) => transaction.Prepare($"SELECT call, dispatched, id FROM holds WHERE {Instances.NotLiving} AND id > ?1 ORDER BY id LIMIT ?2").Bind(1, after).Bind(2, count));
        foreach (var (call, dispatched) in open)
        {
            ledger.SettleInTransaction(transaction, call, new CallResult
            {
                Outcome = dispatched ? UsageOutcome.Assumed : UsageOutcome.Voided,
                Cost = dispatched ? call.Estimate : Money.Zero,
                Flags = dispatched ? UsageFlags.Unverified : UsageFlags.None,
                End = "process_ended",
            });
            CrashPoint.Reach("recovery-middle");
        }
        if (open.Count > 0)
        {
            var assumed = open.Where(hold => hold.Dispatched).Aggregate(Money.Zero, (sum, hold) => sum + hold.Call.Estimate);
            transaction.Append(new AuditEvent
            {
                Chain = AuditEvent.SystemChain,
                Category = AuditCategory.System,
                Action = "ledger.recovered",
                Actor = Actor.System,
                TargetKind = "ledger",
                TargetId = "holds",
                Sentence = $"{open.Count} calls were open when the process ended; {assumed} of holds count as spent.",
                Details = AuditJson.Element(new { open = open.Count, assumed_usd = assumed.ToPlain(), calls = open.Select(hold => hold.Call.Id.ToString()) }),
            });
            CrashPoint.Reach("recovery-end");
        }
        return open.Count;
    }
}

/// <summary>Declares silent instances dead and resolves what they held, some holds at a time.</summary>
sealed class RecoveryWork(HoldRecovery recovery, int most) : JournalWork<int>
{
    public override void Execute(JournalTransaction transaction)
    {
        Instances.EndSilent(transaction);
        Result = recovery.Resolve(transaction, most);
    }
}

/// <summary>Looks for instances that gave no sign of life, and for what they left open. Only where several share the store: a file has one process.</summary>
sealed class InstanceRecovery(JournalWriter journal, JournalSettings settings, Reads reads, Leases leases, HoldRecovery recovery)
{
    public const string LeaseName = "recovery";

    /// <summary>Most holds that one transaction resolves, so that calls do not wait behind it.</summary>
    const int AtOnce = 200;

    /// <summary>Holds that the last look could not resolve, because they cannot be read: for those alone nothing is written again and again.</summary>
    int stuck;

    /// <summary>Answers how many holds were resolved.</summary>
    public async Task<int> RunAsync()
    {
        var resolved = 0;
        while (settings.IsShared && await AnyAsync() && await leases.TakeAsync(LeaseName) is { } lease)
        {
            var work = lease.Fence(new RecoveryWork(recovery, AtOnce));
            journal.Submit(work);
            var some = await work.Committed;
            resolved += some;
            if (some == 0)
            {
                stuck = await CountAsync();
                break;
            }
        }
        return resolved;
    }

    async Task<bool> AnyAsync() => journal.Contact.Silent().Any(silent => silent.Instance != journal.Instance) || await CountAsync() > stuck;

    /// <summary>Holds of instances that have ended.</summary>
    async Task<int> CountAsync()
    {
        await using var db = reads.Open();
        var count = await db.Holds.CountAsync(hold => !db.Instances.Any(instance => instance.Id == hold.Instance && instance.EndedMilliseconds == null));
        stuck = Math.Min(stuck, count);
        return count;
    }
}
