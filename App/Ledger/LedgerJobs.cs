using Governance.Audit;
using Quartz;

namespace Governance.Ledger;

/// <summary>When the ledger's jobs run.</summary>
static class LedgerJobs
{
    /// <summary>02:00 every night, in UTC whatever the machine's zone.</summary>
    public const string NightlyCron = "0 0 2 * * ?";

    public const string ReconciliationLease = "reconciliation";

    /// <summary>For so long whoever reconciled keeps others from doing it again, however far apart their clocks are.</summary>
    public static readonly TimeSpan Night = TimeSpan.FromHours(6);

    static readonly TimeSpan expiryInterval = TimeSpan.FromMinutes(1);
    static readonly TimeSpan recoveryInterval = TimeSpan.FromSeconds(5);

    public static IServiceCollection AddLedgerJobs(this IServiceCollection services) => services
        .AddHostedService<ReconciliationAtStart>()
        .AddHostedService<VerificationAtStart>()
        .AddQuartz(quartz =>
        {
            quartz.ScheduleJob<ReconciliationJob>(trigger => trigger.WithIdentity("reconciliation")
                // A night that was missed while the machine slept is made up for at once, and once.
                .WithCronSchedule(NightlyCron, cron => cron.InTimeZone(TimeZoneInfo.Utc).WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed)));
            quartz.ScheduleJob<HoldExpiryJob>(trigger => trigger.WithIdentity("hold-expiry")
                .WithSimpleSchedule(simple => simple.WithInterval(expiryInterval).RepeatForever().WithMisfireInstruction(SimpleTriggerMisfireInstruction.NextWithRemainingCount)));
            quartz.ScheduleJob<InstanceRecoveryJob>(trigger => trigger.WithIdentity("instance-recovery")
                .WithSimpleSchedule(simple => simple.WithInterval(recoveryInterval).RepeatForever().WithMisfireInstruction(SimpleTriggerMisfireInstruction.NextWithRemainingCount)));
        })
        .AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
}

/// <summary>The nightly reconciliation, and then a verification of everything, once for all instances.</summary>
[DisallowConcurrentExecution]
sealed partial class ReconciliationJob(Reconciliation reconciliation, VerificationRuns verification, Leases leases, IHostApplicationLifetime lifetime, ILogger<ReconciliationJob> logger) : IJob
{
    /// <summary>So often, a minute apart, it is tried again while the store is away; then the next night has it.</summary>
    const int Tries = 60;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        // The scheduler waits for its jobs when the process stops, and does not interrupt them.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        if (await TakeAsync(ending.Token) is { } lease)
        {
            await reconciliation.TryRunAsync(Actor.System, lease: lease);
            await verification.TryRunAsync(ending.Token);
        }
    }

    async Task<Lease?> TakeAsync(CancellationToken cancellation)
    {
        for (var tries = 1; !cancellation.IsCancellationRequested; tries++)
        {
            try
            {
                return await leases.TakeAsync(LedgerJobs.ReconciliationLease, LedgerJobs.Night);
            }
            catch (Exception exception) when (tries < Tries)
            {
                LogAway(logger, exception);
                await Task.Delay(TimeSpan.FromMinutes(1), cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        return null;
    }

    [LoggerMessage(LogLevel.Warning, "The nightly reconciliation cannot begin; tried again in a minute")]
    static partial void LogAway(ILogger logger, Exception exception);
}

/// <summary>The end of what dead instances held, every few seconds.</summary>
[DisallowConcurrentExecution]
sealed partial class InstanceRecoveryJob(InstanceRecovery recovery, ILogger<InstanceRecoveryJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await recovery.RunAsync();
        }
        catch (Exception exception)
        {
            LogFailed(logger, exception);
        }
    }

    [LoggerMessage(LogLevel.Error, "Holds of ended instances could not be resolved; tried again in a few seconds")]
    static partial void LogFailed(ILogger logger, Exception exception);
}

/// <summary>The expiry of holds, every minute.</summary>
[DisallowConcurrentExecution]
sealed partial class HoldExpiryJob(HoldExpiry expiry, ILogger<HoldExpiryJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await expiry.RunAsync();
        }
        catch (Exception exception)
        {
            LogFailed(logger, exception);
        }
    }

    [LoggerMessage(LogLevel.Error, "Expired holds could not be resolved; tried again in a minute")]
    static partial void LogFailed(ILogger logger, Exception exception);
}

/// <summary>Reconciles the recent balances once the host runs, beside what it serves.</summary>
sealed class ReconciliationAtStart(Reconciliation reconciliation) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await reconciliation.TryRunAsync(Actor.System, ReconciliationReach.Recent);
    }
}
