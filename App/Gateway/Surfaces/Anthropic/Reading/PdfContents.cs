namespace Governance.Gateway.Surfaces.Anthropic.Reading;

/// <summary>How much text the pages of a PDF show: each names the streams that are its contents, and one stream may be named any number of times.</summary>
sealed class PdfContents
{
    /// <summary>A page names a few; a file that names more is not counted any further.</summary>
    const int MaxNamed = 200_000;

    readonly Dictionary<int, long> bytesOf = [];
    readonly HashSet<int> unread = [];
    readonly List<(int Page, int Stream)> named = [];
    int pages;
    int forms;
    long formBytes;
    long longestFormBytes;
    long paints;
    long mostPaintsOfForm = 1;
    long bytes;
    bool isElsewhere;

    /// <summary>True where a page shows what was not read, or what could not be found.</summary>
    public bool IsHidden => isElsewhere || named.Exists(one => unread.Contains(one.Stream) || !bytesOf.ContainsKey(one.Stream));

    /// <summary>True where text is shown from elsewhere than the contents of one page alone.</summary>
    public bool Repeats => formBytes > 0;

    /// <param name="value">The text from the value of a page's contents on: a reference, or an array of them.</param>
    public void AddPage(ReadOnlySpan<byte> value)
    {
        pages++;
        var at = PdfSyntax.SkipBlanks(value, 0);
        var isArray = at < value.Length && value[at] == (byte)'[';
        at += isArray ? 1 : 0;
        while (named.Count < MaxNamed && PdfSyntax.Reference(value, ref at) is > 0 and var number)
        {
            named.Add((pages, number));
            if (!isArray)
                return;
        }
        at = PdfSyntax.SkipBlanks(value, at);
        isElsewhere |= named.Count == MaxNamed || !isArray || at >= value.Length || value[at] != (byte)']';
    }

    /// <summary>A stream whose content was not looked at, since it says that it is an image or the like.</summary>
    public void AddUnread(int number) => unread.Add(number);

    public void AddStream(int number, ShownText shown)
    {
        bytes += shown.Bytes;
        // Of several with one number, an older edition among them, the longest.
        bytesOf[number] = Math.Max(shown.Bytes, bytesOf.GetValueOrDefault(number));
        paints += shown.Paints;
    }

    /// <summary>A stream that others paint. It is added as a stream as well.</summary>
    public void AddForm(ShownText shown)
    {
        formBytes += shown.Bytes;
        longestFormBytes = Math.Max(longestFormBytes, shown.Bytes);
        if (shown.Paints > 0)
        {
            forms++;
            mostPaintsOfForm = Math.Max(mostPaintsOfForm, shown.Paints);
        }
    }

    /// <summary>Bytes of all text that is shown: of every stream as often as pages name it, and of the longest form as often as anything could paint it.</summary>
    /// <param name="missing">Pages that the tree refers to beyond those that were found: each may be the longest of them again.</param>
    public long Text(long missing)
    {
        var ofPages = Math.Max(bytes, named.Sum(one => bytesOf.GetValueOrDefault(one.Stream)));
        var painted = longestFormBytes == 0 ? 0 : longestFormBytes * paints * Math.Pow(mostPaintsOfForm, forms) * Math.Max(1, Sharing());
        return (long)Math.Min(PdfReading.MaxText, ofPages + painted + (Math.Max(0, missing) * (double)LongestPage()));
    }

    /// <summary>Bytes of the text that the longest page shows; where pages name none, of the longest stream.</summary>
    public long LongestPage()
    {
        var longest = bytesOf.Count == 0 ? 0 : bytesOf.Values.Max();
        return Math.Max(longest, named.GroupBy(one => one.Page).Select(page => page.Sum(one => bytesOf.GetValueOrDefault(one.Stream))).DefaultIfEmpty().Max());
    }

    /// <summary>How many pages show the stream that most of them share.</summary>
    long Sharing() => named.GroupBy(one => one.Stream).Select(stream => stream.LongCount()).DefaultIfEmpty().Max();
}
