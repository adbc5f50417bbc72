namespace Governance.Gateway.Surfaces.Anthropic.Reading;

/// <summary>
/// Counts the pages of a PDF without following its references: whatever in it speaks for a page is counted, in the file itself and in its object streams. Only where
/// all of that agrees is the number taken for exact. One pass, so that no file makes it slow.
/// </summary>
ref partial struct PdfWalk
{
    const int DepthMax = 32;
    const int HeaderBytes = 1_024;

    /// <summary>What a dictionary says of itself, as far as it matters here.</summary>
    struct Dictionary
    {
        public Kind Type;
        public Kind Subtype;
        public Filter Filter;
        public long? Count;
        public long? Kids;
        public long? Length;
        public bool IsFont;
        public bool HasFirst;
        public bool IsPattern;
        public bool IsPredicted;
        /// <summary>Where the value of <c>/Contents</c> stands; 0 for none.</summary>
        public int Contents;
        /// <summary>The object that it is the whole of; 0 where that is not known.</summary>
        public int Object;
    }

    enum Kind : byte { None, Other, Page, Pages, ObjectStream, Form, Image, Quiet }

    enum Filter : byte { None, Flate, Image, Unknown }

    readonly byte[] _file;
    readonly int _length;
    long _pages;
    long _nodes;
    long _kids;
    long _count;
    /// <summary>Text that stands for what is shown, beside the pages' contents.</summary>
    long _otherTextBytes;
    readonly PdfContents _contents = new();
    bool _hidden;
    /// <summary>What ends an array of references, and what it cannot have.</summary>
    static readonly System.Buffers.SearchValues<byte> NoReferences = System.Buffers.SearchValues.Create("](<%/["u8);

    bool _bracketsEnded;

    PdfWalk(byte[] file, int length) => (_file, _length) = (file, length);

    /// <param name="file">Rented; only its first <paramref name="length"/> bytes are the file.</param>
    public static PdfReading Read(byte[] file, int length, ref InflateBudget budget)
    {
        var walk = new PdfWalk(file, length);
        walk._hidden = !IsPdf(file.AsSpan(0, length));
        walk.Walk(file.AsSpan(0, length), isFile: true, ref budget);
        return walk.Result();
    }

    public static bool IsPdf(ReadOnlySpan<byte> file) => file[..Math.Min(file.Length, HeaderBytes)].IndexOf("%PDF-"u8) >= 0;

    readonly PdfReading Result()
    {
        // Every node but the root is somebody's child, and every page is.
        var leaves = _nodes == 0 ? 0 : _kids - _nodes + 1;
        var found = Math.Clamp(Math.Max(_pages, Math.Max(_count, leaves)), 0, PdfReading.MaxPages);
        var agrees = found > 0 && _pages == found && _count == found && leaves == found;
        var hidden = _hidden || found == 0 || _contents.IsHidden;
        var text = _contents.Text(found - _pages) + _otherTextBytes;
        return new PdfReading(found, text, Math.Max(_contents.LongestPage(), _otherTextBytes), hidden, agrees && !hidden && !_contents.Repeats);
    }

    void Walk(ReadOnlySpan<byte> text, bool isFile, ref InflateBudget budget)
    {
        Span<Dictionary> open = stackalloc Dictionary[DepthMax];
        open.Clear();
        var depth = 0;
        var at = 0;
        while (text[at..].IndexOfAny("/<>(%"u8) is >= 0 and var next)
        {
            at += next;
            var start = at++;
            switch (text[start])
            {
                case (byte)'/':
                    at = Name(text, at, ref open[depth]);
                    break;
                case (byte)'<' when at < text.Length && text[at] == (byte)'<':
                    at++;
                    if (depth == DepthMax - 1)
                        _hidden = true;
                    else
                        open[++depth] = new Dictionary { Object = depth == 1 && isFile ? PdfSyntax.ObjectBefore(text, start) : 0 };
                    break;
                case (byte)'>' when at < text.Length && text[at] == (byte)'>' && depth > 0:
                    at++;
                    Close(text, open[depth], ref open[depth - 1]);
                    if (isFile && IsStream(text, at, out var data))
                        at = Stream(text, data, open[depth], ref budget);
                    depth--;
                    break;
                // Outside of dictionaries these may be anything.
                case (byte)'(' when depth > 0:
                    at = PassOver(text, start, PdfSyntax.EndOfString(text, start));
                    break;
                case (byte)'%' when depth > 0:
                    at = PassOver(text, start, PdfSyntax.EndOfLine(text, start));
                    break;
            }
        }
        _hidden |= depth != 0;
    }

    int PassOver(ReadOnlySpan<byte> text, int start, int end)
    {
        _hidden |= PdfSyntax.HoldsObject(text[start..end]);
        return end;
    }

    void Close(ReadOnlySpan<byte> text, in Dictionary closed, ref Dictionary parent)
    {
        parent.IsPredicted |= closed.IsPredicted;
        if (closed.Type == Kind.Page)
        {
            _pages++;
            if (closed.Contents > 0)
                _contents.AddPage(text[closed.Contents..]);
        }
        else if (closed.Type == Kind.Pages || (closed.Type == Kind.None && closed is { Kids: not null, Count: not null }))
        {
            _nodes++;
            // What is given elsewhere, or not at all, is not known.
            _hidden |= closed.Kids is not >= 0 || closed.Count is not >= 0;
            _kids += Math.Max(closed.Kids ?? 0, 0);
            _count = Math.Max(_count, closed.Count ?? 0);
        }
    }

    /// <summary>A name, and the value behind it where that matters; answers where to go on.</summary>
    int Name(scoped ReadOnlySpan<byte> text, int at, ref Dictionary dictionary)
    {
        Span<byte> target = stackalloc byte[32];
        var end = PdfSyntax.EndOfWord(text, at);
        var name = PdfSyntax.NameOf(text[at..end], target);
        switch (name)
        {
            case [(byte)'T', (byte)'y', (byte)'p', (byte)'e']:
                Type(text, ref end, ref dictionary.Type);
                break;
            case [(byte)'S', (byte)'u', (byte)'b', (byte)'t', (byte)'y', (byte)'p', (byte)'e']:
                Type(text, ref end, ref dictionary.Subtype);
                break;
            case [(byte)'K', (byte)'i', (byte)'d', (byte)'s']:
                dictionary.Kids = Kids(text, ref end);
                break;
            case [(byte)'C', (byte)'o', (byte)'u', (byte)'n', (byte)'t']:
                // Negative where it is a reference or no number.
                dictionary.Count = PdfSyntax.Number(text, end) ?? -1;
                break;
            case [(byte)'L', (byte)'e', (byte)'n', (byte)'g', (byte)'t', (byte)'h']:
                dictionary.Length = PdfSyntax.Number(text, end);
                break;
            default:
                Other(name, text, ref end, ref dictionary);
                break;
        }
        return end;
    }

    void Other(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> text, ref int end, ref Dictionary dictionary)
    {
        if (name.SequenceEqual("Filter"u8))
            dictionary.Filter = Filters(text, ref end);
        else if (name.SequenceEqual("First"u8))
            dictionary.HasFirst = true;
        else if (name.SequenceEqual("Length1"u8))
            dictionary.IsFont = true;
        else if (name.SequenceEqual("PatternType"u8))
            dictionary.IsPattern = true;
        else if (name.SequenceEqual("Contents"u8))
            dictionary.Contents = end;
        else if (name.SequenceEqual("ActualText"u8))
            _otherTextBytes += PdfSyntax.LengthOfString(text, end);
        else if (name.SequenceEqual("Predictor"u8))
            dictionary.IsPredicted |= PdfSyntax.Number(text, end) is not (1 or 0);
        else if (name.SequenceEqual("Encrypt"u8))
            _hidden = true;
    }

    void Type(scoped ReadOnlySpan<byte> text, ref int end, ref Kind kind)
    {
        var value = PdfSyntax.SkipBlanks(text, end);
        if (value >= text.Length || text[value] != (byte)'/')
        {
            // A type that stands elsewhere may be any.
            _hidden |= value < text.Length && char.IsAsciiDigit((char)text[value]);
            return;
        }
        Span<byte> target = stackalloc byte[32];
        end = PdfSyntax.EndOfWord(text, value + 1);
        var known = KindOf(PdfSyntax.NameOf(text[(value + 1)..end], target));
        // Of two types readers take either.
        _hidden |= kind != Kind.None && kind != known;
        kind = known;
    }

    static Kind KindOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("Page"u8) ? Kind.Page
        : name.SequenceEqual("Pages"u8) ? Kind.Pages
        : name.SequenceEqual("ObjStm"u8) ? Kind.ObjectStream
        : name.SequenceEqual("Form"u8) ? Kind.Form
        : name.SequenceEqual("Image"u8) ? Kind.Image
        : name.SequenceEqual("XRef"u8) || name.SequenceEqual("Metadata"u8) || name.SequenceEqual("EmbeddedFile"u8)
            || name.SequenceEqual("Type1C"u8) || name.SequenceEqual("CIDFontType0C"u8) || name.SequenceEqual("OpenType"u8) ? Kind.Quiet
        : Kind.Other;

    /// <summary>How many references the array has; negative where it is given elsewhere or holds anything else.</summary>
    long Kids(scoped ReadOnlySpan<byte> text, ref int end)
    {
        var start = PdfSyntax.SkipBlanks(text, end);
        if (start >= text.Length || text[start] != (byte)'[' || _bracketsEnded)
            return -1;
        // Only as far as to what an array of references cannot have, so that no file makes it look at its rest again and again.
        var length = text[(start + 1)..].IndexOfAny(NoReferences) + 1;
        if (length == 0)
        {
            _bracketsEnded = true;
            return -1;
        }
        if (text[start + length] != (byte)']')
            return -1;
        var array = text.Slice(start, length);
        end = start + length + 1;
        return array.Count((byte)'R');
    }
}
