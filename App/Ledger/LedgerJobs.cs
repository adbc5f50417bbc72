using Governance.Audit;
using Hangfire;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;

namespace Governance.Ledger;

/// <summary>When the ledger's jobs run. What recurs by the day is Hangfire's; what looks at something every few seconds is a loop by time that passed, which no clock can stop.</summary>
static partial class LedgerJobs
{
    /// <summary>02:00 every night, in UTC whatever the machine's zone.</summary>
    public const string NightlyCron = "0 2 * * *";

    /// <summary>The id of the nightly job.</summary>
    public const string Night = "night";

    public const string ReconciliationLease = "reconciliation";

    /// <summary>Of the jobs' own tables, where they are kept in the database.</summary>
    const string Schema = "hangfire";

    public static IServiceCollection AddLedgerJobs(this IServiceCollection services) => services
        .AddHostedService<ReconciliationAtStart>()
        .AddHostedService<VerificationAtStart>()
        .AddSingleton<IdleSessions>()
        .AddSingleton<NightlyRun>()
        .AddHostedService<NightlyWatch>()
        .AddHostedService<HoldExpiryLoop>()
        .AddHostedService<InstanceRecoveryLoop>()
        .AddSingleton(Storage)
        .AddHangfire((provider, jobs) => jobs.UseLogProvider(new JobLog(provider.GetRequiredService<ILoggerFactory>())))
        .AddHangfireServer(options =>
        {
            options.WorkerCount = 1;
            options.SchedulePollingInterval = TimeSpan.FromSeconds(15);
            options.ShutdownTimeout = TimeSpan.FromSeconds(10);
        });

    /// <summary>In memory beside a SQLite file, whose night is found again in the trail; in a schema of its own on PostgreSQL.</summary>
    static JobStorage Storage(IServiceProvider provider)
    {
        var settings = provider.GetRequiredService<JournalSettings>();
        if (settings.IsShared)
        {
            try
            {
                var options = new PostgreSqlStorageOptions { SchemaName = Schema };
                return new PostgreSqlStorage(new NpgsqlConnectionFactory(settings.SignInConnectionString, options), options);
            }
            catch (Exception exception) when (exception is System.Data.Common.DbException or InvalidOperationException)
            {
                LogInMemory(provider.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(LedgerJobs)), Schema, exception.Message);
            }
        }
        return new InMemoryStorage();
    }

    [LoggerMessage(LogLevel.Warning, "The jobs' tables cannot be set up in the schema {Schema} ({Why}); each instance plans its jobs by itself, and the lease of a job keeps them apart. The role needs CREATE on the database once.")]
    static partial void LogInMemory(ILogger logger, string schema, string why);
}

/// <summary>Looks at something every few seconds, by time that passed; a round that fails is told and tried again.</summary>
abstract class IntervalLoop(TimeSpan interval) : BackgroundService
{
    protected abstract Task LookAsync(CancellationToken stopping);

    protected abstract void OnFailed(Exception exception);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not the host's clock: a test's clock that stands must not stop it, and neither must one that jumps.
        using var rounds = new PeriodicTimer(interval);
        while (await NextAsync(rounds, stoppingToken))
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                OnFailed(exception);
            }
            catch (Exception)
            {
                return;
            }
        }
    }

    static async Task<bool> NextAsync(PeriodicTimer rounds, CancellationToken stopping)
    {
        try
        {
            return await rounds.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}

/// <summary>The end of what dead instances held, every few seconds.</summary>
sealed partial class InstanceRecoveryLoop(InstanceRecovery recovery, ILogger<InstanceRecoveryLoop> logger) : IntervalLoop(TimeSpan.FromSeconds(5))
{
    protected override Task LookAsync(CancellationToken stopping) => recovery.RunAsync();

    protected override void OnFailed(Exception exception) => LogFailed(logger, exception);

    [LoggerMessage(LogLevel.Error, "Holds of ended instances could not be resolved; tried again in a few seconds")]
    static partial void LogFailed(ILogger logger, Exception exception);
}

/// <summary>The expiry of holds, every minute.</summary>
sealed partial class HoldExpiryLoop(HoldExpiry expiry, ILogger<HoldExpiryLoop> logger) : IntervalLoop(TimeSpan.FromMinutes(1))
{
    protected override Task LookAsync(CancellationToken stopping) => expiry.RunAsync();

    protected override void OnFailed(Exception exception) => LogFailed(logger, exception);

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
