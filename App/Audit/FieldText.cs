using System.Globalization;
using System.Text.Json;

namespace Governance.Audit;

/// <summary>The fields of stored definitions and details as people read them.</summary>
[Pure]
static class FieldText
{
    /// <summary><c>default_mode</c> is Default mode, <c>cap_usd</c> is Cap, <c>attribution.employee</c> is Attribution › employee.</summary>
    public static string Label(string path)
    {
        var words = path.EndsWith("_usd", StringComparison.Ordinal) ? path[..^4] : path;
        words = words.Replace("_", " ", StringComparison.Ordinal).Replace(".", " › ", StringComparison.Ordinal);
        return words.Length == 0 ? "Value" : char.ToUpperInvariant(words[0]) + words[1..];
    }

    /// <summary>An amount of dollars, where the field holds one: amounts are stored as decimal strings.</summary>
    public static Money? Amount(string path, JsonElement value) =>
        value.ValueKind is JsonValueKind.String && (path is "cap" || path.EndsWith(".cap", StringComparison.Ordinal) || path.EndsWith("_usd", StringComparison.Ordinal))
        && Money.TryParse(value.GetString(), out var amount) ? amount : null;

    public static string Value(string path, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Amount(path, value)?.ToString() ?? value.GetString()!,
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.Null => "not set",
        JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole.ToString("#,##0", CultureInfo.InvariantCulture) : value.GetRawText(),
        JsonValueKind.Array => value.GetArrayLength() == 0 ? "none" : string.Join(", ", value.EnumerateArray().Select(item => Value("", item))),
        JsonValueKind.Object => Composite(value),
        _ => value.GetRawText(),
    };

    public static string Signed(decimal number) =>
        (number > 0 ? "+" : number < 0 ? "−" : "") + Math.Abs(number).ToString("#,##0.############", CultureInfo.InvariantCulture);

    /// <summary>A small object in one line: a scope as <c>project chat-widget</c>, anything else field by field.</summary>
    static string Composite(JsonElement value) =>
        value.TryGetProperty("kind", out var kind) && value.TryGetProperty("id", out var id) && kind.ValueKind is JsonValueKind.String && id.ValueKind is JsonValueKind.String
            ? $"{kind.GetString()} {id.GetString()}"
            : string.Join(", ", value.EnumerateObject().Select(property => $"{Label(property.Name).ToLowerInvariant()} {Value(property.Name, property.Value)}"));
}
