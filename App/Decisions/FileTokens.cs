namespace Governance.Decisions;

/// <summary>The tokens of an image and of a page, as measured with the provider's own count.</summary>
[Pure]
static class FileTokens
{
    /// <summary>The most that an image comes to: a larger one is made smaller first.</summary>
    public const long MaxImage = 4_784;
    /// <summary>Text of a page and its picture.</summary>
    public const long MaxPage = MaxPageText + MaxImage;
    public const long ExpectedPage = 2_500;
    /// <summary>Pages that a provider takes in one request.</summary>
    public const long MaxPages = 600;
    public const long MaxPageText = 3_000;
    const long PatchPixels = 28;
    /// <summary>By the older formula; it comes out a twentieth above the patches at most.</summary>
    const long PixelsPerToken = 750;

    public static long ExpectedOfImage(long width, long height) => Math.Min(MaxImage, Patches(width, height));

    public static long MaxOfImage(long width, long height) => Math.Min(MaxImage, Math.Max(Patches(width, height), (width * height + PixelsPerToken - 1) / PixelsPerToken));

    static long Patches(long width, long height) => (width + PatchPixels - 1) / PatchPixels * ((height + PatchPixels - 1) / PatchPixels);
}
