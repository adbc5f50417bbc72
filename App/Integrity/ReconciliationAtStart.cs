using Governance.Audit;
using Governance.Ledger;

namespace Governance.Integrity;

/// <summary>Reconciles the recent balances once the host runs, beside what it serves.</summary>
sealed class ReconciliationAtStart(Reconciliation reconciliation) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await reconciliation.TryRunAsync(Actor.System, ReconciliationReach.Recent);
    }
}
