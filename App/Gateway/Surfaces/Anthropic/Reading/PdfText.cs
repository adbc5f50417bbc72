namespace Governance.Gateway.Surfaces.Anthropic.Reading;

/// <summary>What a stream shows of itself, and how often it shows something else.</summary>
/// <param name="Bytes">Of its text.</param>
/// <param name="Paints">How often it paints a form or an image.</param>
[Pure]
readonly record struct ShownText(long Bytes, long Paints);

/// <summary>How much text the content stream of a page shows.</summary>
[Pure]
static class PdfText
{
    /// <summary>Of one code of a font, in UTF-16: ligatures stand for three letters, and hardly any for four.</summary>
    const int MaxMappedHexDigits = 16;

    /// <summary>Bytes of all strings, and one for each, since readers put blanks between them. Whatever stands between a string and what shows it, in this stream or the next, it counts.</summary>
    public static ShownText Read(ReadOnlySpan<byte> content)
    {
        var (shown, paints) = (0L, 0L);
        var isImage = false;
        for (var at = 0; at < content.Length;)
        {
            var start = at++;
            switch (content[start])
            {
                case (byte)'(':
                    at = PdfSyntax.EndOfString(content, start);
                    shown += at - start - 1;
                    break;
                case (byte)'<' when at < content.Length && content[at] == (byte)'<':
                    at++;
                    break;
                case (byte)'<':
                    var length = content[at..].IndexOf((byte)'>');
                    at = length < 0 ? content.Length : at + length + 1;
                    shown += (at - start) / 2;
                    break;
                case (byte)'%':
                    at = PdfSyntax.EndOfLine(content, start);
                    break;
                case (byte)'/':
                    at = PdfSyntax.EndOfWord(content, at);
                    break;
                case var first when IsOperator(first):
                    at = PdfSyntax.EndOfWord(content, at);
                    var word = content[start..at];
                    paints += word is [(byte)'D', (byte)'o'] ? 1 : 0;
                    if (isImage && word is [(byte)'I', (byte)'D'])
                        at = EndOfImage(content, at);
                    isImage = word is [(byte)'B', (byte)'I'] || (isImage && word is not [(byte)'I', (byte)'D']);
                    break;
            }
        }
        return new(shown, paints);
    }

    /// <summary>True for the character map of a font in which one code stands for more than a few letters.</summary>
    public static bool MapsToLongText(ReadOnlySpan<byte> content)
    {
        if (content.IndexOf("beginbf"u8) < 0)
            return false;
        while (content.IndexOf((byte)'<') is >= 0 and var start)
        {
            content = content[(start + 1)..];
            var length = content.IndexOf((byte)'>');
            if (length < 0)
                return true;
            if (length > MaxMappedHexDigits && content[0] != (byte)'<')
                return true;
            content = content[(content[0] == (byte)'<' ? 1 : length)..];
        }
        return false;
    }

    static bool IsOperator(byte first) => char.IsAsciiLetter((char)first) || first is (byte)'\'' or (byte)'"';

    /// <summary>The pixels of an image inside the content may look like anything.</summary>
    static int EndOfImage(ReadOnlySpan<byte> content, int at)
    {
        while (content[at..].IndexOf("EI"u8) is >= 0 and var next)
        {
            at += next + 2;
            if (PdfSyntax.IsBlank(content[at - 3]) && (at == content.Length || PdfSyntax.IsBlank(content[at])))
                return at;
        }
        return content.Length;
    }
}
