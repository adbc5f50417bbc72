using System.Data.Common;
using System.Security.Cryptography;
using System.Xml;
using System.Xml.Linq;
using Governance.Journal;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;

namespace Governance.Projects.KeyRing;

/// <summary>Where the ring is kept, and its opening before anything needs it. Beside a SQLite file it is files of this process alone; with PostgreSQL it is a table.</summary>
static partial class KeyRingSetup
{
    const string FolderName = "keyring";
    const string FolderSetting = "Governance:Journal:Folder";

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
        if (settings.OldCertificate is { } old)
        {
            protection.UnprotectKeysWithAnyCertificate(old);
        }
        return services.AddSingleton<KeyRingRenewal>();
    }

    /// <summary>
    /// Takes over the files of an earlier version, closes keys that lie open, and tries every key. False, with the reason printed, where one cannot be opened:
    /// the framework would silently make a new one, sign everybody out and leave the stored secrets unreadable.
    /// </summary>
    public static bool OpenKeyRing(this WebApplication app)
    {
        var (journal, settings) = (app.Services.GetRequiredService<JournalSettings>(), app.Services.GetRequiredService<KeyRingSettings>());
        var place = journal.IsShared ? journal.Place : Files(journal).FullName;
        KeyManagementOptions options;
        try
        {
            // They make the folder and take the certificate.
            options = app.Services.GetRequiredService<IOptions<KeyManagementOptions>>().Value;
        }
        catch (Exception exception) when (exception is CryptographicException or InvalidOperationException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(exception is IOException or UnauthorizedAccessException
                ? $"{FolderSetting}: the key ring in {place} cannot be used ({StoreFailure.Why(exception).TrimEnd('.')}). Make it a folder that belongs to the user of this process, or name another folder with this setting."
                : $"The key ring in {place} cannot be used{(settings.Source is { } source ? $" with {source}" : "")}: {StoreFailure.Why(exception)} {KeyRingSettings.PassphraseFileSetting} or {KeyRingSettings.CertificateFileSetting} says what it is encrypted with.");
            return false;
        }
        try
        {
            return Open(app, journal, settings, options, place);
        }
        catch (Exception exception) when (exception is XmlException or IOException or UnauthorizedAccessException or DbException or CryptographicException)
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
            var liesOpen = Files(journal).GetFiles("*.xml").Any(file => !KeyRingClosing.IsClosed(XElement.Load(file.FullName)));
            LogImported(app.Logger, count, Files(journal).FullName, place, liesOpen ? ", and it is not encrypted" : "");
        }
        if (KeyRingClosing.HasUnopened(app.Services, options.XmlRepository!))
        {
            Console.Error.WriteLine(settings.Source is { } source
                ? $"{source} does not open the key ring in {place}{(settings.HasOld ? ", and neither does the old one that is named" : "")}; give the one that it was closed with, because sessions and stored provider keys depend on it. "
                    + $"One that was exchanged is named with {KeyRingSettings.OldPassphraseFileSetting} or {KeyRingSettings.OldCertificateFileSetting}; where it is lost, App new-key-ring says what that costs."
                : $"The key ring in {place} is encrypted; say what opens it with {KeyRingSettings.PassphraseFileSetting} or {KeyRingSettings.CertificateFileSetting}. Where that is lost, App new-key-ring says what that costs.");
            return false;
        }
        if (options.XmlEncryptor is { } encryptor)
        {
            KeyRingClosing.CloseAll(app.Services, settings, options.XmlRepository!, Files(journal), encryptor);
            if (settings.HasOld)
            {
                LogChanged(app.Logger, place);
            }
        }
        else
        {
            LogOpen(app.Logger, place, KeyRingSettings.PassphraseFileSetting, KeyRingSettings.CertificateFileSetting);
        }
        return true;
    }

    public static DirectoryInfo Files(JournalSettings journal) => new(Path.Combine(journal.Folder, FolderName));

    [LoggerMessage(LogLevel.Error, "The key ring in {Place} cannot be read: {Why} Nobody can sign in, and stored provider keys cannot be used, until it can")]
    static partial void LogUnread(ILogger logger, string place, string why);

    [LoggerMessage(LogLevel.Warning, "The key ring in {Place} is not encrypted: whoever reads it can forge sessions and open stored provider keys. Set {Passphrase} or {Certificate}")]
    static partial void LogOpen(ILogger logger, string place, string passphrase, string certificate);

    [LoggerMessage(LogLevel.Warning, "Every key of the ring in {Place} is encrypted with what is named now. Take the Old… settings of Governance:KeyRing away once every instance was started with them")]
    static partial void LogChanged(ILogger logger, string place);

    [LoggerMessage(LogLevel.Warning, "{Count} keys of the key ring were taken from {Folder} into {Place}. Delete the folder once every instance runs this version: what stands in the database counts{Open}")]
    static partial void LogImported(ILogger logger, int count, string folder, string place, string open);
}
