using Governance.Budgets;
using Governance.Projects;

namespace Governance.Alerts;

/// <summary>Who is told of a budget's warning.</summary>
[Pure]
static class Recipients
{
    /// <summary>The budget's address, else the project's, else the project's owner, else the owners of the workspace. Nobody where there is none.</summary>
    public static IReadOnlyList<string> Of(BudgetDefinition? budget, ProjectDefinition? project, IReadOnlyList<string> owners) =>
        Said(budget?.AlertEmail) ?? Said(project?.AlertEmail) ?? Said(project?.Owner) ?? owners;

    static IReadOnlyList<string>? Said(string? address) => string.IsNullOrWhiteSpace(address) ? null : [address.Trim()];
}
