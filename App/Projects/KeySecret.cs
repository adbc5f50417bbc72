using System.Security.Cryptography;
using System.Text;
using Governance.Members;

namespace Governance.Projects;

/// <summary>A virtual key's secret: <c>sk-gov-&lt;lookup id&gt;-&lt;43 characters, 256 random bits&gt;</c>. Shown once; only <see cref="Hash"/> is stored.</summary>
sealed record KeySecret(string Text, string LookupId, byte[] Hash)
{
    const string Prefix = "sk-gov-";
    const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const int SecretLength = 43;

    /// <summary>Longest accepted spelling; anything longer is not looked at.</summary>
    public const int MaxLength = 128;

    public string Hint => Text[^4..];

    /// <summary>A new one from the system's random source: 43 characters of 62 are 256 bits.</summary>
    public static KeySecret Create()
    {
        var lookup = RandomNumberGenerator.GetHexString(10, lowercase: true);
        return From($"{Prefix}{lookup}-{RandomNumberGenerator.GetString(Alphabet, SecretLength)}");
    }

    /// <summary>Reads a secret given from outside (a bootstrap document's <c>secret_env</c>), without the blanks and line breaks around it; null where it has not the form or is too short to be safe.</summary>
    public static KeySecret? Parse(string? given)
    {
        var text = SecretText.Key(given, out _);
        var lookup = LookupIdOf(text);
        return lookup is null || text!.Length - Prefix.Length - lookup.Length - 1 < 32 ? null : From(text);
    }

    /// <summary>The public part by which a presented secret is looked up; null where it has not the form.</summary>
    public static string? LookupIdOf(string? presented)
    {
        if (presented is null || presented.Length > MaxLength || !presented.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }
        var end = presented.LastIndexOf('-');
        return end > Prefix.Length ? presented[Prefix.Length..end] : null;
    }

    /// <summary>Compares in constant time.</summary>
    public static bool Matches(string presented, ReadOnlySpan<byte> hash)
    {
        Span<byte> of = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> bytes = stackalloc byte[MaxLength * 3];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(presented, bytes)], of);
        return CryptographicOperations.FixedTimeEquals(of, hash);
    }

    public static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    static KeySecret From(string text) => new(text, LookupIdOf(text)!, HashOf(text));
}
