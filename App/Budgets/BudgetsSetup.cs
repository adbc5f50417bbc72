using Governance.Budgets.Balances;
using Governance.Journal;

namespace Governance.Budgets;

/// <summary>Puts budgets and balances into the host.</summary>
static class BudgetsSetup
{
    public static IServiceCollection AddBudgets(this IServiceCollection services) =>
        services.AddJournalListener<BudgetShelf>().AddJournalListener<BalanceTable>().AddSingleton<BudgetEdits>().AddSingleton<BudgetQueries>();
}
