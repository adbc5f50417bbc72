using System.Globalization;

namespace Governance.Policies;

/// <summary>One field of a definition before and after an edit, as people read it; null is not set.</summary>
[Pure]
public readonly record struct FieldDifference(string Field, string? Before, string? After)
{
    /// <summary>The fields that differ.</summary>
    public static IReadOnlyList<FieldDifference> Between(IEnumerable<(string Field, string? Text)>? before, IEnumerable<(string Field, string? Text)> after)
    {
        var old = before?.ToDictionary(field => field.Field, field => field.Text) ?? [];
        return [.. after.Select(field => new FieldDifference(field.Field, old.GetValueOrDefault(field.Field), field.Text)).Where(field => field.Before != field.After)];
    }

    public static IReadOnlyList<FieldDifference> Between(RuleDefinition? before, RuleDefinition after) =>
        Between(before is null ? null : Fields(before), Fields(after));

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
