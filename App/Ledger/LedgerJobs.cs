using Governance.Audit;
using Quartz;

namespace Governance.Ledger;

/// <summary>When the ledger's jobs run.</summary>
static class LedgerJobs
{
    /// <summary>02:00 every night, in UTC whatever the machine's zone.</summary>
    public const string NightlyCron = "0 0 2 * * ?";

    static readonly TimeSpan expiryInterval = TimeSpan.FromMinutes(1);

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
        })
        .AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
}

/// <summary>The nightly reconciliation, and then a verification of everything.</summary>
[DisallowConcurrentExecution]
sealed class ReconciliationJob(Reconciliation reconciliation, VerificationRuns verification) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        await reconciliation.TryRunAsync(Actor.System);
        await verification.TryRunAsync(cancellationToken);
    }
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
