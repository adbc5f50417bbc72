using Governance.Audit;
using Governance.Budgets;
using Governance.Projects;

namespace Governance.Ledger;

/// <summary>Puts the ledger into the host.</summary>
static class LedgerSetup
{
    public static IServiceCollection AddLedger(this IServiceCollection services) => services
        .AddSingleton<SpendSource, LedgerSpend>()
        .AddSingleton<KeyUseSource, LedgerKeyUse>()
        .AddSingleton<UsageTable>()
        .AddSingleton<UsageQueries>()
        .AddSingleton<SpendTally>()
        .AddSingleton<LedgerInstance>()
        .AddJournalListener<LedgerSeal>()
        .AddSingleton<SpendLedger>()
        .AddSingleton<HoldQueue>()
        .AddJournalListener<HoldRecovery>()
        .AddSingleton<InstanceRecovery>()
        .AddSingleton<Reconciliation>()
        .AddSingleton<HoldExpiry>()
        .AddLedgerJobs();
}
