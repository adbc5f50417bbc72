using Governance.Audit.Checkpoints;
using Governance.Audit.Timeline;
using Governance.Journal;
using Governance.Shell;
using Governance.Shell.Controls;

namespace Governance.Audit;

/// <summary>Puts the trail into the host.</summary>
static class AuditSetup
{
    public static IServiceCollection AddAudit(this IServiceCollection services)
    {
        services.AddSingleton<AuditQueries>();
        services.AddSingleton(provider => new CheckpointSettings(provider.GetService<IConfiguration>(), provider.GetRequiredService<JournalSettings>().Folder));
        services.AddSingleton<CheckpointKeyChange>();
        // Stopped after all that are added later, so that its last checkpoint covers what they wrote.
        services.AddSingleton<CheckpointWriter>().AddHostedService(provider => provider.GetRequiredService<CheckpointWriter>());
        services.AddOptions<Frame>().Configure<CheckpointWriter>((frame, writer) => frame.Banners.Add(() => writer.Status.Failure is { } failure
            ? new Banner(StatusKind.Warned, $"No signed checkpoint of the trail can be written (Governance:Audit:Checkpoints:Folder, KeyFile): {failure} Calls go on; what no checkpoint covers is not protected against whoever administers the database.")
            : null));
        services.AddOptions<Frame>().Configure<CheckpointWriter>((frame, writer) => frame.Banners.Add(() => writer.Lost is { } lost ? new Banner(StatusKind.Warned, lost) : null));
        return services;
    }
}
