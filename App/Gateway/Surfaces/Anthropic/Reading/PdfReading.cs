namespace Governance.Gateway.Surfaces.Anthropic.Reading;

/// <summary>What was found in a PDF.</summary>
/// <param name="Pages">As many as anything in the file speaks for.</param>
/// <param name="TextBytes">Of all text that its pages show.</param>
/// <param name="LongestTextBytes">Of the text that the longest of its pages shows.</param>
/// <param name="IsHidden">Something could not be read (encryption, unknown filters, a bomb, no PDF at all), so that there may be many more pages.</param>
/// <param name="IsExact">The objects, the references and the count of the page tree agree, and nothing is hidden or shown more than once.</param>
[Pure]
readonly record struct PdfReading(long Pages, long TextBytes, long LongestTextBytes, bool IsHidden, bool IsExact)
{
    /// <summary>Sums stay far from overflow, whatever a file claims.</summary>
    public const long MaxPages = 1_000_000;

    /// <summary>As <see cref="MaxPages"/>: more than any window.</summary>
    public const long MaxText = 1_000_000_000;
}
