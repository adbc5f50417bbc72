using System.Globalization;
using Governance.Audit;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Journal.Postgres;
using Governance.Ledger;
using Hangfire;
using Microsoft.EntityFrameworkCore;

namespace Governance.Integrity;

/// <summary>
/// The nightly reconciliation, and then a verification of everything, once for all instances. That a night is done stands in the trail: one that an
/// instance began and did not finish is finished by another, or by the next start.
/// </summary>
sealed partial class NightlyRun(IdleSessions sessions, Reconciliation reconciliation, VerificationRuns verification, Leases leases, JournalWriter journal, Reads reads, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<NightlyRun> logger)
{
    public const string FinishedAction = "ledger.night_finished";

    /// <summary>For so long whoever began keeps others from doing it as well, however far apart their clocks are. Of one that dies it passes on at once.</summary>
    static readonly TimeSpan leaseTime = TimeSpan.FromHours(6);

    /// <summary>So often, a minute apart, it is tried again while the store is away; then the next look at the night has it.</summary>
    const int Tries = 60;

    const int Hour = 2;

    /// <summary>What Hangfire calls.</summary>
    [AutomaticRetry(Attempts = 0)]
    public async Task RunAsync(CancellationToken cancellation)
    {
        // A job is waited for when the process stops, so it has to hear of that.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lifetime.ApplicationStopping);
        var night = NightOf(time.GetUtcNow());
        if (await TakeAsync(ending.Token) is not { } lease || await IsFinishedAsync(night))
        {
            return;
        }
        try
        {
            await sessions.RunAsync(lease, ending.Token);
        }
        catch (Exception exception) when (!ending.IsCancellationRequested)
        {
            // They only take up room: the next night has them.
            LogKept(logger, exception);
        }
        if (await reconciliation.TryRunAsync(Actor.System, lease: lease) is { } report && await verification.TryRunAsync(ending.Token))
        {
            await FinishAsync(night, report, lease);
        }
    }

    /// <summary>True where the newest night has begun, is not done, and is not older than the ledger.</summary>
    public async Task<bool> IsDueAsync()
    {
        var night = NightOf(time.GetUtcNow());
        await using var db = reads.Open();
        var first = await db.Audit.OrderBy(row => row.Id).Select(row => (long?)row.AtMilliseconds).FirstOrDefaultAsync();
        // A first event that lies ahead was written by a wrong clock and says nothing of the ledger's age.
        return (first < Begins(night).ToUnixTimeMilliseconds() || first > time.GetUtcNow().AddDays(1).ToUnixTimeMilliseconds()) && !await IsFinishedAsync(night);
    }

    /// <summary>The newest night that has begun at an instant, by the day of its 02:00 UTC.</summary>
    internal static DateOnly NightOf(DateTimeOffset now) => DateOnly.FromDateTime(now.UtcDateTime.AddHours(-Hour));

    static DateTimeOffset Begins(DateOnly night) => new(night.ToDateTime(new TimeOnly(Hour, 0)), TimeSpan.Zero);

    static string NameOf(DateOnly night) => night.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    async Task<bool> IsFinishedAsync(DateOnly night)
    {
        var name = NameOf(night);
        await using var db = reads.Open();
        return await db.Audit.AnyAsync(row => row.Chain == AuditEvent.SystemChain && row.Action == FinishedAction && row.TargetId == name);
    }

    async Task FinishAsync(DateOnly night, ReconciliationReport report, Lease lease)
    {
        var work = lease.Fence(new TellWork(new AuditEvent
        {
            Chain = AuditEvent.SystemChain,
            Category = AuditCategory.System,
            Action = FinishedAction,
            Actor = Actor.System,
            TargetKind = "ledger",
            TargetId = NameOf(night),
            Sentence = $"The night of {NameOf(night)} is done: {report.Sentence}",
        }));
        journal.Submit(work);
        await work.Committed;
    }

    async Task<Lease?> TakeAsync(CancellationToken cancellation)
    {
        for (var tries = 1; !cancellation.IsCancellationRequested; tries++)
        {
            try
            {
                return await leases.TakeAsync(LedgerJobs.ReconciliationLease, leaseTime);
            }
            catch (Exception exception) when (tries < Tries)
            {
                LogAway(logger, exception);
                await Task.Delay(TimeSpan.FromMinutes(1), cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        return null;
    }

    [LoggerMessage(LogLevel.Warning, "Balances of idle sessions could not be removed; the next night tries again")]
    static partial void LogKept(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Warning, "The nightly reconciliation cannot begin; tried again in a minute")]
    static partial void LogAway(ILogger logger, Exception exception);
}

/// <summary>
/// Plans the nightly job, and sees by the ledger's clock that no night is left out: a scheduler that looked at a wrong clock once would wait for
/// the day that it saw, and one that keeps its plan in memory has forgotten it.
/// </summary>
sealed partial class NightlyWatch(NightlyRun night, IRecurringJobManager jobs, ILogger<NightlyWatch> logger) : IntervalLoop(TimeSpan.FromMinutes(1))
{
    /// <summary>A run that was asked for has so many rounds to finish before it is asked for again.</summary>
    const int Patience = 30;

    int waiting;
    bool isPlanned;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        TryPlan();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task LookAsync(CancellationToken stopping)
    {
        TryPlan();
        if (waiting > 0)
        {
            waiting--;
        }
        else if (await night.IsDueAsync())
        {
            // Planned anew: somebody may have deleted it on the jobs' pages.
            Plan();
            jobs.Trigger(LedgerJobs.Night);
            waiting = Patience;
        }
    }

    protected override void OnFailed(Exception exception) => LogFailed(logger, exception);

    void TryPlan()
    {
        try
        {
            if (!isPlanned)
            {
                Plan();
            }
        }
        catch (Exception exception)
        {
            // The jobs' tables are away with the database; planned with the next round.
            LogFailed(logger, exception);
        }
    }

    void Plan()
    {
        jobs.AddOrUpdate<NightlyRun>(LedgerJobs.Night, run => run.RunAsync(CancellationToken.None), LedgerJobs.NightlyCron, new RecurringJobOptions { TimeZone = TimeZoneInfo.Utc, MisfireHandling = MisfireHandlingMode.Relaxed });
        isPlanned = true;
    }

    [LoggerMessage(LogLevel.Error, "The nightly job could not be planned or asked for; tried again in a minute")]
    static partial void LogFailed(ILogger logger, Exception exception);
}
