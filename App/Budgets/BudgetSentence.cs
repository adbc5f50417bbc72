using System.Globalization;
using Governance.Policies;
using Governance.Pricing;

namespace Governance.Budgets;

/// <summary>What a budget will do, as a sentence for people, plain text: nobody must take a cap that only warns for one that stops.</summary>
[Pure]
static class BudgetSentence
{
    /// <param name="name">Whose calls, such as a project's name; null leaves it out.</param>
    public static string Of(BudgetDefinition budget, string? name = null)
    {
        var calls = string.IsNullOrEmpty(name) ? "calls" : $"calls of {name}";
        var window = $"in a {BudgetWords.Of(budget.Window)} ({budget.TimeZone})";
        var cap = BudgetWords.Exact(budget.Cap);
        var effect = !budget.HardBlock ? $"Warns only — {calls} keep flowing past {cap} {window}"
            : budget.Cap == Money.Zero ? $"Stops all {calls} that cost money"
            : $"Stops {calls} when spend + estimate ≥ {cap} {window}";
        var warnings = budget.Cap == Money.Zero && budget.HardBlock ? "" : Warnings(budget.Thresholds);
        return $"{(budget.Retired ? "Retired, counts and stops nothing. " : "")}{effect}{warnings}.";
    }

    static string Warnings(IReadOnlyList<Threshold> thresholds) => thresholds.Count == 0
        ? "; warns nobody before"
        : $"; warns at {PolicyWords.List([.. thresholds.Select(threshold => threshold.Percent).Order().Select(percent => percent.ToString(CultureInfo.InvariantCulture) + " %")])}";
}
