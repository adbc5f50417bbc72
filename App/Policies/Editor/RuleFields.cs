using System.Globalization;
using Governance.Revisions;

namespace Governance.Policies.Editor;

/// <summary>The fields of a rule before and after an edit.</summary>
[Pure]
static class RuleFields
{
    public static IReadOnlyList<FieldDifference> Between(RuleDefinition? before, RuleDefinition after) =>
        FieldDifference.Between(before is null ? null : Fields(before), Fields(after));

    static IEnumerable<(string Field, string? Text)> Fields(RuleDefinition rule) =>
    [
        ("Type", PolicyLabels.Of(rule.Type)),
        ("Scope", PolicyLabels.Scope(rule.Project)),
        ("State", PolicyLabels.Of(rule.State)),
        ("Models", Set(rule.Models)),
        ("Modes", Set(rule.Modes.Select(PolicyWords.Of))),
        ("Task type", rule.Type is not RuleType.ForceModel ? null : rule.TaskType is { } type ? PolicyWords.Of(type) : "any"),
        ("Serving model", rule.Model),
        ("Most input tokens", rule.Tokens?.ToString("#,##0", CultureInfo.InvariantCulture)),
        ("Reason", string.IsNullOrEmpty(rule.Reason) ? null : rule.Reason),
    ];

    /// <summary>In one order, so that another order is no difference.</summary>
    static string? Set(IEnumerable<string> words) => words.Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } sorted ? string.Join(", ", sorted) : null;
}
