using System.Text;

namespace Governance.Audit;

/// <summary>How the document spells an enumeration: <c>DenyModel</c> is <c>deny_model</c>.</summary>
[Pure]
static class Words
{
    public static string Of<T>(T value) where T : struct, Enum
    {
        var word = new StringBuilder();
        foreach (var letter in value.ToString())
        {
            if (char.IsUpper(letter) && word.Length > 0)
            {
                word.Append('_');
            }
            word.Append(char.ToLowerInvariant(letter));
        }
        return word.ToString();
    }

    public static IReadOnlyList<string> All<T>() where T : struct, Enum => [.. Enum.GetValues<T>().Select(Of)];

    public static bool TryParse<T>(string text, out T value) where T : struct, Enum
    {
        foreach (var candidate in Enum.GetValues<T>())
        {
            if (Of(candidate) == text)
            {
                value = candidate;
                return true;
            }
        }
        value = default;
        return false;
    }

    /// <summary><c>; did you mean 'x'?</c> where one of <paramref name="words"/> is close to <paramref name="text"/>, else nothing.</summary>
    public static string Suggestion(string text, IEnumerable<string> words)
    {
        const int LengthMaximum = 40;
        if (text.Length is 0 or > LengthMaximum)
        {
            return "";
        }
        var lower = text.ToLowerInvariant().Replace('-', '_');
        var (nearest, distance) = words.Select(word => (word, Distance(lower, word))).DefaultIfEmpty(("", int.MaxValue)).MinBy(pair => pair.Item2);
        return distance <= Math.Max(1, nearest.Length / 3) ? $"; did you mean '{nearest}'?" : "";
    }

    /// <summary>The one of <paramref name="words"/> that <paramref name="text"/> was most likely meant to be; null where none is close. Case does not matter.</summary>
    public static string? Nearest(string text, IEnumerable<string> words)
    {
        const int LengthMaximum = 100;
        if (text.Length is 0 or > LengthMaximum)
        {
            return null;
        }
        var lower = text.ToLowerInvariant();
        var (nearest, distance) = words.Select(word => (word, Distance(lower, word.ToLowerInvariant()))).DefaultIfEmpty(("", int.MaxValue)).MinBy(pair => (pair.Item2, pair.Item1.Length));
        return distance <= Math.Max(1, Math.Min(nearest.Length, text.Length) / 4) ? nearest : null;
    }

    /// <summary>Says where a secret belongs to somebody who is about to write one down.</summary>
    public static string Hint(string key) =>
        key is "password" or "secret" or "api_key" ? $"; secrets never stand in this document: name an environment variable with '{key}_env'" : "";

    /// <summary>How many letters are wrong, missing or too many; two that changed places are one mistake.</summary>
    static int Distance(string left, string right)
    {
        var (above, row) = (new int[right.Length + 1], Enumerable.Range(0, right.Length + 1).ToArray());
        for (var i = 1; i <= left.Length; i++)
        {
            var next = new int[right.Length + 1];
            next[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = row[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                next[j] = Math.Min(replaced, 1 + Math.Min(row[j], next[j - 1]));
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    next[j] = Math.Min(next[j], above[j - 2] + 1);
                }
            }
            (above, row) = (row, next);
        }
        return row[^1];
    }
}
