using System.Text;
using System.Text.RegularExpressions;

namespace Governance.Documents.Text;

/// <summary>Lays nodes out as YAML: one line for what is short and has no id, else one line for each key. Defaults are left out.</summary>
[Pure]
static class YamlText
{
    const int LineMaximum = 120;
    const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    // What every YAML parser, old ones too, takes for a text when it stands without quotes, within brackets as well.
    static readonly Regex Plain = new(@"\A[A-Za-z]([A-Za-z0-9 ._/@+-]|:[A-Za-z0-9/])*\z", Linear);
    static readonly Regex Day = new(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+Z)?\z", Linear);
    static readonly HashSet<string> Reserved = new(["true", "false", "null", "yes", "no", "on", "off", "y", "n"], StringComparer.OrdinalIgnoreCase);

    public static string Of(DocumentMap document)
    {
        var text = new StringBuilder();
        foreach (var entry in Kept(document))
        {
            Entry(text, entry, 0);
        }
        return text.ToString();
    }

    /// <summary>The node on one line: <c>{ project: chat-widget }</c>, <c>[a, b]</c>.</summary>
    public static string Line(DocumentNode node) => node switch
    {
        DocumentScalar scalar => Scalar(scalar),
        DocumentList list => $"[{string.Join(", ", list.Items.Select(Line))}]",
        DocumentMap map when !Kept(map).Any() => "{}",
        DocumentMap map => $"{{ {string.Join(", ", Kept(map).Select(entry => $"{entry.Key}: {Line(entry.Value)}"))} }}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            quoted.Append(letter switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                < ' ' or (>= '\u007f' and <= '\u00a0') or '\u2028' or '\u2029' or '\ufeff' => $"\\u{(int)letter:x4}",
                _ => letter.ToString(),
            });
        }
        return quoted.Append('"').ToString();
    }

    /// <summary>What is written of a mapping.</summary>
    public static IEnumerable<DocumentEntry> Kept(DocumentMap map) => map.Entries.Where(entry => !entry.IsDefault);

    static void Entry(StringBuilder text, DocumentEntry entry, int indent)
    {
        text.Append(' ', indent).Append(entry.Key).Append(':');
        switch (entry.Value)
        {
            case DocumentList list when list.Items.Any(item => item is DocumentMap):
                text.Append('\n');
                foreach (var item in list.Items)
                {
                    Item(text, item, indent + 2);
                }
                break;
            case DocumentMap map when !Fits(map, indent + entry.Key.Length + 2):
                text.Append('\n');
                foreach (var inner in Kept(map))
                {
                    Entry(text, inner, indent + 2);
                }
                break;
            default:
                text.Append(' ').Append(Line(entry.Value)).Append('\n');
                break;
        }
    }

    static void Item(StringBuilder text, DocumentNode item, int indent)
    {
        text.Append(' ', indent).Append("- ");
        if (item is not DocumentMap map || Fits(map, indent + 2))
        {
            text.Append(Line(item)).Append('\n');
            return;
        }
        var lines = new StringBuilder();
        foreach (var entry in Kept(map))
        {
            Entry(lines, entry, indent + 2);
        }
        text.Append(lines, indent + 2, lines.Length - indent - 2);
    }

    static bool Fits(DocumentMap map, int column) =>
        !Kept(map).Any(entry => entry.Key == "id") && column + Line(map).Length <= LineMaximum;

    static string Scalar(DocumentScalar scalar)
    {
        var plain = !scalar.Quoted || Day.IsMatch(scalar.Text)
            || (Plain.IsMatch(scalar.Text) && !scalar.Text.EndsWith(' ') && !Reserved.Contains(scalar.Text));
        return plain ? scalar.Text : Quoted(scalar.Text);
    }
}
