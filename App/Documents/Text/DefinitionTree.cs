using Governance.Audit;
using Governance.Budgets;
using Governance.Gateway.Upstreams;
using Governance.Members;
using Governance.Policies;
using Governance.Projects;

namespace Governance.Documents.Text;

/// <summary>
/// Each definition as the mapping that means it, keys in canonical order, sets sorted, defaults marked. The writer and the
/// comparison both go by it, so that what is compared is what is written.
/// </summary>
[Pure]
static class DefinitionTree
{
    public static DocumentMap Of(WorkspaceDefinition workspace) => new Outline()
        .Add("id", workspace.Id)
        .Add("name", workspace.Name)
        .Add("plan", Words.Of(workspace.Plan))
        .Add("stopped", workspace.Stopped, unless: false).Map;

    public static DocumentMap Of(MemberDefinition member) => new Outline()
        .Add("email", member.Email)
        .Add("role", Words.Of(member.Role)).Map;

    public static DocumentMap Of(UpstreamDefinition upstream) => new Outline()
        .Add("id", upstream.Id)
        .Add("kind", Words.Of(upstream.Kind))
        .Add("base_url", upstream.BaseUrl)
        .Add("api_key_env", upstream.ApiKeyEnv)
        .Add("allow_private_network", upstream.AllowPrivateNetwork, unless: false).Map;

    public static DocumentMap Of(ProjectDefinition project) => new Outline()
        .Add("id", project.Id)
        .Add("name", project.Name)
        .Add("owner", project.Owner)
        .Add("alert_email", project.AlertEmail)
        .Add("department", project.Department)
        .Add("customer", project.Customer)
        .Add("default_mode", project.DefaultMode, Mode.Balanced)
        .Add("upstreams", project.Upstreams)
        .Add("environment", project.Environment)
        .Add("cache", project.Cache, unless: false)
        .Add("allow_unbounded", project.AllowUnbounded, unless: false)
        .Add("wait_for_holds_ms", Outline.Number(project.WaitForHoldsMilliseconds), project.WaitForHoldsMilliseconds == 0)
        .Add("on_ledger_failure", project.FailOpenAllowance is { } allowance ? FailOpen(allowance) : null)
        .Add("stopped", project.Stopped, unless: false).Map;

    static DocumentMap FailOpen(Money allowance) => new Outline()
        .Add("mode", Words.Of(LedgerFailure.FailOpen))
        .Add("allowance_usd", allowance.ToPlain()).Map;

    public static DocumentMap Of(KeyDefinition key) => new Outline()
        .Add("id", key.Id)
        .Add("attribution", Of(key.Attribution), key.Attribution == new KeyAttribution())
        .Add("attribution_override", key.AttributionOverride, AttributionOverride.Restricted)
        .Add("default_mode", key.DefaultMode is { } mode ? Words.Of(mode) : null)
        .Add("expires_at", key.ExpiresAt is { } expiry ? Phrases.Day(expiry) : null)
        .Add("stopped", key.Stopped, unless: false)
        .Add("revoked", key.Revoked, unless: false).Map;

    public static DocumentMap Of(RuleDefinition rule) => new Outline()
        .Add("id", rule.Id)
        .Add("type", Words.Of(rule.Type))
        .Add("scope", new Outline().Add("project", rule.Project).Map)
        .Add("models", [.. rule.Models.Order(StringComparer.Ordinal)])
        .Add("modes", [.. rule.Modes.Order().Select(Words.Of)])
        .Add("task_type", rule.TaskType is { } task ? Words.Of(task) : null)
        .Add("model", rule.Model)
        .Add("tokens", rule.Tokens)
        .Add("state", Words.Of(rule.State))
        .Add("reason", rule.Reason).Map;

    public static DocumentMap Of(BudgetDefinition budget)
    {
        var scope = new Outline();
        foreach (var term in budget.Scope.OrderBy(term => term.Kind))
        {
            scope.Add(Words.Of(term.Kind), term.Id);
        }
        return new Outline()
            .Add("id", budget.Id)
            .Add("scope", scope.Map)
            .Add("cap_usd", budget.Cap.ToPlain())
            .Add("window", Window(budget))
            .Add("time_zone", budget.TimeZone, isDefault: budget.TimeZone == "UTC")
            .Add("hard_block", budget.HardBlock, unless: true)
            .Add("hold", budget.Hold, HoldKind.WorstCase)
            .Add("thresholds", new DocumentList([.. budget.Thresholds.OrderBy(threshold => threshold.Percent).Select(Of)]),
                budget.Thresholds is [var only] && only == new Threshold(80))
            .Add("alert_email", budget.AlertEmail)
            .Add("retired", budget.Retired, unless: false).Map;
    }

    public static DocumentMap Of(RouteDefinition route) => new Outline()
        .Add("project", route.Project)
        .Add("mode", Words.Of(route.Mode))
        .Add("task_type", Words.Of(route.TaskType))
        .Add("model", route.Model).Map;

    static DocumentMap Of(KeyAttribution attribution) => new Outline()
        .Add("tenant", attribution.Tenant)
        .Add("department", attribution.Department)
        .Add("employee", attribution.Employee)
        .Add("customer", attribution.Customer)
        .Add("feature", attribution.Feature)
        .Add("workflow", attribution.Workflow).Map;

    static DocumentMap Of(Threshold threshold) => new Outline()
        .Add("percent", threshold.Percent)
        .Add("severity", threshold.Severity, Severity.Warning)
        .Add("channels", Outline.Texts(Channels(threshold)), threshold is { Email: true, InApp: true }).Map;

    static IEnumerable<string> Channels(Threshold threshold) => [.. threshold.Email ? [Words.Of(Channel.Email)] : (string[])[], .. threshold.InApp ? [Words.Of(Channel.InApp)] : (string[])[]];

    static DocumentNode Window(BudgetDefinition budget) => budget.Window switch
    {
        BudgetWindow.RollingDays => new Outline().Add("rolling_days", budget.RollingDays).Map,
        BudgetWindow.Fixed => new Outline().Add("from", Day(budget.From)).Add("to", Day(budget.To)).Map,
        var window => Outline.Text(Words.Of(window)),
    };

    static string? Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
