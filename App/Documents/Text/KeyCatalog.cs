using System.Text.RegularExpressions;

namespace Governance.Documents.Text;

/// <summary>A key of the document, as the readers ask for it.</summary>
/// <param name="Path">Its place, without numbers: <c>projects[].keys[].id</c>.</param>
/// <param name="Required">True where leaving it out is a fault whatever else stands there.</param>
/// <param name="Type">What must stand there, in words.</param>
/// <param name="Allowed">Which of those are taken, in words; empty where all are.</param>
[Pure]
sealed record DocumentKey(string Path, bool Required, string Type = "", string Allowed = "");

/// <summary>Every key that the readers know, noted while they read a document that has nothing: so that what is written about keys can be compared with the code that takes them.</summary>
[Pure]
sealed class KeyCatalog
{
    static readonly Regex number = new(@"\[[0-9]+\]", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    readonly List<DocumentKey> keys = [];

    public IReadOnlyList<DocumentKey> Keys => keys;

    /// <summary>A reader asks for the key at <paramref name="path"/>.</summary>
    public void Ask(string path, bool required)
    {
        var place = Place(path);
        if (!keys.Exists(key => key.Path == place))
        {
            keys.Add(new(place, required));
        }
    }

    /// <summary>What must stand there, as the last of those says who look at it. The items of a list say what the list takes.</summary>
    public void Describe(string path, string type, string allowed = "")
    {
        var place = Place(path);
        var at = keys.FindIndex(key => key.Path == place);
        if (at >= 0)
        {
            keys[at] = keys[at] with { Type = type, Allowed = allowed };
        }
        else if (place.EndsWith("[]", StringComparison.Ordinal) && keys.FindIndex(key => key.Path == place[..^2]) is >= 0 and var list)
        {
            keys[list] = keys[list] with { Type = $"list of: {type}", Allowed = allowed };
        }
    }

    static string Place(string path) => number.Replace(path, "[]");
}
