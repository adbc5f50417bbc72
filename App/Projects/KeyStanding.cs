namespace Governance.Projects;

/// <summary>Whether a key opens at an instant, and if not, what keeps it shut.</summary>
enum KeyStanding { Active, Stopped, ProjectStopped, WorkspaceStopped, Expired, Revoked }

/// <summary>Says how a key stands; what cannot be undone comes first.</summary>
[Pure]
static class KeyStandings
{
    public static KeyStanding Of(KeyDefinition key, bool projectStopped, bool workspaceStopped, DateTimeOffset now) => key switch
    {
        { Revoked: true } => KeyStanding.Revoked,
        { ExpiresAt: { } end } when end <= now => KeyStanding.Expired,
        { Stopped: true } => KeyStanding.Stopped,
        _ when projectStopped => KeyStanding.ProjectStopped,
        _ when workspaceStopped => KeyStanding.WorkspaceStopped,
        _ => KeyStanding.Active,
    };

    public static string Word(KeyStanding standing) => standing switch
    {
        KeyStanding.ProjectStopped => "Project stopped",
        KeyStanding.WorkspaceStopped => "Workspace stopped",
        var other => other.ToString(),
    };
}
