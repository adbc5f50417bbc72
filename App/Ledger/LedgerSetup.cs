using Governance.Audit;
using Governance.Budgets;

namespace Governance.Ledger;

/// <summary>Puts the ledger into the host.</summary>
static class LedgerSetup
{
    public static IServiceCollection AddLedger(this IServiceCollection services) => services
        .AddSingleton<SpendSource, LedgerSpend>()
        .AddSingleton<UsageTable>()
        .AddSingleton<UsageQueries>()
        .AddSingleton<SpendTally>()
        .AddSingleton(new LedgerInstance(Guid.NewGuid().ToString("N")))
        .AddJournalListener<LedgerSeal>()
        .AddSingleton<SpendLedger>()
        .AddJournalListener<HoldRecovery>();
}
