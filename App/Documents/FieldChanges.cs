using Governance.Documents.Text;

namespace Governance.Documents;

/// <summary>Compares two definitions value by value, under the names and in the form that the document has.</summary>
[Pure]
static class FieldChanges
{
    /// <summary>Nothing where they mean the same; the order of a set is not a difference.</summary>
    public static IReadOnlyList<FieldChange> Between(DocumentMap? before, DocumentMap? after)
    {
        var old = Values(before);
        var fresh = Values(after);
        var names = (after is null ? old : fresh).Select(value => value.Name)
            .Concat(old.Select(value => value.Name)).Distinct(StringComparer.Ordinal);
        return [.. names.Select(name => new FieldChange(name, Find(old, name), Find(fresh, name))).Where(change => change.Before != change.After)];
    }

    static string? Find(List<(string Name, string? Text)> values, string name) => values.Find(value => value.Name == name).Text;

    static List<(string Name, string? Text)> Values(DocumentMap? map)
    {
        var values = new List<(string, string?)>();
        if (map is not null)
        {
            Collect(values, "", map);
        }
        return values;
    }

    static void Collect(List<(string, string?)> values, string prefix, DocumentMap map)
    {
        foreach (var entry in map.Entries)
        {
            var name = DocumentPath.Of(prefix, entry.Key);
            if (entry.Value is DocumentMap inner)
            {
                Collect(values, name, inner);
            }
            else if (name != "id")
            {
                values.Add((name, Shown(entry.Value)));
            }
        }
    }

    static string? Shown(DocumentNode node) => node switch
    {
        DocumentScalar scalar => scalar.Text,
        DocumentList { Items.Count: 0 } => null,
        DocumentList list => string.Join(", ", list.Items.Select(item => item is DocumentScalar scalar ? scalar.Text : YamlText.Line(item))),
        _ => null,
    };
}
