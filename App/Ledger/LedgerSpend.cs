using Governance.Audit;
using Governance.Budgets;
using Governance.Pricing;

namespace Governance.Ledger;

/// <summary>Adds up entries and open holds for a budget, by the same matching that admission uses. One absurd entry makes a budget full, never uncomputable.</summary>
sealed class LedgerSpend : SpendSource
{
    const string AttributionColumns = "project, key, tenant, department, employee, customer, feature, workflow, session, model, vendor";
    const string CallColumns = "usage.project, usage.key, usage.tenant, usage.department, usage.employee, usage.customer, usage.feature, usage.workflow, usage.session, usage.model, usage.vendor";

    public override (Money Posted, Money Held) Recompute(JournalTransaction transaction, BudgetDefinition budget, BudgetPeriod period) =>
        Recompute(transaction.Prepare, budget, period);

    /// <summary>The same sum over any connection: the journal's, or a snapshot that only reads.</summary>
    public static (Money Posted, Money Held) Recompute(Func<string, Statement> prepare, BudgetDefinition budget, BudgetPeriod period)
    {
        var from = CallId.FirstAt(period.Starts).Value;
        var until = CallId.FirstAt(period.Ends).Value;
        return (Posted(prepare, budget, from, until), Held(prepare, budget, from, until));
    }

    static Money Posted(Func<string, Statement> prepare, BudgetDefinition budget, long from, long until)
    {
        Int128 sum = 0;
        var rows = prepare($"SELECT {AttributionColumns}, cost_nanos FROM usage WHERE id >= ?1 AND id < ?2 AND cost_nanos <> 0").Bind(1, from).Bind(2, until);
        while (rows.Step())
        {
            if (BudgetMatch.Matches(budget, UsageTable.ReadAttribution(rows)))
            {
                sum += rows.Integer(11);
            }
        }
        var corrections = prepare($"SELECT {CallColumns}, delta_nanos FROM corrections INNER JOIN usage ON usage.id = corrections.id WHERE corrections.id >= ?1 AND corrections.id < ?2").Bind(1, from).Bind(2, until);
        while (corrections.Step())
        {
            if (BudgetMatch.Matches(budget, UsageTable.ReadAttribution(corrections)))
            {
                sum += corrections.Integer(11);
            }
        }
        return Money.Nearest(sum);
    }

    static Money Held(Func<string, Statement> prepare, BudgetDefinition budget, long from, long until)
    {
        Int128 sum = 0;
        var rows = prepare("SELECT call, held_nanos FROM holds WHERE id >= ?1 AND id < ?2").Bind(1, from).Bind(2, until);
        while (rows.Step())
        {
            if (BudgetMatch.Matches(budget, HoldText.Read(rows.Text(0)).For))
            {
                sum += rows.Integer(1);
            }
        }
        return Money.Nearest(sum);
    }
}
