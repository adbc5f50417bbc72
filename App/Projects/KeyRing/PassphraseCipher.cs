using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Governance.Projects.KeyRing;

/// <summary>Encrypts keys of the ring with a passphrase: PBKDF2 makes a key of it, with a salt of its own each time, and AES-GCM seals with that.</summary>
static class PassphraseCipher
{
    const int Iterations = 600_000;
    const int MaxIterations = 10_000_000;
    const int SaltBytes = 16;
    const int NonceBytes = 12;
    const int TagBytes = 16;
    static readonly XName name = XName.Get("sealed", "urn:governance:key-ring:1");

    public static XElement Seal(XElement plain, string passphrase)
    {
        var text = Encoding.UTF8.GetBytes(plain.ToString(SaveOptions.DisableFormatting));
        var (salt, nonce) = (RandomNumberGenerator.GetBytes(SaltBytes), RandomNumberGenerator.GetBytes(NonceBytes));
        var (value, tag) = (new byte[text.Length], new byte[TagBytes]);
        using var cipher = new AesGcm(KeyOf(passphrase, salt, Iterations), TagBytes);
        cipher.Encrypt(nonce, text, value, tag, Bound(Iterations));
        CryptographicOperations.ZeroMemory(text);
        return new XElement(name, new XAttribute("iterations", Iterations), Part("salt", salt), Part("nonce", nonce), Part("tag", tag), Part("value", value));
    }

    /// <summary>Throws <see cref="CryptographicException"/> where the passphrase is another, or anything was changed.</summary>
    public static XElement Open(XElement sealedElement, string passphrase)
    {
        try
        {
            var iterations = (int?)sealedElement.Attribute("iterations") ?? 0;
            if (sealedElement.Name != name || iterations is < 1 or > MaxIterations)
            {
                throw new CryptographicException("This is no key that a passphrase opens.");
            }
            var value = Part(sealedElement, "value");
            var text = new byte[value.Length];
            using var cipher = new AesGcm(KeyOf(passphrase, Part(sealedElement, "salt"), iterations), TagBytes);
            cipher.Decrypt(Part(sealedElement, "nonce"), value, Part(sealedElement, "tag"), text, Bound(iterations));
            return XElement.Parse(Encoding.UTF8.GetString(text));
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            throw new CryptographicException("This key of the ring is damaged.", exception);
        }
    }

    public static bool IsOpenedBy(XElement sealedElement, string passphrase)
    {
        try
        {
            Open(sealedElement, passphrase);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    static byte[] KeyOf(string passphrase, byte[] salt, int iterations) => Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, iterations, HashAlgorithmName.SHA256, 32);

    static byte[] Bound(int iterations) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"governance key ring 1 {iterations}"));

    static XElement Part(string part, byte[] bytes) => new(name.Namespace + part, Convert.ToBase64String(bytes));

    static byte[] Part(XElement sealedElement, string part) => Convert.FromBase64String((string?)sealedElement.Element(name.Namespace + part) ?? throw new FormatException(part));
}

/// <summary>Closes new keys of the ring with the passphrase.</summary>
sealed class PassphraseEncryptor(string passphrase) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement) => new(PassphraseCipher.Seal(plaintextElement, passphrase), typeof(PassphraseDecryptor));
}

/// <summary>Opens them again. Its name stands in every key that was closed so: it must stay where it is.</summary>
sealed class PassphraseDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        CryptographicException? unopened = null;
        foreach (var passphrase in services.GetRequiredService<KeyRingSettings>().Passphrases)
        {
            try
            {
                return PassphraseCipher.Open(encryptedElement, passphrase);
            }
            catch (CryptographicException exception)
            {
                unopened = exception;
            }
        }
        throw unopened ?? new CryptographicException($"The key was closed with a passphrase; {KeyRingSettings.PassphraseFileSetting} names none.");
    }
}
