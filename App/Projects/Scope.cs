namespace Governance.Projects;

/// <summary>A dimension by which spend is attributed and limited.</summary>
public enum ScopeKind { Tenant, Department, Employee, Customer, Project, Feature, Workflow, Key, Model, Vendor, Session }

/// <summary>Who and what a call is for. Null means unknown, which matches no budget that names the dimension.</summary>
[Pure]
sealed record Attribution
{
    public string? Tenant { get; init; }
    public string? Department { get; init; }
    public string? Employee { get; init; }
    public string? Customer { get; init; }
    public required string Project { get; init; }
    public string? Feature { get; init; }
    public string? Workflow { get; init; }
    public required string Key { get; init; }
    /// <summary>The model that serves the call, after every override.</summary>
    public string? Model { get; init; }
    public string? Vendor { get; init; }
    public string? Session { get; init; }

    public string? this[ScopeKind kind] => kind switch
    {
        ScopeKind.Tenant => Tenant,
        ScopeKind.Department => Department,
        ScopeKind.Employee => Employee,
        ScopeKind.Customer => Customer,
        ScopeKind.Project => Project,
        ScopeKind.Feature => Feature,
        ScopeKind.Workflow => Workflow,
        ScopeKind.Key => Key,
        ScopeKind.Model => Model,
        ScopeKind.Vendor => Vendor,
        ScopeKind.Session => Session,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
