using System.Collections.Frozen;
using Governance.Policies.Editor;
using Governance.Projects;

namespace Governance.Policies;

/// <summary>All rules and routes in force or staged, compiled for asking. Immutable: an edit makes a new one, swapped whole.</summary>
[Pure]
sealed class PolicySet
{
    readonly FrozenDictionary<string, ProjectRules> projects;
    readonly ProjectRules workspace;

    PolicySet(FrozenDictionary<string, ProjectRules> projects, ProjectRules workspace) => (this.projects, this.workspace) = (projects, workspace);

    public static PolicySet Empty { get; } = Compile([], []);

    /// <summary>Compiles what passed <c>RuleValidation</c>; drafts, simulated and retired rules are left out.</summary>
    public static PolicySet Compile(IEnumerable<(RuleDefinition Rule, int Version)> rules, IEnumerable<RouteDefinition> routes)
    {
        var live = rules.Where(rule => rule.Rule.State is RuleState.Staged or RuleState.Enforced).Select(rule => new CompiledRule(rule.Rule, rule.Version)).ToArray();
        var table = routes.ToArray();
        var names = live.Select(rule => rule.Definition.Project).Concat(table.Select(route => route.Project)).OfType<string>().Distinct(StringComparer.Ordinal);
        return new PolicySet(
            names.ToFrozenDictionary(name => name, name => Of(name, live, table), StringComparer.Ordinal),
            Of(null, live, table));
    }

    /// <summary>What binds a project: its own rules and the workspace's.</summary>
    public ProjectRules For(string project) => projects.GetValueOrDefault(project, workspace);

    static ProjectRules Of(string? project, CompiledRule[] live, RouteDefinition[] routes) => new(
        [.. live.Where(rule => rule.Definition.Project is null || rule.Definition.Project == project)],
        [.. routes.Where(route => route.Project is null || route.Project == project)]);
}

/// <summary>The rules that bind one project, by type and in the order of evaluation, and its routing table.</summary>
[Pure]
sealed class ProjectRules
{
    readonly string?[] routes = new string?[Enum.GetValues<Mode>().Length * Enum.GetValues<TaskType>().Length];
    readonly ModelMatches matches;

    public ProjectRules(IReadOnlyList<CompiledRule> rules, IReadOnlyList<RouteDefinition> table)
    {
        DenyModes = Ordered(rules, RuleType.DenyMode);
        DenyModels = Ordered(rules, RuleType.DenyModel);
        Forces = [.. Ordered(rules, RuleType.ForceModel).OrderBy(rule => rule.Definition.Project is null).ThenBy(rule => rule.Definition.TaskType is null)];
        // The smallest cap first: it is the one to name, since its advice satisfies the others.
        Caps = [.. Ordered(rules, RuleType.MaxInputTokens).OrderBy(rule => rule.Definition.Tokens)];
        // Each rule once, the router once, and the denied models again after a force.
        MaxSteps = rules.Count + 1 + (Forces.Length > 0 ? DenyModels.Length : 0);
        Staged = rules.Any(rule => !rule.Enforced);
        matches = new ModelMatches(DenyModels);
        ReadsTaskType = table.Count > 0 || Forces.Any(rule => rule.Definition.TaskType is not null);
        foreach (var route in table.OrderBy(route => route.Project is not null))
        {
            routes[Cell(route.Mode, route.TaskType)] = route.Model;
        }
    }

    public CompiledRule[] DenyModes { get; }
    public CompiledRule[] DenyModels { get; }
    public CompiledRule[] Forces { get; }
    public CompiledRule[] Caps { get; }
    public int MaxSteps { get; }
    /// <summary>True where at least one rule is only staged.</summary>
    public bool Staged { get; }

    /// <summary>True where an answer can depend on the kind of work; else nobody need find it out.</summary>
    public bool ReadsTaskType { get; }

    /// <summary>The model of a cell: the project's, else the workspace's, else null.</summary>
    public string? Route(Mode mode, TaskType type) => routes[Cell(mode, type)];

    public ModelMatch Match(string model) => matches.Of(model);

    static int Cell(Mode mode, TaskType type) => ((int)mode * 4) + (int)type;

    /// <summary>Project before workspace, then by id; sorting is stable, so that a further key can come first.</summary>
    static CompiledRule[] Ordered(IReadOnlyList<CompiledRule> rules, RuleType type) =>
        [.. rules.Where(rule => rule.Definition.Type == type).OrderBy(rule => rule.Definition.Project is null).ThenBy(rule => rule.Definition.Id, StringComparer.Ordinal)];
}
