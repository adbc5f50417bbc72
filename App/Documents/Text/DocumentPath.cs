namespace Governance.Documents.Text;

/// <summary>How a place in the document is called in messages: <c>projects[0].keys[1].id</c>.</summary>
[Pure]
static class DocumentPath
{
    const int LengthMaximum = 40;

    public static string Of(string parent, string key) => parent.Length == 0 ? Shown(key) : $"{parent}.{Shown(key)}";

    public static string Of(string parent, int index) => $"{parent}[{index}]";

    /// <summary>A value from the document, made harmless for a message: bounded, without control characters.</summary>
    public static string Shown(string text)
    {
        var harmless = string.Concat(text.Take(LengthMaximum).Select(letter => char.IsControl(letter) || char.IsSurrogate(letter) ? '?' : letter));
        return text.Length > LengthMaximum ? harmless + "…" : harmless;
    }
}
