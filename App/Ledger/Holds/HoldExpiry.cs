using Governance.Audit;
using Governance.Journal;
using Microsoft.EntityFrameworkCore;

namespace Governance.Ledger.Holds;

/// <summary>Resolves this process's own holds that have outlived their time (I6), measured by time that passed and not by the wall clock, which may be set. What became of the call is not known, so its whole hold counts as cost.</summary>
sealed class HoldExpiry(JournalWriter journal, Reads reads, SpendLedger ledger, LedgerInstance instance)
{
    public const string Action = "ledger.holds_expired";

    /// <summary>Most holds that one transaction resolves, so that calls do not wait behind it.</summary>
    const int AtOnce = 200;

    /// <summary>Answers how many holds were resolved.</summary>
    public async Task<int> RunAsync()
    {
        var resolved = 0;
        CrashPoint.Reach("expiry-begin");
        while (await AnyAsync())
        {
            var work = new ExpiryWork(ledger, instance, AtOnce);
            journal.Submit(work);
            var some = await work.Committed;
            resolved += some;
            if (some == 0)
            {
                break;
            }
        }
        return resolved;
    }

    async Task<bool> AnyAsync()
    {
        var (now, own) = (ledger.Clock.NowMilliseconds, instance.Id);
        await using var db = reads.Open();
        return await db.Holds.AnyAsync(hold => hold.ExpiresMilliseconds <= now && hold.Instance == own);
    }
}

/// <summary>Settles some expired holds, oldest first, and tells the trail which.</summary>
sealed class ExpiryWork(SpendLedger ledger, LedgerInstance instance, int most) : JournalWork<int>
{
    public override void Execute(JournalTransaction transaction)
    {
        var expired = HoldPages.Read(most, (after, count) => transaction.Prepare("SELECT call, dispatched, id FROM holds WHERE expires_milliseconds <= ?1 AND instance = ?3 AND id > ?4 ORDER BY id LIMIT ?2")
            .Bind(1, ledger.Clock.NowMilliseconds).Bind(2, count).Bind(3, instance.Id).Bind(4, after));
        Result = expired.Count;
        if (expired.Count == 0)
        {
            return;
        }
        var sum = Money.Zero;
        foreach (var (call, _) in expired)
        {
            sum += ledger.SettleInTransaction(transaction, call, new CallResult
            {
                Outcome = UsageOutcome.Expired,
                Cost = call.Estimate,
                Flags = UsageFlags.Unverified,
                End = "hold_expired",
            });
        }
        transaction.Append(new AuditEvent
        {
            Chain = AuditEvent.SystemChain,
            Category = AuditCategory.System,
            Action = HoldExpiry.Action,
            Actor = Actor.System,
            TargetKind = "ledger",
            TargetId = "holds",
            Sentence = $"{(expired.Count == 1 ? "1 hold outlived its" : $"{expired.Count} holds outlived their")} time; {sum} counts as spent.",
            Details = AuditJson.Element(new { expired = expired.Count, assumed_usd = sum.ToPlain(), calls = expired.Select(hold => hold.Call.Id.ToString()) }),
        });
    }
}
