using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Governance.Projects.KeyRing;

/// <summary>What the key ring is encrypted with where it is kept (<c>Governance:KeyRing</c>): a certificate, a passphrase, or nothing. With both, new keys are for the certificate, and the passphrase opens what it closed before.</summary>
sealed record KeyRingSettings
{
    public const string CertificateFileSetting = "Governance:KeyRing:CertificateFile";
    public const string CertificatePasswordSetting = "Governance:KeyRing:CertificatePasswordEnv";
    public const string PassphraseFileSetting = "Governance:KeyRing:PassphraseFile";
    const int MinPassphraseLength = 16;

    public X509Certificate2? Certificate { get; init; }

    public string? Passphrase { get; init; }

    /// <summary>The setting and file of what opens the ring now; null where nothing is said.</summary>
    public string? Source { get; init; }

    public bool IsEncrypting => Certificate is not null || Passphrase is not null;

    /// <summary>Null, with the fault in a sentence, where what is named cannot be used.</summary>
    public static KeyRingSettings? Read(IConfiguration configuration, out string fault)
    {
        var (certificateFile, passphraseFile) = (configuration[CertificateFileSetting], configuration[PassphraseFileSetting]);
        fault = "";
        X509Certificate2? certificate = null;
        string? passphrase = null;
        if (!string.IsNullOrEmpty(certificateFile) && !TryLoad(certificateFile, configuration[CertificatePasswordSetting], out certificate, out fault))
        {
            return null;
        }
        if (!string.IsNullOrEmpty(passphraseFile) && !TryRead(passphraseFile, out passphrase, out fault))
        {
            return null;
        }
        return new KeyRingSettings
        {
            Certificate = certificate,
            Passphrase = passphrase,
            Source = certificate is not null ? $"{CertificateFileSetting}: the certificate in {certificateFile}" : passphrase is not null ? $"{PassphraseFileSetting}: the passphrase in {passphraseFile}" : null,
        };
    }

    static bool TryLoad(string file, string? passwordVariable, [NotNullWhen(true)] out X509Certificate2? certificate, out string fault)
    {
        (certificate, fault) = (null, "");
        var password = string.IsNullOrEmpty(passwordVariable) ? null : EnvironmentSecret.Read(passwordVariable);
        if (password is null && !string.IsNullOrEmpty(passwordVariable))
        {
            fault = $"{CertificatePasswordSetting}: the environment variable {passwordVariable} is not set.";
            return false;
        }
        try
        {
            var isText = File.ReadAllText(file).Contains("-----BEGIN ", StringComparison.Ordinal);
            certificate = !isText ? X509CertificateLoader.LoadPkcs12FromFile(file, password)
                : password is null ? X509Certificate2.CreateFromPemFile(file) : X509Certificate2.CreateFromEncryptedPemFile(file, password);
            using var key = certificate.GetRSAPrivateKey();
            fault = key is null ? $"{CertificateFileSetting}: {file} has no private RSA key; export the certificate with its key." : "";
        }
        catch (CryptographicException exception)
        {
            fault = $"{CertificateFileSetting}: {file} cannot be opened as a certificate with its key ({exception.Message.TrimEnd('.')}); if it has a password, name the variable that holds it with {CertificatePasswordSetting}.";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            fault = $"{CertificateFileSetting}: {file} cannot be read: {exception.Message}";
        }
        return fault.Length == 0;
    }

    static bool TryRead(string file, [NotNullWhen(true)] out string? passphrase, out string fault)
    {
        (passphrase, fault) = (null, "");
        try
        {
            passphrase = SecretText.Passphrase(File.ReadAllText(file), out var problem);
            fault = problem is not null ? $"{PassphraseFileSetting}: what stands in {file} {problem.Replace("is not set", "is empty", StringComparison.Ordinal)}."
                : passphrase!.Length < MinPassphraseLength ? $"{PassphraseFileSetting}: the passphrase in {file} is shorter than {MinPassphraseLength} characters and could be guessed; write a long random text." : "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            fault = $"{PassphraseFileSetting}: {file} cannot be read: {exception.Message}";
        }
        return fault.Length == 0;
    }
}
