using System.Text;
using System.Text.Json;

namespace Governance.Gateway.Upstreams.Sandbox;

/// <summary>Looks into JSON of any shape without throwing on a wrong one.</summary>
[Pure]
static class SandboxJson
{
    /// <summary>The member of that name, or null where the element is no object, has none, or has JSON's null.</summary>
    public static JsonElement? Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static string? Text(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>The items of an array; nothing for anything else.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    /// <summary>The text of a content, given as a string or as blocks: its text blocks, one per line.</summary>
    public static string ContentText(JsonElement? content, Func<string, bool> keep)
    {
        if (content is { ValueKind: JsonValueKind.String } plain)
        {
            return plain.GetString()!;
        }
        var text = new StringBuilder();
        foreach (var block in content.Items())
        {
            if (block.Text("type") == "text" && block.Text("text") is { } part && keep(part))
            {
                text.Append(text.Length > 0 ? "\n" : "").Append(part);
            }
        }
        return text.ToString();
    }

    /// <summary>At most <paramref name="most"/> characters of a text, with a mark where it was shortened, never half of a character.</summary>
    public static string Shorten(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[most - 1]) ? most - 1 : most), "…");
    }
}
