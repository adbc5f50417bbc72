using System.Globalization;

namespace Governance.Audit;

/// <summary>How sentences spell numbers, lists and days, the same on pages, in documents and in the trail.</summary>
[Pure]
static class Phrases
{
    /// <summary><c>8,000</c>.</summary>
    public static string Grouped(long number) => number.ToString("#,##0", CultureInfo.InvariantCulture);

    /// <summary><c>a</c>, <c>a and b</c>, <c>a, b and c</c>.</summary>
    public static string List(IReadOnlyList<string> words) => words.Count switch
    {
        0 => "nothing",
        1 => words[0],
        _ => $"{string.Join(", ", words.Take(words.Count - 1))} and {words[^1]}",
    };

    /// <summary><c>+25 %</c>; one decimal where it is not whole; nothing where there is nothing to compare with.</summary>
    public static string Percent(long before, long after)
    {
        if (before == 0)
        {
            return "";
        }
        var percent = Math.Round((decimal)((Int128)after - before) * 100 / Math.Abs((decimal)before), 1, MidpointRounding.AwayFromZero);
        return $"{(percent < 0 ? "−" : "+")}{Math.Abs(percent).ToString("#,##0.#", CultureInfo.InvariantCulture)} %";
    }

    /// <summary>How the document writes an instant: as a day where it is a day's first, else to the second or as finely as it needs.</summary>
    public static string Day(DateTimeOffset instant)
    {
        var utc = instant.ToUniversalTime();
        return utc.ToString(utc.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
    }
}
