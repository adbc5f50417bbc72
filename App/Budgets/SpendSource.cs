using Governance.Audit;
using Governance.Pricing;

namespace Governance.Budgets;

/// <summary>Where a balance comes from: the entries and open holds of the ledger, which is a later room.</summary>
abstract class SpendSource
{
    /// <summary>What the ledger's entries and open holds come to for a budget in a period. Reads inside the given transaction.</summary>
    public abstract (Money Posted, Money Held) Recompute(JournalTransaction transaction, BudgetDefinition budget, BudgetPeriod period);
}
