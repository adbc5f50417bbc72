using System.Text;

namespace Governance.Documents.Text;

/// <summary>Lays nodes out as JSON, indented by two. Defaults are left out.</summary>
[Pure]
static class JsonText
{
    public static string Of(DocumentMap document)
    {
        var text = new StringBuilder();
        Node(text, document, 0);
        return text.Append('\n').ToString();
    }

    static void Node(StringBuilder text, DocumentNode node, int indent)
    {
        switch (node)
        {
            case DocumentScalar scalar:
                text.Append(scalar.Quoted ? YamlText.Quoted(scalar.Text) : scalar.Text);
                break;
            case DocumentList list:
                Block(text, '[', ']', list.Items, indent, item => Node(text, item, indent + 2));
                break;
            case DocumentMap map:
                Block(text, '{', '}', [.. YamlText.Kept(map)], indent, entry =>
                {
                    text.Append(YamlText.Quoted(entry.Key)).Append(": ");
                    Node(text, entry.Value, indent + 2);
                });
                break;
        }
    }

    static void Block<T>(StringBuilder text, char open, char close, IReadOnlyList<T> items, int indent, Action<T> write)
    {
        text.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            text.Append(i == 0 ? "\n" : ",\n").Append(' ', indent + 2);
            write(items[i]);
        }
        if (items.Count > 0)
        {
            text.Append('\n').Append(' ', indent);
        }
        text.Append(close);
    }
}
