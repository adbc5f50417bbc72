using Governance.Decisions;
using Governance.Gateway.Surfaces.Anthropic.Reading;

namespace Governance.Gateway.Reading;

/// <summary>The tokens of the pages of a document, by what was read of it.</summary>
[Pure]
static class PageTokens
{
    /// <summary>Of text that a page shows: a code is two letters at most, and no token is less than one.</summary>
    const long MaxTokensPerTextByte = 2;
    const long TextBytesPerToken = 3;

    public static long Expected(PdfReading read) => Math.Max(read.Pages * FileTokens.ExpectedPage, read.TextBytes / TextBytesPerToken);

    /// <summary>Every page may show the longest text of them all, since pages may share it.</summary>
    public static long Max(PdfReading read) =>
        Math.Max(read.Pages * Math.Max(FileTokens.MaxPageText, read.LongestTextBytes * MaxTokensPerTextByte), read.TextBytes * MaxTokensPerTextByte) + (read.Pages * FileTokens.MaxImage);
}
