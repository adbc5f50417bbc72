using Governance.Audit;
using Governance.Projects;
using Governance.Shell.Controls;

namespace Governance.Budgets.Balances;

/// <summary>What the trail is told when a budget reaches a threshold; alerts read it from there.</summary>
static class ThresholdNotice
{
    public const string Action = "budget.threshold_reached";

    /// <summary>The numbers that a warning needs, as they stood at that instant.</summary>
    public sealed record Numbers(string Budget, string Period, int Percent, string Severity, bool Email, string CapUsd, string PostedUsd, string HeldUsd, DateTimeOffset? ResetsAt, bool HardBlock,
        bool InApp = true, string? Once = null);

    public static AuditEvent Of(Balance balance, Threshold threshold)
    {
        var budget = balance.Budget.Definition;
        var project = budget.Scope.FirstOrDefault(term => term.Kind == ScopeKind.Project).Id;
        return new AuditEvent
        {
            Chain = project ?? AuditEvent.SystemChain,
            Category = AuditCategory.Intervened,
            Action = Action,
            Actor = Actor.System,
            Project = project,
            TargetKind = "budget",
            TargetId = budget.Id,
            Sentence = $"{budget.Id} reached {threshold.Percent} % of its {BudgetWords.Exact(budget.Cap)} cap ({MoneyText.Beside(budget.Cap, balance.Posted)[0]} spent in {balance.Period.Key}).",
            Details = AuditJson.Element(new Numbers(
                budget.Id, balance.Period.Key, threshold.Percent, threshold.Severity.ToString(), threshold.Email, budget.Cap.ToPlain(),
                balance.Posted.ToPlain(), balance.Held.ToPlain(), balance.Period.Resets, budget.HardBlock, threshold.InApp, BudgetWords.Once(budget))),
        };
    }
}
