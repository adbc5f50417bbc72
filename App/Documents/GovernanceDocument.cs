using Governance.Budgets;
using Governance.Gateway.Upstreams;
using Governance.Members;
using Governance.Policies;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Documents;

/// <summary>A member, and the environment variable that holds the first password.</summary>
[Pure]
sealed record MemberEntry(MemberDefinition Definition, string? PasswordEnv = null);

/// <summary>A key, and the environment variable that holds its secret; without one a secret is generated.</summary>
[Pure]
sealed record KeyEntry(KeyDefinition Definition)
{
    public KeyEntry(KeyDefinition definition, string? secretEnv) : this(definition with { SecretEnv = secretEnv })
    {
    }

    public string? SecretEnv => Definition.SecretEnv;
}

/// <summary>
/// Everything that can be configured, or the part of it that somebody wrote down. The current state is one with all sections.
/// Of a thing that is named, what is left out has its default; a thing that is not named is left alone. Some exceptions keep an old
/// document from undoing what was done in an emergency: <c>stopped</c>, <c>expires_at</c> and <c>secret_env</c> that are left out are left alone, and <c>revoked</c> is for ever.
/// </summary>
[Pure]
sealed record GovernanceDocument
{
    public const string ApiVersion = "governance/v1";

    /// <summary>The sections that are there, be they empty; only these are pruned.</summary>
    public Sections Sections { get; init; } = Sections.All;
    public WorkspaceDefinition? Workspace { get; init; }
    public IReadOnlyList<MemberEntry> Members { get; init; } = [];
    public IReadOnlyList<UpstreamDefinition> Upstreams { get; init; } = [];
    public IReadOnlyList<ProjectDefinition> Projects { get; init; } = [];
    /// <summary>The keys of all projects; in the document they stand under their project.</summary>
    public IReadOnlyList<KeyEntry> Keys { get; init; } = [];
    public IReadOnlyList<RuleDefinition> Rules { get; init; } = [];
    public IReadOnlyList<BudgetDefinition> Budgets { get; init; } = [];
    /// <summary>The section <c>router</c>.</summary>
    public IReadOnlyList<RouteDefinition> Routes { get; init; } = [];
    /// <summary>Corrections to the shipped price book: overlays of the fields that they name.</summary>
    public IReadOnlyList<PriceOverlay> Prices { get; init; } = [];
    /// <summary>
    /// What the sections that are there do not name goes out of force: rules and budgets are retired, keys of a project that lists
    /// keys are revoked, projects are stopped, members can no longer sign in (the last owner can), upstreams that no project uses, routes and
    /// workspace prices are removed. History stays.
    /// </summary>
    public bool Prune { get; init; }
    /// <summary>Projects that have a list of keys, be it empty.</summary>
    public IReadOnlyList<string> KeyedProjects { get; init; } = [];
    /// <summary>The workspace, projects and keys that say <c>stopped: false</c>; a kill switch elsewhere stays where it is.</summary>
    public IReadOnlyList<Named> Released { get; init; } = [];
    /// <summary>The keys that say <c>expires_at: null</c>; any other keeps the day that it has.</summary>
    public IReadOnlyList<Named> Unlimited { get; init; } = [];
}
