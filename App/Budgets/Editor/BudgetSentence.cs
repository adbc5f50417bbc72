using System.Globalization;
using Governance.Audit;
using Governance.Shell.Controls;

namespace Governance.Budgets.Editor;

/// <summary>What a budget will do, as a sentence for people, plain text: nobody must take a cap that only warns for one that stops.</summary>
[Pure]
static class BudgetSentence
{
    /// <param name="name">Whose calls, such as a project's name; null leaves it out.</param>
    public static string Of(BudgetDefinition budget, string? name = null)
    {
        var calls = string.IsNullOrEmpty(name) ? "calls" : $"calls of {name}";
        var window = BudgetWords.Within(budget);
        var cap = BudgetWords.Exact(budget.Cap);
        var effect = !budget.HardBlock ? $"Warns only — {calls} keep flowing past {cap} {window}"
            : budget.Cap == Money.Zero ? $"Stops all {calls} that cost money{(budget.Window is BudgetWindow.Fixed ? $" {window}" : "")}"
            : $"Stops {calls} when spend + {(budget.Hold is HoldKind.Expected ? "expected cost" : "estimate")} ≥ {cap} {window}";
        var warnings = budget.Cap == Money.Zero && budget.HardBlock ? "" : Warnings(budget.Thresholds);
        return $"{(budget.Retired ? "Retired, counts and stops nothing. " : "")}{effect}{warnings}.";
    }

    static string Warnings(IReadOnlyList<Threshold> thresholds) => thresholds.Count == 0
        ? "; warns nobody before"
        : $"; warns at {Phrases.List([.. thresholds.Select(threshold => threshold.Percent).Order().Select(percent => percent.ToString(CultureInfo.InvariantCulture) + " %")])}";

    /// <summary>By how much a budget that holds the expected cost may be overrun, with the figures of the instant; null for any other.</summary>
    public static string? Overrun(BudgetStanding standing)
    {
        var budget = standing.Definition;
        if (budget is not { Hold: HoldKind.Expected, HardBlock: true, Retired: false })
        {
            return null;
        }
        const string Measure = "Holds what a call is expected to cost: its input and a quarter of max_tokens, at most 4,096 tokens of output, plus 10 %. ";
        if (standing.Calls == 0)
        {
            return Measure + "May overrun by at most what is in flight: nothing at the moment.";
        }
        var reach = standing.Posted + standing.WorstCase;
        var texts = MoneyText.Beside(budget.Cap, standing.Held, standing.WorstCase, reach);
        return Measure + $"May overrun by at most what is in flight: {(standing.Calls == 1 ? "1 call holds" : string.Create(CultureInfo.InvariantCulture, $"{standing.Calls:#,##0} calls hold"))} {texts[0]}"
            + $" and can cost {texts[1]}, so spend can come to {texts[2]}{(reach > budget.Cap ? $", {BudgetWords.Exact(reach - budget.Cap)} beyond the cap" : ", within the cap")}.";
    }
}
