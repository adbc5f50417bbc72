using System.Diagnostics;
using Governance.Audit;
using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Journal.Postgres;
using Governance.Ledger;

namespace Governance.Integrity;

/// <summary>
/// Recomputes balances from the usage ledger (B7) and corrects what has drifted. The long part reads a snapshot beside the journal;
/// only what differs there is computed again, and set, on the journal's thread. One run at a time.
/// </summary>
sealed partial class Reconciliation(JournalWriter journal, JournalSettings settings, BalanceTable balances, BudgetShelf shelf, TimeProvider time, ILogger<Reconciliation> logger) : IDisposable
{
    public const string Action = "ledger.reconciled";
    public const string FailedAction = "ledger.reconciliation_failed";

    readonly SemaphoreSlim one = new(1, 1);

    /// <summary>What the last run of this process came to; null before the first.</summary>
    public ReconciliationReport? Last { get; private set; }

    /// <summary>Reconciles every stored balance of every live budget, and opens those of the current period that are missing. The journal must have started.</summary>
    /// <param name="lease">Under which it runs as the one nightly run of all instances; null where it runs because somebody asked.</param>
    public async Task<ReconciliationReport> RunAsync(Actor actor, ReconciliationReach reach = ReconciliationReach.All, Lease? lease = null)
    {
        await one.WaitAsync();
        try
        {
            var clock = Stopwatch.StartNew();
            CrashPoint.Reach("reconciliation-begin");
            var (count, suspects) = await Task.Run(() => Scan(reach));
            CrashPoint.Reach("reconciliation-scanned");
            var drifts = new List<Drift>();
            foreach (var (budget, period) in suspects)
            {
                var work = new CorrectionWork(balances, shelf, budget, period, actor);
                if (await SubmitAsync(work, lease) is { } drift)
                {
                    drifts.Add(drift);
                }
            }
            var report = new ReconciliationReport(count, drifts, clock.Elapsed);
            await TellAsync(Told(actor, Action, report.Sentence, new
            {
                balances = count,
                corrected = drifts.Count,
                reach,
                milliseconds = (long)clock.Elapsed.TotalMilliseconds,
            }), lease);
            CrashPoint.Reach("reconciliation-end");
            return Last = report;
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>As <see cref="RunAsync"/>, for jobs: a failure is logged and told to the trail, and answered with null.</summary>
    public async Task<ReconciliationReport?> TryRunAsync(Actor actor, ReconciliationReach reach = ReconciliationReach.All, Lease? lease = null)
    {
        try
        {
            return await RunAsync(actor, reach, lease);
        }
        catch (Exception exception)
        {
            LogFailed(logger, exception);
            await TryTellAsync(exception, actor);
            return null;
        }
    }

    public void Dispose() => one.Dispose();

    /// <summary>How many balances were looked at, and which must be set on the journal's thread: those that differ, and current ones that are missing.</summary>
    (int Count, List<(string Budget, BudgetPeriod Period)> Suspects) Scan(ReconciliationReach reach)
    {
        settings.Opened.Check();
        using var snapshot = new LedgerSnapshot(settings.ReadConnectionString);
        var now = time.GetUtcNow();
        var budgets = BalanceCheck.Budgets(snapshot, []);
        var current = new Dictionary<string, BudgetPeriod>(StringComparer.Ordinal);
        foreach (var budget in budgets.Values)
        {
            if (BudgetPeriod.Of(budget, BudgetPeriod.Zone(budget.TimeZone), now, null) is { } period)
            {
                current[budget.Id] = period;
            }
        }
        var missing = current.Keys.ToHashSet(StringComparer.Ordinal);
        var suspects = new List<(string, BudgetPeriod)>();
        var count = 0;
        foreach (var balance in BalanceCheck.Check(snapshot, budgets, (budget, period) => reach is ReconciliationReach.All || !current.TryGetValue(budget.Id, out var latest) || period.Ends >= latest.Starts))
        {
            if (balance.Budget is null)
            {
                continue;
            }
            count++;
            if (current.TryGetValue(balance.BudgetId, out var running) && balance.Period.Key == running.Key)
            {
                missing.Remove(balance.BudgetId);
            }
            if (balance.Differs)
            {
                suspects.Add((balance.BudgetId, balance.Period));
            }
        }
        suspects.AddRange(missing.Order(StringComparer.Ordinal).Select(budget => (budget, current[budget])));
        return (count + missing.Count, suspects);
    }

    async Task TellAsync(AuditEvent told, Lease? lease = null) => await SubmitAsync(new TellWork(told), lease);

    ValueTask<T> SubmitAsync<T>(JournalWork<T> work, Lease? lease)
    {
        var fenced = lease?.Fence(work) ?? work;
        journal.Submit(fenced);
        return fenced.Committed;
    }

    async Task TryTellAsync(Exception failure, Actor actor)
    {
        try
        {
            await TellAsync(Told(actor, FailedAction, "Balances could not be reconciled; the next run tries again.", new { error = failure.Message }));
        }
        catch (Exception exception)
        {
            LogFailed(logger, exception);
        }
    }

    static AuditEvent Told(Actor actor, string action, string sentence, object details) => new()
    {
        Chain = AuditEvent.SystemChain,
        Category = AuditCategory.System,
        Action = action,
        Actor = actor,
        TargetKind = "ledger",
        TargetId = "balances",
        Sentence = sentence,
        Details = AuditJson.Element(details),
    };

    [LoggerMessage(LogLevel.Error, "Reconciliation failed")]
    static partial void LogFailed(ILogger logger, Exception exception);
}
