using Governance.Revisions;

namespace Governance.Policies;

/// <summary>A rule in its newest version.</summary>
sealed class RuleRow : DefinitionRow<RuleDefinition>;

/// <summary>A cell of the router's table; its id is project, mode and task type.</summary>
sealed class RouteRow : DefinitionRow<RouteDefinition>
{
    /// <summary>The id under which a cell is kept.</summary>
    public static string IdOf(RouteDefinition route) =>
        $"{route.Project ?? "*"}:{route.Mode}:{route.TaskType}".ToLowerInvariant();
}
