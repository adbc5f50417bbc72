using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Ledger.Holds;
using Governance.Projects;

namespace Governance.Integrity.Checks;

/// <summary>A hard cap of zero refuses (I11): since it was set, nothing that may cost anything was admitted under it.</summary>
static class VerificationZeroCaps
{
    const string Invariant = "I11";

    /// <summary>A call that was decided on just before the cap came into force has an id from just before.</summary>
    const long MarginMilliseconds = 1000;

    public static long Check(LedgerSnapshot snapshot, Findings findings)
    {
        var count = 0L;
        foreach (var budget in BalanceCheck.Budgets(snapshot, []).Values.Where(budget => budget.HardBlock && budget.Cap <= Money.Zero))
        {
            count++;
            var since = DateTimeOffset.FromUnixTimeMilliseconds(snapshot.Integer("SELECT updated_at FROM budgets WHERE id = ?1", budget.Id) + MarginMilliseconds);
            // Should a clock have been set, what had its entry already when the cap was set was not admitted under it, whatever its id.
            var edited = snapshot.Integer("SELECT COALESCE(MAX(id), 0) FROM audit WHERE target_kind = 'budget' AND target_id = ?1 AND action IN ('budget.created', 'budget.changed')", budget.Id);
            var from = Math.Max(CallId.FirstAt(since).Value, VerificationOverdraft.SealedBefore(snapshot, edited) + 1);
            if (!VerificationOverdraft.PlanStoppedNothing(snapshot, since) && Admitted(snapshot, budget, new CallId(from)) is { } call)
            {
                findings.Fail(Invariant, $"budget {budget.Id}", $"Its cap is zero since {since:u}, but call {call} was admitted after that.");
            }
        }
        return count;
    }

    static CallId? Admitted(LedgerSnapshot snapshot, BudgetDefinition budget, CallId since)
    {
        var zone = BudgetPeriod.Zone(budget.TimeZone);
        var entries = snapshot.Prepare($"""
            SELECT project, key, tenant, department, employee, customer, feature, workflow, session, model, vendor, id FROM usage
            WHERE id >= ?1 AND estimate_nanos > 0 AND flags & {(int)(UsageFlags.FailOpen | UsageFlags.Unheld)} = 0 AND outcome IN ({(int)UsageOutcome.Posted}, {(int)UsageOutcome.Assumed}, {(int)UsageOutcome.Expired}) ORDER BY id
            """).Bind(1, since.Value);
        while (entries.Step())
        {
            var call = new CallId(entries.Integer(11));
            if (Counts(call, UsageTable.ReadAttribution(entries)))
            {
                entries.Reset();
                return call;
            }
        }
        var holds = snapshot.Prepare("SELECT call FROM holds WHERE id >= ?1 AND held_nanos > 0 ORDER BY id").Bind(1, since.Value);
        while (holds.Step())
        {
            if (HoldText.Read(holds.Text(0)) is { FailOpen: false } call && Counts(call.Id, call.For))
            {
                holds.Reset();
                return call.Id;
            }
        }
        return null;

        // Fixed dates and sessions leave calls out: those before and after, those without one.
        bool Counts(CallId id, Attribution call) => BudgetMatch.Matches(budget, call) && BudgetPeriod.Of(budget, zone, id.At, call.Session) is not null;
    }
}
