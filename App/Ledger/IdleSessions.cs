using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Journal;
using Governance.Journal.Postgres;
using Governance.Ledger.Entries;
using Microsoft.EntityFrameworkCore;

namespace Governance.Ledger;

/// <summary>Sessions come and go by the thousand: the balances of those that have made no call for a while are removed, and computed anew from the ledger should one come back.</summary>
sealed class IdleSessions(JournalWriter journal, BalanceTable balances, Reads reads, TimeProvider time)
{
    /// <summary>Without a call for so long a session is idle.</summary>
    static readonly TimeSpan idleAfter = TimeSpan.FromDays(2);

    /// <summary>Most that one transaction removes, so that calls do not wait behind it.</summary>
    const int AtOnce = 200;

    /// <summary>Answers how many balances were removed. Under <paramref name="lease"/> as one part of the night.</summary>
    public async Task<int> RunAsync(Lease? lease = null, CancellationToken cancellation = default)
    {
        var (removed, after) = (0, 0L);
        while (!cancellation.IsCancellationRequested && await FindAsync(after) is { Count: > 0 } idle)
        {
            // Under a lease it is what surrounds the work that is answered.
            JournalWork<int> drop = new DropWork(balances, idle);
            var work = lease is null ? drop : lease.Fence(drop);
            journal.Submit(work);
            removed += await work.Committed;
            after = idle[^1].Id;
        }
        return removed;
    }

    async Task<List<BalanceRow>> FindAsync(long after)
    {
        var prefix = BudgetPeriod.SessionPrefix.Length;
        var since = CallId.FirstAt(time.GetUtcNow() - idleAfter).Value;
        await using var db = reads.Open();
        return await db.Balances.Where(balance => balance.Id > after && balance.HeldNanos == 0 && balance.Period.StartsWith(BudgetPeriod.SessionPrefix)
                && !db.Usage.Any(call => call.Session == balance.Period.Substring(prefix) && call.Id >= since)
                && !db.Holds.Any(hold => hold.Session == balance.Period.Substring(prefix)))
            .OrderBy(balance => balance.Id).Take(AtOnce).ToListAsync();
    }

    /// <summary>Removes balances, unless a call has come for them meanwhile.</summary>
    sealed class DropWork(BalanceTable balances, IReadOnlyList<BalanceRow> idle) : JournalWork<int>
    {
        public override void Execute(JournalTransaction transaction) => Result = idle.Sum(balance => balances.Drop(transaction, balance.BudgetId, balance.Period));
    }
}
