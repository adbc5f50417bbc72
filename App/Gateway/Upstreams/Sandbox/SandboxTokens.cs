namespace Governance.Gateway.Upstreams.Sandbox;

/// <summary>The sandbox's own tokenizer: a token is at most four UTF-8 bytes of whole characters and ends before white space, so a text has between a quarter of its bytes and all of its bytes as tokens.</summary>
[Pure]
static class SandboxTokens
{
    const int TokenBytesMost = 4;

    public static long Count(ReadOnlySpan<char> text)
    {
        Cut(text, long.MaxValue, out var tokens);
        return tokens;
    }

    /// <summary>How many characters of <paramref name="text"/> the first <paramref name="most"/> tokens cover. Cutting never changes how the part before the cut is counted.</summary>
    public static int Cut(ReadOnlySpan<char> text, long most, out long tokens)
    {
        tokens = 0;
        var used = TokenBytesMost;
        var afterSpace = false;
        for (var at = 0; at < text.Length;)
        {
            var pair = char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]);
            var size = pair ? 4 : text[at] < 0x80 ? 1 : text[at] < 0x800 ? 2 : 3;
            var space = char.IsWhiteSpace(text[at]);
            if (used + size > TokenBytesMost || (space && !afterSpace))
            {
                if (tokens == most)
                {
                    return at;
                }
                tokens++;
                used = 0;
            }
            used += size;
            afterSpace = space;
            at += pair ? 2 : 1;
        }
        return text.Length;
    }

    /// <summary>Splits a text into pieces of a few tokens each, as a model would stream it.</summary>
    public static IReadOnlyList<string> Pieces(string text, int tokensEach)
    {
        var pieces = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            var length = Cut(text.AsSpan(at), tokensEach, out _);
            pieces.Add(text.Substring(at, length));
            at += length;
        }
        return pieces;
    }
}
