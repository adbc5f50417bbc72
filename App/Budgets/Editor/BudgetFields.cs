using System.Globalization;
using Governance.Revisions;

namespace Governance.Budgets.Editor;

/// <summary>The fields of a budget before and after an edit.</summary>
[Pure]
static class BudgetFields
{
    public static IReadOnlyList<FieldDifference> Between(BudgetDefinition? before, BudgetDefinition after) =>
        FieldDifference.Between(before is null ? null : Fields(before), Fields(after));

    public static string Of(Severity severity) => severity switch { Severity.Info => "info", Severity.Warning => "warning", _ => "critical" };

    static IEnumerable<(string Field, string? Text)> Fields(BudgetDefinition budget) =>
    [
        ("Scope", BudgetWords.Of(budget.Scope)),
        ("Cap", BudgetWords.Exact(budget.Cap)),
        ("Window", BudgetWords.Window(budget)),
        ("Time zone", budget.TimeZone),
        ("Hard block", budget.HardBlock ? "on" : "off"),
        ("Holds", budget.Hold is HoldKind.WorstCase ? "worst case" : "expected cost"),
        ("Warnings", budget.Thresholds.Count == 0 ? null : string.Join(", ", budget.Thresholds.OrderBy(threshold => threshold.Percent).Select(Of))),
        ("Alert e-mail", budget.AlertEmail),
        ("Retired", budget.Retired ? "yes" : "no"),
    ];

    static string Of(Threshold threshold) =>
        string.Create(CultureInfo.InvariantCulture, $"{threshold.Percent} % {Of(threshold.Severity)}{(threshold.Email ? "" : ", no e-mail")}{(threshold.InApp ? "" : ", not on the dashboard")}");
}
