namespace Governance.Revisions;

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
}
