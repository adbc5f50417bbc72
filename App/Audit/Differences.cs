using System.Text.Json;

namespace Governance.Audit;

/// <summary>One field that a change has touched.</summary>
/// <param name="Field">Its path for people: <c>Attribution › employee</c>.</param>
[Pure]
public abstract record Difference(string Field);

/// <summary>One value was replaced; null is a field that is not set.</summary>
/// <param name="Step">By how much an amount or number went up or down: <c>+$25.00 (+50 %)</c>.</param>
[Pure]
public sealed record ValueDifference(string Field, string? Before, string? After, string? Step = null) : Difference(Field);

/// <summary>A list lost and gained items.</summary>
[Pure]
public sealed record ListDifference(string Field, IReadOnlyList<string> Removed, IReadOnlyList<string> Added, int Kept) : Difference(Field);

/// <summary>What changed between two definitions, field by field; what stayed the same is left out.</summary>
[Pure]
static class Differences
{
    public static IReadOnlyList<Difference> Between(JsonElement? before, JsonElement? after)
    {
        var found = new List<Difference>();
        Compare("", Said(before), Said(after), found);
        return found;
    }

    static void Compare(string path, JsonElement? before, JsonElement? after, List<Difference> found)
    {
        if (before is { } left && after is { } right && JsonElement.DeepEquals(left, right))
        {
            return;
        }
        var kind = (after ?? before)?.ValueKind;
        var comparable = before is null || after is null || before.Value.ValueKind == after.Value.ValueKind;
        if (kind is JsonValueKind.Object && comparable)
        {
            foreach (var name in Names(before).Union(Names(after)))
            {
                Compare(path.Length == 0 ? name : path + "." + name, Property(before, name), Property(after, name), found);
            }
        }
        else if (kind is JsonValueKind.Array && comparable)
        {
            CompareLists(path, Items(before), Items(after), found);
        }
        else if (kind is not null)
        {
            found.Add(new ValueDifference(FieldText.Label(path), Shown(path, before), Shown(path, after), Step(path, before, after)));
        }
    }

    static void CompareLists(string path, List<string> before, List<string> after, List<Difference> found)
    {
        var added = new List<string>(after);
        var removed = before.Where(item => !added.Remove(item)).ToList();
        if (added.Count > 0 || removed.Count > 0)
        {
            found.Add(new ListDifference(FieldText.Label(path), removed, added, before.Count - removed.Count));
        }
        else if (!before.SequenceEqual(after, StringComparer.Ordinal))
        {
            found.Add(new ValueDifference(FieldText.Label(path), string.Join(", ", before), string.Join(", ", after)));
        }
    }

    /// <summary>The step between two amounts or two whole numbers; null between anything else.</summary>
    static string? Step(string path, JsonElement? before, JsonElement? after)
    {
        if (before is not { } left || after is not { } right)
        {
            return null;
        }
        if (FieldText.Amount(path, left) is { } from && FieldText.Amount(path, right) is { } to)
        {
            return (to > from ? "+" : "") + (to - from) + Percent(from.Usd, to.Usd);
        }
        return left.ValueKind is JsonValueKind.Number && right.ValueKind is JsonValueKind.Number && left.TryGetDecimal(out var low) && right.TryGetDecimal(out var high)
            ? FieldText.Signed(high - low) + Percent(low, high)
            : null;
    }

    static string Percent(decimal from, decimal to) => from == 0 ? "" : $" ({FieldText.Signed(Math.Round(100 * (to / from - 1), 1))} %)";

    static string? Shown(string path, JsonElement? value) => value is { } said ? FieldText.Value(path, said) : null;

    static JsonElement? Said(JsonElement? value) => value is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } ? value : null;

    static IEnumerable<string> Names(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.Object } said ? said.EnumerateObject().Select(property => property.Name) : [];

    static JsonElement? Property(JsonElement? value, string name) =>
        value is { ValueKind: JsonValueKind.Object } said && said.TryGetProperty(name, out var found) ? Said(found) : null;

    static List<string> Items(JsonElement? value) =>
        value is { } said ? [.. said.EnumerateArray().Select(item => FieldText.Value("", item))] : [];
}
