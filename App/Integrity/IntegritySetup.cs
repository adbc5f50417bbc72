using Governance.Integrity.Checks;
using Governance.Integrity.Fences;

namespace Governance.Integrity;

/// <summary>Puts what looks after the ledger into the host: verification, reconciliation, fences and the night.</summary>
static class IntegritySetup
{
    public static IServiceCollection AddIntegrity(this IServiceCollection services) => services
        .AddSingleton<RecentSpendQueries>()
        .AddSingleton<FenceLifting>()
        .AddSingleton<Acknowledgement>()
        .AddSingleton<VerificationRuns>()
        .AddSingleton<Reconciliation>()
        .AddLedgerJobs();
}
