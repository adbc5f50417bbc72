using Governance.Audit.Checkpoints;

namespace Governance.Audit;

/// <summary>Puts the journal and the trail into the host.</summary>
static class AuditSetup
{
    public static IServiceCollection AddAudit(this IServiceCollection services, JournalSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton(settings.IsShared ? new LedgerTime() : TimeProvider.System);
        services.AddSingleton<Feed>();
        services.AddSingleton<Journal>();
        services.AddSingleton<Leases>();
        services.AddSingleton<Reads>();
        services.AddSingleton<AuditQueries>();
        services.AddHostedService<InstanceWatch>();
        // On PostgreSQL the server keeps writers apart; on SQLite they wait at the journal's gate.
        var open = StoreContext.On(settings.SignInConnectionString, settings.IsShared, options => options.AddInterceptors(settings.IsShared ? [] : [new SignInConnection()]));
        services.AddScoped(provider =>
        {
            var db = open();
            db.WriteGate = settings.IsShared ? null : provider.GetRequiredService<Journal>().Gate;
            return db;
        });
        services.AddSingleton(provider => new CheckpointSettings(provider.GetService<IConfiguration>(), settings.Folder));
        // Stopped after all that are added later, so that its last checkpoint covers what they wrote.
        services.AddSingleton<CheckpointWriter>().AddHostedService(provider => provider.GetRequiredService<CheckpointWriter>());
        return services;
    }

    /// <summary>Registers what follows the journal. The order of registration is the order of loading.</summary>
    public static IServiceCollection AddJournalListener<T>(this IServiceCollection services)
        where T : JournalListener =>
        services.AddSingleton<T>().AddSingleton<JournalListener>(provider => provider.GetRequiredService<T>());
}
