using System.Data.Common;
using System.Xml;
using System.Xml.Linq;
using Governance.Audit;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.Options;

namespace Governance.Projects.KeyRing;

/// <summary>Where the ring is kept, and its opening before anything needs it. Beside a SQLite file it is files of this process alone; with PostgreSQL it is a table.</summary>
static partial class KeyRingSetup
{
    const string FolderName = "keyring";
    static readonly XNamespace framework = "http://schemas.asp.net/2015/03/dataProtection";

    public static IServiceCollection AddKeyRing(this IServiceCollection services, JournalSettings journal, IConfiguration configuration)
    {
        var settings = KeyRingSettings.Read(configuration, out var fault) ?? throw new InvalidOperationException(fault);
        services.AddSingleton(settings);
        var protection = services.AddDataProtection().SetApplicationName("Governance");
        services.AddOptions<KeyManagementOptions>().Configure<ILoggerFactory>((options, loggers) =>
        {
            if (!journal.IsShared)
            {
                // Before the framework makes the folder, open to everybody; its files are for their owner only already.
                OwnerOnly.CreateFolder(Files(journal).FullName);
            }
            options.XmlRepository = journal.IsShared ? new KeyRingTable(journal) : new FileSystemXmlRepository(Files(journal), loggers);
            options.XmlEncryptor = settings.Passphrase is { } passphrase ? new PassphraseEncryptor(passphrase) : null;
        });
        if (settings.Certificate is { } certificate)
        {
            protection.ProtectKeysWithCertificate(certificate);
        }
        return services;
    }

    /// <summary>
    /// Takes over the files of an earlier version, closes keys that lie open, and tries every key. False, with the reason printed, where one cannot be opened:
    /// the framework would silently make a new one, sign everybody out and leave the stored secrets unreadable.
    /// </summary>
    public static bool OpenKeyRing(this WebApplication app)
    {
        var (journal, settings) = (app.Services.GetRequiredService<JournalSettings>(), app.Services.GetRequiredService<KeyRingSettings>());
        var options = app.Services.GetRequiredService<IOptions<KeyManagementOptions>>().Value;
        var place = journal.IsShared ? journal.Place : Files(journal).FullName;
        try
        {
            return Open(app, journal, settings, options, place);
        }
        catch (Exception exception) when (exception is XmlException or IOException or UnauthorizedAccessException or DbException)
        {
            // Calls need no ring but for stored provider keys, which are refused one by one.
            LogUnread(app.Logger, place, StoreFailure.Why(exception));
            return true;
        }
    }

    static bool Open(WebApplication app, JournalSettings journal, KeyRingSettings settings, KeyManagementOptions options, string place)
    {
        if (options.XmlRepository is KeyRingTable table && table.Import(Files(journal)) is var count and > 0)
        {
            LogImported(app.Logger, count, Files(journal).FullName, place);
        }
        if (Unopened(app, options.XmlRepository!))
        {
            Console.Error.WriteLine(settings.Source is { } source
                ? $"{source} does not open the key ring in {place}; give the one that it was closed with, because sessions and stored provider keys depend on it."
                : $"The key ring in {place} is encrypted; say what opens it with {KeyRingSettings.PassphraseFileSetting} or {KeyRingSettings.CertificateFileSetting}.");
            return false;
        }
        if (options.XmlEncryptor is { } encryptor)
        {
            Rewrite(options.XmlRepository!, Files(journal), element => Close(element, encryptor));
        }
        else
        {
            LogOpen(app.Logger, place, KeyRingSettings.PassphraseFileSetting, KeyRingSettings.CertificateFileSetting);
        }
        return true;
    }

    static DirectoryInfo Files(JournalSettings journal) => new(Path.Combine(journal.Folder, FolderName));

    /// <summary>Only keys that are closed: one that is damaged otherwise must not keep the process from starting.</summary>
    static bool Unopened(WebApplication app, IXmlRepository repository)
    {
        var closed = repository.GetAllElements().Where(element => element.Descendants(framework + "encryptedSecret").Any()).Select(element => (string?)element.Attribute("id")).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return closed.Count > 0 && app.Services.GetRequiredService<IKeyManager>().GetAllKeys().Any(key => !key.IsRevoked && closed.Contains(key.KeyId.ToString()) && !Opens(key));
    }

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
        var open = element.DescendantsAndSelf().Where(part => (bool?)part.Attribute(framework + "requiresEncryption") == true).ToList();
        foreach (var part in open)
        {
            part.SetAttributeValue(framework + "requiresEncryption", null);
            var closed = encryptor.Encrypt(new XElement(part));
            part.ReplaceWith(new XElement(framework + "encryptedSecret", new XAttribute("decryptorType", closed.DecryptorType.AssemblyQualifiedName!), closed.EncryptedElement));
        }
        return open.Count > 0;
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
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }
            using (var written = new FileStream(next, options))
            {
                element.Save(written);
                written.Flush(flushToDisk: true);
            }
            File.Move(next, file.FullName, overwrite: true);
        }
    }

    [LoggerMessage(LogLevel.Error, "The key ring in {Place} cannot be read: {Why} Nobody can sign in, and stored provider keys cannot be used, until it can")]
    static partial void LogUnread(ILogger logger, string place, string why);

    [LoggerMessage(LogLevel.Warning, "The key ring in {Place} is not encrypted: whoever reads it can forge sessions and open stored provider keys. Set {Passphrase} or {Certificate}")]
    static partial void LogOpen(ILogger logger, string place, string passphrase, string certificate);

    [LoggerMessage(LogLevel.Warning, "{Count} keys of the key ring were taken from {Folder} into {Place}. Delete the folder once every instance runs this version: it is not read any more, and it is not encrypted")]
    static partial void LogImported(ILogger logger, int count, string folder, string place);
}
