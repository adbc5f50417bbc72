using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Governance.Members;

namespace Governance.Projects.KeyRing;

/// <summary>
/// What the key ring is encrypted with where it is kept (<c>Governance:KeyRing</c>): a certificate, a passphrase, or nothing. With both, keys are encrypted for the
/// certificate. Whatever else is named, old ones among them, only opens: the next start encrypts anew what it opened so, and then it can go.
/// </summary>
sealed record KeyRingSettings
{
    public const string CertificateFileSetting = "Governance:KeyRing:CertificateFile";
    public const string CertificatePasswordSetting = "Governance:KeyRing:CertificatePasswordEnv";
    public const string PassphraseFileSetting = "Governance:KeyRing:PassphraseFile";
    public const string OldCertificateFileSetting = "Governance:KeyRing:OldCertificateFile";
    public const string OldCertificatePasswordSetting = "Governance:KeyRing:OldCertificatePasswordEnv";
    public const string OldPassphraseFileSetting = "Governance:KeyRing:OldPassphraseFile";

    const int MinPassphraseLength = 16;

    public static readonly string[] All =
    [
        CertificateFileSetting, CertificatePasswordSetting, PassphraseFileSetting, OldCertificateFileSetting, OldCertificatePasswordSetting, OldPassphraseFileSetting,
    ];

    public X509Certificate2? Certificate { get; init; }

    public string? Passphrase { get; init; }

    public X509Certificate2? OldCertificate { get; init; }

    public string? OldPassphrase { get; init; }

    /// <summary>The setting and file of what opens the ring now; null where nothing is said.</summary>
    public string? Source { get; init; }

    public bool IsEncrypting => Certificate is not null || Passphrase is not null;

    public bool HasOld => OldCertificate is not null || OldPassphrase is not null;

    /// <summary>True where something is named that opens but does not close.</summary>
    public bool IsChanging => IsEncrypting && (HasOld || (Certificate is not null && Passphrase is not null));

    /// <summary>What may open a key that was closed with a passphrase.</summary>
    public IEnumerable<string> Passphrases => new[] { Passphrase, OldPassphrase }.OfType<string>();

    /// <summary>Null, with the fault in a sentence, where what is named cannot be used.</summary>
    public static KeyRingSettings? Read(IConfiguration configuration, out string fault)
    {
        if (!TryLoad(configuration, CertificateFileSetting, CertificatePasswordSetting, out var certificate, out fault)
            || !TryRead(configuration, PassphraseFileSetting, out var passphrase, out fault)
            || !TryLoad(configuration, OldCertificateFileSetting, OldCertificatePasswordSetting, out var oldCertificate, out fault)
            || !TryRead(configuration, OldPassphraseFileSetting, out var oldPassphrase, out fault))
        {
            return null;
        }
        var settings = new KeyRingSettings
        {
            Certificate = certificate,
            Passphrase = passphrase,
            OldCertificate = oldCertificate,
            OldPassphrase = oldPassphrase,
            Source = certificate is not null ? $"{CertificateFileSetting}: the certificate in {configuration[CertificateFileSetting]}"
                : passphrase is not null ? $"{PassphraseFileSetting}: the passphrase in {configuration[PassphraseFileSetting]}" : null,
        };
        if (settings.HasOld && !settings.IsEncrypting)
        {
            fault = $"{(oldPassphrase is not null ? OldPassphraseFileSetting : OldCertificateFileSetting)}: names what the key ring was encrypted with, and nothing says what it is to be encrypted with now; set {PassphraseFileSetting} or {CertificateFileSetting} too.";
            return null;
        }
        return settings;
    }

    static bool TryLoad(IConfiguration configuration, string setting, string passwordSetting, out X509Certificate2? certificate, out string fault)
    {
        (certificate, fault) = (null, "");
        if (configuration[setting] is not { Length: > 0 } file)
        {
            return true;
        }
        var passwordVariable = configuration[passwordSetting];
        var password = string.IsNullOrEmpty(passwordVariable) ? null : EnvironmentSecret.Read(passwordVariable);
        if (password is null && !string.IsNullOrEmpty(passwordVariable))
        {
            fault = $"{passwordSetting}: the environment variable {passwordVariable} is not set.";
            return false;
        }
        try
        {
            certificate = Load(file, password);
            using var key = certificate.GetRSAPrivateKey();
            fault = key is null ? $"{setting}: {file} has no private RSA key; export the certificate with its key." : "";
        }
        catch (CryptographicException exception)
        {
            fault = $"{setting}: {file} cannot be opened as a certificate with its key ({exception.Message.TrimEnd('.')}); if it has a password, name the variable that holds it with {passwordSetting}.";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            fault = $"{setting}: {file} cannot be read: {exception.Message}";
        }
        return fault.Length == 0;
    }

    static X509Certificate2 Load(string file, string? password)
    {
        var isText = File.ReadAllText(file).Contains("-----BEGIN ", StringComparison.Ordinal);
        return !isText ? X509CertificateLoader.LoadPkcs12FromFile(file, password)
            : password is null ? X509Certificate2.CreateFromPemFile(file) : X509Certificate2.CreateFromEncryptedPemFile(file, password);
    }

    static bool TryRead(IConfiguration configuration, string setting, out string? passphrase, out string fault)
    {
        (passphrase, fault) = (null, "");
        if (configuration[setting] is not { Length: > 0 } file)
        {
            return true;
        }
        try
        {
            passphrase = SecretText.Passphrase(File.ReadAllText(file), out var problem);
            fault = problem is not null ? $"{setting}: what stands in {file} {problem.Replace("is not set", "is empty", StringComparison.Ordinal)}."
                : passphrase!.Length < MinPassphraseLength ? $"{setting}: the passphrase in {file} is shorter than {MinPassphraseLength} characters and could be guessed; write a long random text." : "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            fault = $"{setting}: {file} cannot be read: {exception.Message}";
        }
        return fault.Length == 0;
    }
}
