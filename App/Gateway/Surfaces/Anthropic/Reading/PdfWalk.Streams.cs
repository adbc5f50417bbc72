using System.Buffers;

namespace Governance.Gateway.Surfaces.Anthropic.Reading;

/// <summary>The streams of a PDF: those that hold objects, and those that show text.</summary>
ref partial struct PdfWalk
{
    const int FiltersBytes = 256;

    static bool IsStream(ReadOnlySpan<byte> text, int at, out int data)
    {
        at = PdfSyntax.SkipBlanks(text, at);
        data = at + "stream".Length;
        if (!text[at..].StartsWith("stream"u8))
            return false;
        data += data < text.Length && text[data] == (byte)'\r' ? 1 : 0;
        data += data < text.Length && text[data] == (byte)'\n' ? 1 : 0;
        return true;
    }

    /// <summary>Reads the stream and answers where to go on behind it.</summary>
    int Stream(ReadOnlySpan<byte> text, int start, in Dictionary dictionary, ref InflateBudget budget)
    {
        var end = EndOf(text, start, dictionary.Length);
        // Where it is cut off, so is what it holds.
        _hidden |= end == text.Length;
        var data = text[start..end];
        _hidden |= PdfSyntax.HoldsObject(data);
        var holdsObjects = dictionary.Type == Kind.ObjectStream || dictionary.HasFirst;
        var isQuiet = dictionary.Subtype is Kind.Image or Kind.Quiet || dictionary.Type == Kind.Quiet || dictionary.IsFont || dictionary.Filter == Filter.Image;
        if (isQuiet && !holdsObjects)
        {
            // Whatever it calls itself, a page that names it shows what is in it.
            _contents.AddUnread(dictionary.Object);
            return end;
        }
        if (dictionary.IsPredicted || dictionary.Filter is Filter.Unknown or Filter.Image)
        {
            _hidden = true;
        }
        else if (dictionary.Filter == Filter.None)
        {
            Content(data, dictionary, holdsObjects, ref budget);
        }
        else
        {
            _hidden |= !budget.TryInflate(_file, start, end - start, out var inflated, out var count);
            Content(inflated.AsSpan(0, count), dictionary, holdsObjects, ref budget);
            if (inflated.Length > 0)
                ArrayPool<byte>.Shared.Return(inflated);
        }
        return end;
    }

    void Content(ReadOnlySpan<byte> content, in Dictionary dictionary, bool holdsObjects, ref InflateBudget budget)
    {
        if (holdsObjects)
        {
            Walk(content, isFile: false, ref budget);
            return;
        }
        if (PdfText.MapsToLongText(content))
        {
            // One code of it stands for any number of letters.
            _hidden = true;
        }
        var shown = PdfText.Read(content);
        // A form or a pattern may be shown any number of times.
        if (dictionary.Subtype == Kind.Form || dictionary.IsPattern)
            _contents.AddForm(shown);
        _contents.AddStream(dictionary.Object, shown);
    }

    /// <summary>Blanks between a stream and the word that ends it.</summary>
    const int MaxBlanks = 4;

    /// <summary>By its length where that is given and right, else before the next word that ends a stream.</summary>
    static int EndOf(ReadOnlySpan<byte> text, int start, long? length)
    {
        if (length is >= 0 and var given && given <= text.Length - start
            && text.Slice(start + (int)given, Math.Min(MaxBlanks + 9, text.Length - start - (int)given)).TrimStart("\0\t\n\f\r "u8).StartsWith("endstream"u8))
        {
            return start + (int)given;
        }
        return text[start..].IndexOf("endstream"u8) is >= 0 and var found ? start + found : text.Length;
    }

    static Filter Filters(scoped ReadOnlySpan<byte> text, ref int end)
    {
        var at = PdfSyntax.SkipBlanks(text, end);
        if (at >= text.Length)
            return Filter.Unknown;
        var names = text[at..];
        if (names[0] == (byte)'[')
        {
            var length = names[..Math.Min(names.Length, FiltersBytes)].IndexOf((byte)']');
            if (length < 0)
                return Filter.Unknown;
            names = names[1..length];
            end = at + length + 1;
            return names.Count((byte)'/') == 0 ? Filter.None : FilterOf(names);
        }
        if (names[0] != (byte)'/')
            return Filter.Unknown;
        end = PdfSyntax.EndOfWord(text, at + 1);
        return FilterOf(text[at..end]);
    }

    static Filter FilterOf(scoped ReadOnlySpan<byte> names)
    {
        Span<byte> target = stackalloc byte[32];
        var first = PdfSyntax.SkipBlanks(names, 0) + 1;
        var name = PdfSyntax.NameOf(names[first..PdfSyntax.EndOfWord(names, first)], target);
        return names.IndexOfAny("JDC"u8) >= 0 && (names.IndexOf("DCTDecode"u8) >= 0 || names.IndexOf("JPXDecode"u8) >= 0 || names.IndexOf("CCITTFaxDecode"u8) >= 0 || names.IndexOf("JBIG2Decode"u8) >= 0) ? Filter.Image
            : names.Count((byte)'/') > 1 ? Filter.Unknown
            : name.SequenceEqual("FlateDecode"u8) || name.SequenceEqual("Fl"u8) ? Filter.Flate
            : Filter.Unknown;
    }
}
