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
        services.AddSingleton<SignInWrites>();
        services.AddSingleton<SignInConnection>();
        services.AddDbContext<GovernanceDb>((provider, options) => options
            .UseSqlite(settings.SignInConnectionString)
            .AddInterceptors(provider.GetRequiredService<SignInWrites>(), provider.GetRequiredService<SignInConnection>()));
        return services;
    }

    /// <summary>Registers what follows the journal. The order of registration is the order of loading.</summary>
    public static IServiceCollection AddJournalListener<T>(this IServiceCollection services)
        where T : JournalListener =>
        services.AddSingleton<T>().AddSingleton<JournalListener>(provider => provider.GetRequiredService<T>());
}
