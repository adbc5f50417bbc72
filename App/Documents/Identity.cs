using Governance.Audit;
using Governance.Budgets;
using Governance.Gateway.Upstreams;
using Governance.Members;
using Governance.Policies;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Documents;

/// <summary>What makes two definitions the same thing in two documents.</summary>
[Pure]
static class Identity
{
    public static Named Of(WorkspaceDefinition workspace) => new(Noun.Workspace, workspace.Id);

    /// <summary>People do not write their address in one case only.</summary>
    public static Named Of(MemberDefinition member) => new(Noun.Member, member.Email.ToLowerInvariant());

    public static Named Of(UpstreamDefinition upstream) => new(Noun.Upstream, upstream.Id);

    public static Named Of(ProjectDefinition project) => new(Noun.Project, project.Id);

    public static Named Of(KeyDefinition key) => new(Noun.Key, key.Id);

    public static Named Of(RuleDefinition rule) => new(Noun.Rule, rule.Id);

    public static Named Of(BudgetDefinition budget) => new(Noun.Budget, budget.Id);

    /// <summary><c>chat-widget/eco/simple</c>; without a project it begins with the stroke.</summary>
    public static Named Of(RouteDefinition route) => new(Noun.Route, $"{route.Project}/{Words.Of(route.Mode)}/{Words.Of(route.TaskType)}");

    /// <summary><c>compatible/my-model@2026-11-01</c>; without a first day it ends after the model.</summary>
    public static Named Of(PriceOverlay price) =>
        new(Noun.Price, price.EffectiveFrom is { } from ? $"{price.Vendor}/{price.Model}@{Phrases.Day(from)}" : $"{price.Vendor}/{price.Model}");
}
