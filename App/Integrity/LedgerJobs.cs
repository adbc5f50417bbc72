using Governance.Integrity.Checks;
using Governance.Journal;
using Hangfire;
using Hangfire.AspNetCore;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;

namespace Governance.Integrity;

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
        .AddSingleton<NightlyRun>()
        .AddHostedService<NightlyWatch>()
        .AddSingleton(Storage)
        // Hangfire's own is one for the whole process: a job would run with whichever host was built last.
        .AddSingleton<JobActivator>(provider => new AspNetCoreJobActivator(provider.GetRequiredService<IServiceScopeFactory>()))
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
