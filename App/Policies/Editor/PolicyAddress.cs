namespace Governance.Policies.Editor;

/// <summary>The policy page's state as its address: every view and every editor has one.</summary>
[Pure]
public sealed record PolicyAddress
{
    public const string Page = "/dashboard/policy";
    public const string Rules = "rules";
    public const string Budgets = "budgets";
    public const string Router = "router";
    /// <summary>Stands for the workspace itself; no project can have this id.</summary>
    public const string Workspace = "*";

    /// <summary>Null shows everything, <see cref="Workspace"/> what binds all, else one project.</summary>
    public string? Project { get; init; }
    public string Tab { get; init; } = Rules;
    public string? Rule { get; init; }
    public string? Budget { get; init; }
    public bool Edit { get; init; }

    /// <summary>Reads what an address says; a tab that does not exist is the first.</summary>
    public static PolicyAddress Of(string? project, string? tab, string? rule, string? budget, bool edit) => new()
    {
        Project = string.IsNullOrEmpty(project) ? null : project,
        Tab = tab is Budgets or Router ? tab : Rules,
        Rule = string.IsNullOrEmpty(rule) ? null : rule,
        Budget = string.IsNullOrEmpty(budget) ? null : budget,
        Edit = edit,
    };

    /// <summary>The project whose policy is looked at, if it is one.</summary>
    public string? OneProject => Project is Workspace ? null : Project;

    public PolicyAddress List => this with { Rule = null, Budget = null, Edit = false };

    /// <summary>True where a definition of this project (null for the workspace) counts for what is looked at.</summary>
    public bool Shows(string? project) => Project is null || project is null || project == Project;

    public override string ToString()
    {
        (string Name, string? Value)[] parts =
            [("project", Project), ("tab", Tab == Rules ? null : Tab), ("rule", Rule), ("budget", Budget), ("edit", Edit ? "1" : null)];
        var query = string.Join('&', parts.Where(part => part.Value is not null).Select(part => $"{part.Name}={(part.Value == Workspace ? Workspace : Uri.EscapeDataString(part.Value!))}"));
        return query.Length == 0 ? Page : $"{Page}?{query}";
    }
}
