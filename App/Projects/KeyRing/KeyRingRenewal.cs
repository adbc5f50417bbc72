using System.Globalization;
using Governance.Journal;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;

namespace Governance.Projects.KeyRing;

/// <summary>Makes a new ring where the old one is lost or known to others. The old one is put aside, not deleted: it may be found again what opens it.</summary>
sealed class KeyRingRenewal(IServiceProvider services, JournalSettings journal, KeyRingSettings settings, IOptions<KeyManagementOptions> options, IConfiguration configuration, TimeProvider time)
{
    /// <summary>True where there is a ring and every key of it can be opened, so that what it protects can be read before it goes. Looking makes no key where none is left.</summary>
    public bool Opens()
    {
        options.Value.AutoGenerateKeys = false;
        return !KeyRingClosing.HasUnopened(services, options.Value.XmlRepository!) && options.Value.XmlRepository!.GetAllElements().Count > 0;
    }

    /// <summary>What new keys are encrypted with, as the end of a sentence.</summary>
    public string Encryption => settings.Source is { } source ? $"encrypted with {source[(source.IndexOf(": ", StringComparison.Ordinal) + 2)..]}" : $"not encrypted; set {KeyRingSettings.PassphraseFileSetting} or {KeyRingSettings.CertificateFileSetting}";

    public string Place => journal.IsShared ? journal.Place : KeyRingSetup.Files(journal).FullName;

    /// <summary>Puts the old keys aside. Answers the folder in which they lie; null where there were none.</summary>
    public string? PutAside()
    {
        var files = KeyRingSetup.Files(journal);
        var aside = files.FullName + time.GetUtcNow().UtcDateTime.ToString("'.before-'yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);
        var isMoved = options.Value.XmlRepository is KeyRingTable table && table.MoveTo(aside);
        if (files.Exists && files.EnumerateFileSystemInfos().Any())
        {
            // Beside a table these are an earlier version's, which the next start would take over again.
            KeyRingSetup.Files(journal).MoveTo(isMoved ? Path.Combine(aside, files.Name) : aside);
            isMoved = true;
        }
        return isMoved ? aside : null;
    }

    /// <summary>Makes the first key of the new ring. Answers what protects with it: what this process has read of the old ring it would go on protecting with for a while.</summary>
    public ServiceProvider Begin()
    {
        var ring = new ServiceCollection().AddLogging().AddKeyRing(journal, configuration).BuildServiceProvider();
        var now = time.GetUtcNow();
        ring.GetRequiredService<IKeyManager>().CreateNewKey(now, now + options.Value.NewKeyLifetime);
        return ring;
    }
}
