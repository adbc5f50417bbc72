using System.Text;

namespace Governance.Gateway.Surfaces;

/// <summary>
/// How the server reads <c>content-length</c>: digits, and everything else as a letter that is no number. It would otherwise take a sign (<c>+5</c>), which
/// what stands in front of it may read as another length or as none, and so see another request begin.
/// </summary>
sealed class DigitsOnly : Encoding
{
    const char NoDigit = 'x';

    DigitsOnly()
    {
    }

    /// <summary>For the server's choice of encodings by header; null leaves a header as it is.</summary>
    public static Encoding? Of(string header) => header.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) ? Instance : null;

    static DigitsOnly Instance { get; } = new();

    /// <summary>What does not fit is left out: the server refuses every length that fills the room for it.</summary>
    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        var count = Math.Min(bytes.Length, chars.Length);
        for (var i = 0; i < count; i++)
        {
            chars[i] = char.IsAsciiDigit((char)bytes[i]) ? (char)bytes[i] : NoDigit;
        }
        return count;
    }

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) => GetChars(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

    public override int GetCharCount(byte[] bytes, int index, int count) => count;

    public override int GetMaxCharCount(int byteCount) => byteCount;

    public override int GetByteCount(char[] chars, int index, int count) => ASCII.GetByteCount(chars, index, count);

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => ASCII.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetMaxByteCount(int charCount) => ASCII.GetMaxByteCount(charCount);
}
