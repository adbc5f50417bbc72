using System.Globalization;
using System.Text;

namespace Governance.Gateway.Surfaces.Anthropic.Reading;

/// <summary>The escapes of JSON strings: whether they hold whole characters, and what they stand for.</summary>
[Pure]
static class JsonEscapes
{
    /// <summary>True where a <c>\ud800</c> to <c>\udfff</c> stands without its other half. Expects what the JSON reader has accepted.</summary>
    public static bool HoldsHalfPair(ReadOnlySpan<byte> text)
    {
        // Most escapes are line breaks and quotes.
        if (text.IndexOf("\\u"u8) < 0)
            return false;
        while (true)
        {
            var at = text.IndexOf((byte)'\\');
            if (at < 0)
                return false;
            text = text[at..];
            if (text[1] != 'u')
            {
                text = text[2..];
                continue;
            }
            var unit = Unit(text);
            text = text[6..];
            if (!char.IsSurrogate(unit))
                continue;
            if (char.IsLowSurrogate(unit) || text.Length < 6 || text[0] != '\\' || text[1] != 'u' || !char.IsLowSurrogate(Unit(text)))
                return true;
            text = text[6..];
        }
    }

    /// <summary>Writes what the text stands for, until it ends or its next character has no room; returns the bytes written.</summary>
    public static int Decode(ReadOnlySpan<byte> text, Span<byte> target)
    {
        var written = 0;
        Span<byte> character = stackalloc byte[4];
        while (!text.IsEmpty)
        {
            var plain = text.IndexOf((byte)'\\');
            if (plain != 0)
            {
                var run = plain < 0 ? text : text[..plain];
                if (run.Length > target.Length - written)
                {
                    run = WholeCharacters(run, target.Length - written);
                    run.CopyTo(target[written..]);
                    return written + run.Length;
                }
                run.CopyTo(target[written..]);
                written += run.Length;
                text = text[run.Length..];
                continue;
            }
            var width = One(ref text, character);
            if (width > target.Length - written)
                return written;
            character[..width].CopyTo(target[written..]);
            written += width;
        }
        return written;
    }

    /// <summary>The string that a slice of the body stands for.</summary>
    public static string Text(ReadOnlySpan<byte> text, bool escaped)
    {
        if (!escaped)
            return Encoding.UTF8.GetString(text);
        var target = new byte[text.Length];
        return Encoding.UTF8.GetString(target, 0, Decode(text, target));
    }

    /// <summary>The longest beginning of at most so many bytes that ends between two characters.</summary>
    public static ReadOnlySpan<byte> WholeCharacters(ReadOnlySpan<byte> text, int length)
    {
        if (length >= text.Length)
            return text;
        while (length > 0 && (text[length] & 0xC0) == 0x80)
            length--;
        return text[..length];
    }

    static int One(ref ReadOnlySpan<byte> text, scoped Span<byte> target)
    {
        if (text[1] == 'u')
        {
            int point = Unit(text);
            text = text[6..];
            if (char.IsHighSurrogate((char)point))
            {
                point = char.ConvertToUtf32((char)point, Unit(text));
                text = text[6..];
            }
            return new Rune(point).EncodeToUtf8(target);
        }
        target[0] = text[1] switch
        {
            (byte)'n' => (byte)'\n',
            (byte)'t' => (byte)'\t',
            (byte)'r' => (byte)'\r',
            (byte)'b' => (byte)'\b',
            (byte)'f' => (byte)'\f',
            var itself => itself,
        };
        text = text[2..];
        return 1;
    }

    static char Unit(ReadOnlySpan<byte> escape) =>
        (char)ushort.Parse(escape.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
