using System.Globalization;
using Governance.Members;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Governance.Documents.Text;

/// <summary>Turns YAML or JSON text into nodes, event by event, so that nothing is expanded, tagged or nested beyond its bound.</summary>
static class YamlTree
{
    /// <summary>Largest document in UTF-8 bytes.</summary>
    public const int BytesMaximum = 1 << 20;

    /// <summary>Deepest nesting; the contract needs seven.</summary>
    public const int DepthMaximum = 16;

    /// <summary>The only document in <paramref name="text"/>, or null with the fault in <paramref name="problems"/>.</summary>
    public static DocumentNode? Parse(string text, ICollection<Problem> problems)
    {
        var parser = new Parser(new StringReader(text));
        try
        {
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                problems.Add(new("document", "is empty"));
                return null;
            }
            var root = Read(parser, "", 0, problems);
            parser.Consume<DocumentEnd>();
            if (!parser.TryConsume<StreamEnd>(out _))
            {
                problems.Add(new("document", "holds more than one document; exactly one is read"));
                return null;
            }
            return root;
        }
        catch (YamlException fault)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"line {fault.Start.Line}, column {fault.Start.Column}");
            problems.Add(new("document", $"{place}: {fault.Message}"));
            return null;
        }
        // The parser trips over some damaged texts instead of naming the fault.
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            var after = parser.Current?.End.Line ?? 1;
            problems.Add(new("document", string.Create(CultureInfo.InvariantCulture, $"is neither YAML nor JSON after line {after}")));
            return null;
        }
    }

    static DocumentNode Read(Parser parser, string path, int depth, ICollection<Problem> problems)
    {
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            throw new YamlException(alias.Start, alias.End, "aliases (*) are not read; write the value out");
        }
        if (parser.Accept<NodeEvent>(out var node) && (!node.Anchor.IsEmpty || !node.Tag.IsEmpty))
        {
            throw new YamlException(node.Start, node.End, node.Tag.IsEmpty ? "anchors (&) are not read; write the value out" : "tags (!) are not read");
        }
        if (parser.TryConsume<Scalar>(out var scalar))
        {
            return new DocumentScalar(scalar.Value, scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any));
        }
        if (depth == DepthMaximum && node is not null)
        {
            throw new YamlException(node.Start, node.End, $"nested deeper than {DepthMaximum} levels");
        }
        if (parser.TryConsume<SequenceStart>(out _))
        {
            var items = new List<DocumentNode>();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(Read(parser, $"{path}[{items.Count}]", depth + 1, problems));
            }
            return new DocumentList(items);
        }
        parser.Consume<MappingStart>();
        return new DocumentMap(Entries(parser, path, depth + 1, problems));
    }

    static List<DocumentEntry> Entries(Parser parser, string path, int depth, ICollection<Problem> problems)
    {
        var entries = new List<DocumentEntry>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out var _))
        {
            var place = parser.Current;
            if (Read(parser, path, depth, problems) is not DocumentScalar key)
            {
                throw new YamlException(place?.Start ?? Mark.Empty, place?.End ?? Mark.Empty, "a key is a plain text");
            }
            var at = DocumentPath.Of(path, key.Text);
            var value = Read(parser, at, depth, problems);
            if (seen.Add(key.Text))
            {
                entries.Add(new(key.Text, value));
            }
            else
            {
                problems.Add(new(at, "stands here twice"));
            }
        }
        return entries;
    }
}
