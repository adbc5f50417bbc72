namespace Governance.Gateway.Reading;

/// <summary>How much text the content stream of a page shows.</summary>
[Pure]
static class PdfText
{
    /// <summary>Bytes of the strings that text operators show, and one for each, since readers put blanks between them.</summary>
    public static long Count(ReadOnlySpan<byte> content)
    {
        var (shown, waiting) = (0L, 0L);
        for (var at = 0; at < content.Length;)
        {
            var start = at++;
            switch (content[start])
            {
                case (byte)'(':
                    at = PdfSyntax.EndOfString(content, start);
                    waiting += at - start - 1;
                    break;
                case (byte)'<' when at < content.Length && content[at] == (byte)'<':
                    at++;
                    break;
                case (byte)'<':
                    var length = content[at..].IndexOf((byte)'>');
                    at = length < 0 ? content.Length : at + length + 1;
                    waiting += (at - start) / 2;
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
                    shown += word is [(byte)'T', (byte)'j' or (byte)'J'] or [(byte)'\'' or (byte)'"'] ? waiting : 0;
                    waiting = 0;
                    if (word is [(byte)'I', (byte)'D'])
                        at = EndOfImage(content, at);
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
