using System.Globalization;

namespace Governance.Gateway.Surfaces.Anthropic.Reading;

/// <summary>Where the words, strings and names of a PDF end.</summary>
[Pure]
static class PdfSyntax
{
    public static bool IsBlank(byte value) => value is 0 or 9 or 10 or 12 or 13 or 32;

    public static bool IsDelimiter(byte value) => value is (byte)'(' or (byte)')' or (byte)'<' or (byte)'>' or (byte)'[' or (byte)']' or (byte)'{' or (byte)'}' or (byte)'/' or (byte)'%';

    public static int SkipBlanks(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && IsBlank(text[at]))
            at++;
        return at;
    }

    public static int EndOfWord(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && !IsBlank(text[at]) && !IsDelimiter(text[at]))
            at++;
        return at;
    }

    public static int EndOfLine(ReadOnlySpan<byte> text, int at) => text[at..].IndexOfAny((byte)'\r', (byte)'\n') is >= 0 and var length ? at + length : text.Length;

    /// <summary>Behind the parenthesis that closes the one at <paramref name="at"/>; the end of the text where none does.</summary>
    public static int EndOfString(ReadOnlySpan<byte> text, int at)
    {
        var depth = 0;
        while (at < text.Length && text[at..].IndexOfAny((byte)'(', (byte)')', (byte)'\\') is >= 0 and var next)
        {
            at += next;
            if (text[at] == (byte)'\\')
            {
                at += 2;
                continue;
            }
            depth += text[at++] == (byte)'(' ? 1 : -1;
            if (depth == 0)
                return at;
        }
        return text.Length;
    }

    /// <summary>What the name between its slash and its end stands for: <c>P#61ge</c> is <c>Page</c>. Empty where it is longer than any that matters.</summary>
    public static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> name, Span<byte> target)
    {
        if (name.IndexOf((byte)'#') < 0)
            return name;
        var written = 0;
        for (var at = 0; at < name.Length; at++)
        {
            if (written == target.Length)
                return default;
            var coded = name[at] == (byte)'#' && at + 2 < name.Length && byte.TryParse(name.Slice(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out target[written]);
            if (!coded)
                target[written] = name[at];
            at += coded ? 2 : 0;
            written++;
        }
        return target[..written];
    }

    /// <summary>A whole number that stands here; null for anything else, a reference to another object among it.</summary>
    public static long? Number(ReadOnlySpan<byte> text, int at)
    {
        at = SkipBlanks(text, at);
        var end = EndOfWord(text, at);
        if (!long.TryParse(text[at..end], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return null;
        var second = SkipBlanks(text, end);
        var secondEnd = EndOfWord(text, second);
        var third = SkipBlanks(text, secondEnd);
        var isReference = secondEnd > second && !text[second..secondEnd].ContainsAnyExceptInRange((byte)'0', (byte)'9') && third < text.Length && text[third] == (byte)'R';
        return isReference ? null : number;
    }

    /// <summary>Of the string that is the value here, in bytes; 0 where no string stands here, and as long as can be where it stands elsewhere.</summary>
    public static long LengthOfString(ReadOnlySpan<byte> text, int at)
    {
        at = SkipBlanks(text, at);
        return at >= text.Length ? 0
            : text[at] == (byte)'(' ? EndOfString(text, at) - at
            : text[at] == (byte)'<' ? (text[at..].IndexOf((byte)'>') is >= 0 and var length ? length / 2 : text.Length - at)
            : char.IsAsciiDigit((char)text[at]) ? text.Length : 0;
    }

    /// <summary>The number of the object whose value begins here, right behind <c>7 0 obj</c>; 0 where none does.</summary>
    public static int ObjectBefore(ReadOnlySpan<byte> text, int at)
    {
        text = TrimBlanks(text[..at]);
        if (!text.EndsWith("obj"u8))
            return 0;
        text = TrimBlanks(text[..^3]);
        var generation = text.LastIndexOfAnyExceptInRange((byte)'0', (byte)'9') + 1;
        text = TrimBlanks(text[..generation]);
        var number = text.LastIndexOfAnyExceptInRange((byte)'0', (byte)'9') + 1;
        return int.TryParse(text[number..], NumberStyles.None, CultureInfo.InvariantCulture, out var found) ? found : 0;
    }

    /// <summary>The number that a reference here (<c>7 0 R</c>) names, and where it ends; 0 where none stands here.</summary>
    public static int Reference(ReadOnlySpan<byte> text, ref int at)
    {
        var first = SkipBlanks(text, at);
        var firstEnd = EndOfWord(text, first);
        var second = SkipBlanks(text, firstEnd);
        var secondEnd = EndOfWord(text, second);
        var third = SkipBlanks(text, secondEnd);
        var thirdEnd = EndOfWord(text, third);
        if (text[third..thirdEnd] is not [(byte)'R'] || !int.TryParse(text[first..firstEnd], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return 0;
        at = thirdEnd;
        return number;
    }

    static ReadOnlySpan<byte> TrimBlanks(ReadOnlySpan<byte> text) => text.TrimEnd("\0\t\n\f\r "u8);

    /// <summary>True where an object begins inside: what is passed over as text or data may be one to whoever finds it by its offset.</summary>
    public static bool HoldsObject(ReadOnlySpan<byte> text)
    {
        while (text.IndexOf(" obj"u8) is >= 0 and var at)
        {
            if (at > 0 && char.IsAsciiDigit((char)text[at - 1]))
                return true;
            text = text[(at + 4)..];
        }
        return false;
    }
}
