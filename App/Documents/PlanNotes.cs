using Governance.Audit;
using Governance.Documents.Text;

namespace Governance.Documents;

/// <summary>What a plan says besides its changes: what the document leaves out, and what becomes of it.</summary>
[Pure]
static class PlanNotes
{
    const int MaxNamed = 50;
    static readonly string[] kept = ["stopped", "expires_at", "secret_env"];

    public static IReadOnlyList<string> Of(DocumentAccepted read, GovernanceDocument current, GovernanceDocument inForce, IReadOnlyList<PlannedChange> changes) =>
        [.. LeftOut(read, changes), .. Kept(read, current), .. Stays(read, inForce, changes)];

    /// <summary>The things that are in force, that the document does not name and that it does not take out of force.</summary>
    public static IReadOnlyList<Named> Unnamed(DocumentAccepted read, GovernanceDocument inForce, IReadOnlyList<PlannedChange> changes)
    {
        var gone = changes.Select(change => new Named(change.Noun, change.Id)).ToHashSet();
        var named = ConfigurationPlan.Names(read.Document);
        // A workspace is one, whatever a document calls it.
        return [.. ConfigurationPlan.Names(inForce).Where(thing => thing.Noun != Noun.Workspace && !named.Contains(thing) && !gone.Contains(thing)).OrderBy(thing => thing.Noun).ThenBy(thing => thing.Id, StringComparer.Ordinal)];
    }

    static IEnumerable<string> Stays(DocumentAccepted read, GovernanceDocument inForce, IReadOnlyList<PlannedChange> changes)
    {
        var unnamed = Unnamed(read, inForce, changes);
        if (unnamed.Count == 0)
        {
            return [];
        }
        var more = unnamed.Count > MaxNamed ? $" and {unnamed.Count - MaxNamed} more" : "";
        var how = read.Document.Prune ? "; prune removes only what belongs to a section (or list of keys) that the document has" : "; prune: true removes what belongs to the document's sections";
        return [$"not in the document, stays: {string.Join(", ", unnamed.Take(MaxNamed).Select(thing => $"{Words.Of(thing.Noun)} {thing.Id}"))}{more}{how}"];
    }

    /// <summary>Of things that are named: the values that were left out and so go back to their defaults.</summary>
    static IEnumerable<string> LeftOut(DocumentAccepted read, IReadOnlyList<PlannedChange> changes) =>
        from change in changes
        where change.Kind != ChangeKind.Create && read.Paths.ContainsKey(new(change.Noun, change.Id))
        let path = read.Paths[new(change.Noun, change.Id)]
        from field in change.Fields
        where field.Before is not null && field.Name != "secret" && !IsGiven(read, path, field.Name)
        select $"{path}.{field.Name}: not in the document, goes back to its default{(field.After is null ? "" : $" {field.After}")} (was {field.Before})";

    /// <summary>Of things that are named: the values that were left out and stay.</summary>
    static IEnumerable<string> Kept(DocumentAccepted read, GovernanceDocument current)
    {
        var things = current.Keys.Select(key => (Identity.Of(key.Definition), DocumentTree.Of(key.Definition)))
            .Concat(current.Projects.Select(project => (Identity.Of(project), DefinitionTree.Of(project))));
        if (current.Workspace is { } workspace)
        {
            things = things.Append((Identity.Of(workspace), DefinitionTree.Of(workspace)));
        }
        return from thing in things
               where read.Paths.ContainsKey(thing.Item1)
               let path = read.Paths[thing.Item1]
               from entry in thing.Item2.Entries
               where !entry.IsDefault && kept.Contains(entry.Key) && entry.Value is DocumentScalar && !read.Given.Contains($"{path}.{entry.Key}")
               select $"{path}.{entry.Key}: not in the document, stays {((DocumentScalar)entry.Value).Text}";
    }

    /// <summary>A value is given where its key stands; what belongs to another form of a key that stands (a window of days, now a word) is given with it.</summary>
    static bool IsGiven(DocumentAccepted read, string path, string field)
    {
        if (read.Given.Contains($"{path}.{field}"))
        {
            return true;
        }
        var dot = field.LastIndexOf('.');
        return dot > 0 && read.Given.Contains($"{path}.{field[..dot]}") && field[..dot] == "window";
    }
}
