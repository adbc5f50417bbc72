using Governance.Budgets;
using Governance.Pricing;

namespace Governance.Ledger;

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
            if (!VerificationOverdraft.PlanStoppedNothing(snapshot, since) && Admitted(snapshot, budget, CallId.FirstAt(since)) is { } call)
            {
                findings.Fail(Invariant, $"budget {budget.Id}", $"Its cap is zero since {since:u}, but call {call} was admitted after that.");
            }
        }
        return count;
    }

    static CallId? Admitted(LedgerSnapshot snapshot, BudgetDefinition budget, CallId since)
    {
        var entries = snapshot.Prepare($"""
            SELECT project, key, tenant, department, employee, customer, feature, workflow, session, model, vendor, id FROM usage
            WHERE id >= ?1 AND estimate_nanos > 0 AND flags & {(int)(UsageFlags.FailOpen | UsageFlags.Unheld)} = 0 AND outcome IN ({(int)UsageOutcome.Posted}, {(int)UsageOutcome.Assumed}, {(int)UsageOutcome.Expired}) ORDER BY id
            """).Bind(1, since.Value);
        while (entries.Step())
        {
            if (BudgetMatch.Matches(budget, UsageTable.ReadAttribution(entries)))
            {
                var id = entries.Integer(11);
                entries.Reset();
                return new CallId(id);
            }
        }
        var holds = snapshot.Prepare("SELECT call FROM holds WHERE id >= ?1 AND held_nanos > 0 ORDER BY id").Bind(1, since.Value);
        while (holds.Step())
        {
            if (VerificationHolds.Read(holds.Text(0)) is { FailOpen: false } call && BudgetMatch.Matches(budget, call.For))
            {
                holds.Reset();
                return call.Id;
            }
        }
        return null;
    }
}
