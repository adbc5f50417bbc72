namespace Governance.Gateway.Reading;

/// <summary>How much text the content stream of a page shows.</summary>
[Pure]
static class PdfText
{
    /// <summary>Bytes of all strings, and one for each, since readers put blanks between them. Whatever stands between a string and what shows it, in this stream or the next, it counts.</summary>
    public static long Count(ReadOnlySpan<byte> content)
    {
        var shown = 0L;
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
                    if (isImage && word is [(byte)'I', (byte)'D'])
                        at = EndOfImage(content, at);
                    isImage = word is [(byte)'B', (byte)'I'] || (isImage && word is not [(byte)'I', (byte)'D']);
                    break;
            }
        }
        return shown;
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
