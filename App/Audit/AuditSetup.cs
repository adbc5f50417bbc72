using Governance.Audit.Checkpoints;
using Microsoft.EntityFrameworkCore;

namespace Governance.Audit;

/// <summary>Puts the journal and the trail into the host.</summary>
static class AuditSetup
{
    public static IServiceCollection AddAudit(this IServiceCollection services, JournalSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<Feed>();
        services.AddSingleton<Journal>();
        services.AddSingleton<Reads>();
        services.AddSingleton<AuditQueries>();
        services.AddSingleton<SignInConnection>();
        services.AddSingleton(provider => new CheckpointSettings(provider.GetService<IConfiguration>(), Path.GetDirectoryName(settings.File)!));
        // Stopped after all that are added later, so that its last checkpoint covers what they wrote.
        services.AddSingleton<CheckpointWriter>().AddHostedService(provider => provider.GetRequiredService<CheckpointWriter>());
        services.AddScoped(provider => new GovernanceDb(new DbContextOptionsBuilder<GovernanceDb>()
            .UseSqlite(settings.SignInConnectionString)
            .AddInterceptors(provider.GetRequiredService<SignInConnection>())
            .Options) { WriteGate = provider.GetRequiredService<Journal>().Gate });
        return services;
    }

    /// <summary>Registers what follows the journal. The order of registration is the order of loading.</summary>
    public static IServiceCollection AddJournalListener<T>(this IServiceCollection services)
        where T : JournalListener =>
        services.AddSingleton<T>().AddSingleton<JournalListener>(provider => provider.GetRequiredService<T>());
}
