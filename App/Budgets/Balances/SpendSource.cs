using Governance.Audit;
using Governance.Journal;

namespace Governance.Budgets.Balances;

/// <summary>Where a balance comes from: the entries and open holds of the ledger, which is a later room.</summary>
abstract class SpendSource
{
    /// <summary>What the ledger's entries and open holds come to for a budget in a period. Reads inside the given transaction.</summary>
    public abstract (Money Posted, Money Held) Recompute(JournalTransaction transaction, BudgetDefinition budget, BudgetPeriod period);

    /// <summary>What the trail is told of a balance that did not say what the ledger comes to.</summary>
    public abstract AuditEvent Corrected(BudgetDefinition budget, BudgetPeriod period, (Money Posted, Money Held) before, (Money Posted, Money Held) after);

    /// <summary>What the entries come to, for pages: of a budget that has no balance yet.</summary>
    public abstract Task<Money> SpentAsync(GovernanceDb db, BudgetDefinition budget, BudgetPeriod period);

    /// <summary>How many calls a budget has in flight, and the most that they can cost.</summary>
    public abstract Task<(int Calls, Money WorstCase)> InFlightAsync(GovernanceDb db, BudgetDefinition budget, BudgetPeriod period);
}
