using System.Security.Cryptography;
using System.Xml.Linq;
using Governance.Journal;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Governance.Projects.KeyRing;

/// <summary>Which keys of the ring are closed and which cannot be opened, and how what lies open, or was closed with something older, is closed with what is named now.</summary>
static class KeyRingClosing
{
    static readonly XNamespace framework = "http://schemas.asp.net/2015/03/dataProtection";
    static readonly XName sealedName = framework + "encryptedSecret";
    static readonly XName openMark = framework + "requiresEncryption";
    const string DecryptorAttribute = "decryptorType";

    /// <summary>True where a key is closed that nothing opens. Only those: one that is damaged otherwise must not keep the process from starting.</summary>
    public static bool HasUnopened(IServiceProvider services, IXmlRepository repository)
    {
        IReadOnlyCollection<XElement> elements;
        try
        {
            elements = repository.GetAllElements();
        }
        catch (System.Xml.XmlException)
        {
            // A key that is not even text of its kind opens nothing.
            return true;
        }
        var closed = elements.Where(IsClosed).Select(element => (string?)element.Attribute("id")).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return closed.Count > 0 && services.GetRequiredService<IKeyManager>().GetAllKeys().Any(key => !key.IsRevoked && closed.Contains(key.KeyId.ToString()) && !Opens(key));
    }

    /// <summary>True for a key whose secret part is encrypted.</summary>
    public static bool IsClosed(XElement element) => element.Descendants(sealedName).Any();

    /// <summary>Closes every key with <paramref name="encryptor"/>; those that are closed with it already stay as they are.</summary>
    public static void CloseAll(IServiceProvider services, KeyRingSettings settings, IXmlRepository repository, DirectoryInfo files, IXmlEncryptor encryptor) =>
        Rewrite(repository, files, element => Close(element, encryptor) | (settings.IsChanging && CloseAnew(element, services, settings, encryptor)));

    static bool Opens(IKey key)
    {
        try
        {
            return key.Descriptor is not null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whatever a wrong key makes of it: nothing readable.
            return false;
        }
    }

    /// <summary>Closes what lies open in a key, as the framework does when it makes one; false where nothing does.</summary>
    static bool Close(XElement element, IXmlEncryptor encryptor)
    {
        var open = element.DescendantsAndSelf().Where(part => (bool?)part.Attribute(openMark) == true).ToList();
        foreach (var part in open)
        {
            part.SetAttributeValue(openMark, null);
            part.ReplaceWith(Sealed(new XElement(part), encryptor));
        }
        return open.Count > 0;
    }

    /// <summary>Opens what was closed with something else and closes it again; false where there is nothing of that kind.</summary>
    static bool CloseAnew(XElement element, IServiceProvider services, KeyRingSettings settings, IXmlEncryptor encryptor)
    {
        var isChanged = false;
        foreach (var part in element.Descendants(sealedName).ToList())
        {
            var decryptor = (string?)part.Attribute(DecryptorAttribute) ?? "";
            var value = part.Elements().Single();
            if (IsOf<PassphraseDecryptor>(decryptor) && !(settings.Certificate is null && PassphraseCipher.IsOpenedBy(value, settings.Passphrase!)))
            {
                part.ReplaceWith(Sealed(new PassphraseDecryptor(services).Decrypt(value), encryptor));
                isChanged = true;
            }
            else if (IsOf<EncryptedXmlDecryptor>(decryptor) && !(settings.Certificate is { } certificate && IsFor(value, certificate.RawData)))
            {
                part.ReplaceWith(Sealed(new EncryptedXmlDecryptor(services).Decrypt(value), encryptor));
                isChanged = true;
            }
        }
        return isChanged;
    }

    static bool IsOf<T>(string decryptor) => decryptor.Split(',')[0] == typeof(T).FullName;

    /// <summary>The framework writes the certificate that it encrypted for beside the value.</summary>
    static bool IsFor(XElement value, byte[] certificate) =>
        value.Descendants().Any(part => part.Name.LocalName == "X509Certificate" && CryptographicOperations.FixedTimeEquals(Convert.FromBase64String(part.Value), certificate));

    static XElement Sealed(XElement plain, IXmlEncryptor encryptor)
    {
        var closed = encryptor.Encrypt(plain);
        return new XElement(sealedName, new XAttribute(DecryptorAttribute, closed.DecryptorType.AssemblyQualifiedName!), closed.EncryptedElement);
    }

    static void Rewrite(IXmlRepository repository, DirectoryInfo files, Func<XElement, bool> change)
    {
        if (repository is KeyRingTable table)
        {
            table.Rewrite(change);
            return;
        }
        foreach (var file in files.Exists ? files.GetFiles("*.xml") : [])
        {
            var element = XElement.Load(file.FullName);
            if (!change(element))
            {
                continue;
            }
            var next = file.FullName + ".tmp";
            File.Delete(next);
            using (var written = OwnerOnly.Open(next, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                element.Save(written);
                written.Flush(flushToDisk: true);
            }
            File.Move(next, file.FullName, overwrite: true);
        }
    }
}
