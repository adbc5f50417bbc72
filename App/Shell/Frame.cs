using Governance.Shell.Controls;

namespace Governance.Shell;

/// <summary>What stands around every page but only later rooms know: they fill it in with <c>Configure&lt;Frame&gt;</c>.</summary>
sealed class Frame
{
    /// <summary>The name beside the product's; nothing until there is a workspace.</summary>
    public Func<HttpContext, ValueTask<string?>> WorkspaceName { get; set; } = static _ => default;

    /// <summary>Where the sign-out form is posted to.</summary>
    public string SignOutPath { get; set; } = "/sign-out";

    /// <summary>What may be wrong with the whole workspace: each is asked for every page, and says nothing while all is well. Also told at <c>/health/ready</c>.</summary>
    public IList<Func<Banner?>> Banners { get; } = [];

    /// <summary>Whether a page could not be made because the database is not there.</summary>
    public Func<Exception, bool> IsAway { get; set; } = static _ => false;

    /// <summary>The navigation, in its order.</summary>
    public IList<NavEntry> Entries { get; } =
    [
        new("Overview", "/dashboard", IconName.Overview),
        new("Policy", "/dashboard/policy", IconName.Policy),
        new("Usage", "/dashboard/usage", IconName.Usage),
        new("Keys", "/dashboard/keys", IconName.Keys),
        new("Members", "/dashboard/members", IconName.Members),
        new("Settings", "/dashboard/settings", IconName.Settings),
    ];
}

/// <summary>A sentence above every page.</summary>
sealed record Banner(StatusKind Kind, string Text);

/// <summary>A line of the navigation; the badge counts what waits there for this reader.</summary>
sealed record NavEntry(string Text, string Href, IconName Icon, Func<HttpContext, ValueTask<int>>? Badge = null);
