namespace Governance.Revisions;

/// <summary>What an editor tells the page after saving.</summary>
[Pure]
public sealed record SavedNotice(string What, int? Version)
{
    /// <summary>Where everything that was changed is told.</summary>
    public const string TrailHref = "/dashboard/usage?tab=audit&category=change";

    public string Text => Version is { } version ? $"{What} saved as version {version}." : $"{What} saved.";
}
