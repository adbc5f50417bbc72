using System.Globalization;
using Governance.Audit;

namespace Governance.Documents.Text;

/// <summary>A mapping that is being read: takes keys by name and, at the end, complains about those that nobody asked for.</summary>
[Pure]
sealed class Fields(DocumentMap map, string path, Reading reading)
{
    static readonly DocumentMap nothing = new([]);
    static readonly DocumentScalar blank = new("", false);

    readonly Dictionary<string, DocumentNode> left = map.Entries.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
    readonly List<string> asked = [];

    public Reading Reading => reading;

    public string Path => path;

    /// <summary>The mapping at <paramref name="path"/>; null, and a fault, where something else stands there.</summary>
    public static Fields? Of(DocumentNode node, string path, Reading reading)
    {
        if (node is DocumentMap map)
        {
            return new Fields(map, path, reading).Noted();
        }
        reading.Fault(path.Length == 0 ? "document" : path, $"expected a mapping, not a {Scalars.Kind(node)}");
        return null;
    }

    public string At(string name) => DocumentPath.Of(path, name);

    /// <summary>Notes which keys stand here, so that a plan can say which were left out.</summary>
    public Fields Noted()
    {
        foreach (var entry in map.Entries)
        {
            reading.Given.Add(At(entry.Key));
        }
        return this;
    }

    /// <summary>True where something stands, or stood, at <paramref name="name"/>.</summary>
    public bool Has(string name) => map.Entries.Any(entry => entry.Key == name && !entry.Value.IsNull);

    /// <summary>True where the key stands here, be it without a value.</summary>
    public bool Stands(string name) => map.Entries.Any(entry => entry.Key == name);

    /// <summary>
    /// What stands at <paramref name="name"/>; null where nothing does. A key that stands there without a value is a fault: what leaving it out
    /// means is mostly wider (a whole workspace, every model, no end) than what somebody meant who wrote the key.
    /// </summary>
    /// <param name="nullable">Null is the documented way to say that there is none.</param>
    public DocumentNode? Take(string name, bool required = false, bool nullable = false)
    {
        if (reading.Catalog is not { } catalog)
        {
            return Given(name, required, nullable);
        }
        catalog.Ask(At(name), required);
        return blank;
    }

    /// <summary>As <see cref="Take"/>, of a key that never stands here rightly: the caller says where it belongs.</summary>
    public DocumentNode? Misplaced(string name) => Given(name, required: false, nullable: false);

    DocumentNode? Given(string name, bool required, bool nullable)
    {
        asked.Add(name);
        var stands = left.Remove(name, out var node);
        if (stands && !node!.IsNull)
        {
            return node;
        }
        if (required)
        {
            reading.Fault(At(name), "is missing");
        }
        else if (stands && !nullable)
        {
            reading.Fault(At(name), "has no value; write one, or leave the key out");
        }
        return null;
    }

    public string? Text(string name, bool required = false, bool nullable = false, int maximum = Scalars.TextMaximum) =>
        Take(name, required, nullable) is { } node ? Scalars.Text(node, At(name), reading, maximum) : null;

    /// <summary>A text of up to a thousand characters that may have several lines.</summary>
    public string? Prose(string name) =>
        Take(name, nullable: true) is { } node ? Scalars.Text(node, At(name), reading, 1000, lines: true) : null;

    public string? Id(string name, bool required = false) =>
        Take(name, required) is { } node ? Scalars.Id(node, At(name), reading) : null;

    public string? Email(string name, bool required = false, bool nullable = false) =>
        Take(name, required, nullable) is { } node ? Scalars.Email(node, At(name), reading) : null;

    public string? Model(string name, bool required = false) =>
        Take(name, required) is { } node ? Scalars.Model(node, At(name), reading, pattern: false) : null;

    public string? Environment(string name) =>
        Take(name) is { } node ? Scalars.Environment(node, At(name), reading) : null;

    public bool? Truth(string name) =>
        Take(name) is { } node ? Scalars.Truth(node, At(name), reading) : null;

    public long? Whole(string name, long minimum, long maximum, bool required = false) =>
        Take(name, required) is { } node ? Scalars.Whole(node, At(name), reading, minimum, maximum) : null;

    public decimal? Amount(string name, int decimals, decimal maximum, bool required = false) =>
        Take(name, required) is { } node ? Scalars.Amount(node, At(name), reading, decimals, maximum) : null;

    public Money? Dollars(string name, bool required = false) =>
        Take(name, required) is { } node ? Scalars.Dollars(node, At(name), reading) : null;

    public DateTimeOffset? Instant(string name, bool nullable = false) =>
        Take(name, nullable: nullable) is { } node ? Scalars.Instant(node, At(name), reading) : null;

    public T? Choice<T>(string name, bool required = false, params string[] later) where T : struct, Enum =>
        Take(name, required) is { } node ? Scalars.Choice<T>(node, At(name), reading, later) : null;

    /// <summary>The mapping at <paramref name="name"/>.</summary>
    public Fields? Map(string name, bool required = false, bool nullable = false)
    {
        var node = Take(name, required, nullable);
        reading.Catalog?.Describe(At(name), "mapping");
        return reading.Catalog is not null ? new Fields(nothing, At(name), reading) : node is not null ? Of(node, At(name), reading) : null;
    }

    /// <summary>The list at <paramref name="name"/>, each item read by <paramref name="item"/>; null where there is no list.</summary>
    public IReadOnlyList<T>? List<T>(string name, Func<DocumentNode, string, T?> item, bool nullable = false) where T : notnull
    {
        if (Take(name, nullable: nullable) is not { } node)
        {
            return null;
        }
        if (reading.Catalog is not null)
        {
            return item(blank, DocumentPath.Of(At(name), 0)) is { } only ? [only] : [];
        }
        if (node is not DocumentList list)
        {
            reading.Fault(At(name), $"expected a list, not a {Scalars.Kind(node)}");
            return [];
        }
        var read = new List<T>(list.Items.Count);
        for (var i = 0; i < list.Items.Count && !reading.IsFull; i++)
        {
            if (item(list.Items[i], DocumentPath.Of(At(name), i)) is { } value)
            {
                read.Add(value);
            }
        }
        return read;
    }

    /// <summary>A list that names nothing twice.</summary>
    public IReadOnlyList<T>? Set<T>(string name, Func<DocumentNode, string, T?> item) where T : notnull
    {
        var seen = new HashSet<T>();
        return List(name, (node, at) =>
        {
            var value = item(node, at);
            if (value is not null && !seen.Add(value))
            {
                reading.Fault(at, $"'{DocumentPath.Shown(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")}' stands here twice");
            }
            return value;
        });
    }

    /// <summary>A list of mappings.</summary>
    public IReadOnlyList<T>? Maps<T>(string name, Func<Fields, T?> item, bool nullable = false) where T : class =>
        List(name, (node, at) =>
        {
            reading.Catalog?.Describe(at, "mapping");
            return (reading.Catalog is null ? Of(node, at, reading) : new Fields(nothing, at, reading)) is { } fields ? item(fields) : null;
        }, nullable);

    /// <summary>Refuses every key that was not taken.</summary>
    public void Finish()
    {
        foreach (var name in left.Keys.TakeWhile(_ => !reading.IsFull))
        {
            reading.Fault(At(name), $"is not a known key{Words.Suggestion(name, asked)}{Words.Hint(name)}");
        }
    }
}
