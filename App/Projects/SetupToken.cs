using System.Security.Cryptography;
using System.Text;
using Governance.Members;

namespace Governance.Projects;

/// <summary>
/// The token that the first owner needs: the configured one, or one that this start made and keeps in memory only. The console prints it as a link while
/// nobody owns the workspace. Instances that share a database each print their own; behind one address they need the configured one.
/// </summary>
sealed class SetupToken
{
    readonly byte[] hash;
    readonly string text;

    public SetupToken(IConfiguration configuration)
    {
        // Line breaks and blanks around it are nobody's: a file that is read into a variable ends in one.
        var configured = SecretText.Passphrase(configuration[FirstRun.TokenSetting], out _)?.Trim();
        IsConfigured = configured is not null;
        text = configured ?? RandomNumberGenerator.GetHexString(64, lowercase: true);
        hash = HashOf(text);
    }

    /// <summary>True where the operator chose it, who knows it: it is then not repeated on the console.</summary>
    public bool IsConfigured { get; }

    /// <summary>What follows the product's address in the link for the console.</summary>
    public string PrintedPath => $"{FirstRunGate.WelcomePath}?token={(IsConfigured ? $"<the value of {FirstRun.TokenSetting}>" : text)}";

    /// <summary>How long the link works, as a sentence.</summary>
    public string Lasts => IsConfigured ? "The link works once, until there is an owner." : "The link works once, until the next start.";

    /// <summary>Compares in constant time.</summary>
    public bool Matches(string? given) => CryptographicOperations.FixedTimeEquals(hash, HashOf(given?.Trim() ?? ""));

    static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
