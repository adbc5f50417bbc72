using Governance.Journal.Postgres;
using Governance.Journal.Sqlite;
using Governance.Shell;
using Governance.Shell.Controls;

namespace Governance.Journal;

/// <summary>Puts the journal into the host.</summary>
static class JournalSetup
{
    public static IServiceCollection AddJournal(this IServiceCollection services, JournalSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton<TimeProvider>(new LedgerTime(settings.IsShared));
        services.AddSingleton<Feed>();
        services.AddSingleton<JournalWriter>();
        services.AddOptions<StoreWatchSettings>().BindConfiguration("Governance:Journal");
        services.AddJournalListener<StoreWatch>();
        services.AddHostedService<StoreWatchLoop>();
        services.AddSingleton<Leases>();
        services.AddSingleton<Reads>();
        services.AddOptions<Frame>().Configure<StoreWatch>((frame, watch) => frame.Banners.Add(() => BannerOf(watch))).Configure(frame => frame.IsAway = StoreFailure.IsAway);
        services.AddHostedService<InstanceWatch>();
        // On PostgreSQL the server keeps writers apart; on SQLite they wait at the journal's gate.
        var open = StoreContext.On(settings.SignInConnectionString, settings.IsShared, options => options.AddInterceptors(settings.IsShared ? [] : [new OpenedFilesCheck(settings.Opened), new SignInConnection()]));
        services.AddScoped(provider =>
        {
            var db = open();
            db.WriteGate = settings.IsShared ? null : provider.GetRequiredService<JournalWriter>().Gate;
            return db;
        });
        return services;
    }

    static Banner? BannerOf(StoreWatch watch) => watch switch
    {
        { Trouble: { } trouble } => new Banner(StatusKind.Denied, $"The ledger cannot be written: {trouble}. Calls are refused and nothing can be saved until it can; it goes on by itself then. What these pages show was written before."),
        { Stepped: { } step } => new Banner(StatusKind.Warned, step.Text),
        _ => null,
    };

    /// <summary>Registers what follows the journal. Its phase says when its turn comes.</summary>
    public static IServiceCollection AddJournalListener<T>(this IServiceCollection services)
        where T : JournalListener =>
        services.AddSingleton<T>().AddSingleton<JournalListener>(provider => provider.GetRequiredService<T>());
}
