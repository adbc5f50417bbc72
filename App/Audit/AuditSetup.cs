using Governance.Audit.Checkpoints;
using Governance.Shell;

namespace Governance.Audit;

/// <summary>Puts the journal and the trail into the host.</summary>
static class AuditSetup
{
    public static IServiceCollection AddAudit(this IServiceCollection services, JournalSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton<TimeProvider>(new LedgerTime(settings.IsShared));
        services.AddSingleton<Feed>();
        services.AddSingleton<Journal>();
        services.AddOptions<StoreWatchSettings>().BindConfiguration("Governance:Journal");
        services.AddJournalListener<StoreWatch>();
        services.AddHostedService<StoreWatchLoop>();
        services.AddSingleton<Leases>();
        services.AddSingleton<Reads>();
        services.AddOptions<Frame>().Configure<StoreWatch>((frame, watch) => frame.Banners.Add(() => BannerOf(watch))).Configure(frame => frame.IsAway = StoreFailure.IsAway);
        services.AddSingleton<AuditQueries>();
        services.AddHostedService<InstanceWatch>();
        // On PostgreSQL the server keeps writers apart; on SQLite they wait at the journal's gate.
        var open = StoreContext.On(settings.SignInConnectionString, settings.IsShared, options => options.AddInterceptors(settings.IsShared ? [] : [new OpenedFilesCheck(settings.Opened), new SignInConnection()]));
        services.AddScoped(provider =>
        {
            var db = open();
            db.WriteGate = settings.IsShared ? null : provider.GetRequiredService<Journal>().Gate;
            return db;
        });
        services.AddSingleton(provider => new CheckpointSettings(provider.GetService<IConfiguration>(), settings.Folder));
        services.AddSingleton<CheckpointKeyChange>();
        // Stopped after all that are added later, so that its last checkpoint covers what they wrote.
        services.AddSingleton<CheckpointWriter>().AddHostedService(provider => provider.GetRequiredService<CheckpointWriter>());
        services.AddOptions<Frame>().Configure<CheckpointWriter>((frame, writer) => frame.Banners.Add(() => writer.Status.Failure is { } failure
            ? new Banner(StatusKind.Warned, $"No signed checkpoint of the trail can be written (Governance:Audit:Checkpoints:Folder, KeyFile): {failure} Calls go on; what no checkpoint covers is not protected against whoever administers the database.")
            : null));
        services.AddOptions<Frame>().Configure<CheckpointWriter>((frame, writer) => frame.Banners.Add(() => writer.Lost is { } lost ? new Banner(StatusKind.Warned, lost) : null));
        return services;
    }

    static Banner? BannerOf(StoreWatch watch) => watch switch
    {
        { Trouble: { } trouble } => new Banner(StatusKind.Denied, $"The ledger cannot be written: {trouble}. Calls are refused and nothing can be saved until it can; it goes on by itself then. What these pages show was written before."),
        { Stepped: { } step } => new Banner(StatusKind.Warned, step.Text),
        _ => null,
    };

    /// <summary>Registers what follows the journal. The order of registration is the order of loading.</summary>
    public static IServiceCollection AddJournalListener<T>(this IServiceCollection services)
        where T : JournalListener =>
        services.AddSingleton<T>().AddSingleton<JournalListener>(provider => provider.GetRequiredService<T>());
}
