using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Xml.Linq;
using Governance.Projects.KeyRing;
using Governance.Tests.Members;
using Governance.Tests.Operations.Start;
using Governance.Tests.Operations.Telemetry;
using Governance.Tests.Proofs;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Governance.Tests.Projects;

/// <summary>The ring that sessions and stored provider keys hang on: closed where it is kept, one for all instances, and never silently made anew.</summary>
public sealed class KeyRingTests : IDisposable
{
    const string Passphrase = "a passphrase of the ring";
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("governance-ring-");

    DirectoryInfo Ring => new(Path.Combine(_folder.FullName, "keyring"));

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task ARingThatLayOpenIsClosedAndOpensWhatItProtectedBefore()
    {
        var before = ProtectAsAnEarlierVersion();
        Assert.True(LiesOpen());
        await using (var host = Host().With(KeyRingSettings.PassphraseFileSetting, Secret("passphrase", Passphrase + "\n")))
        {
            Assert.Equal("before", Open(host, before));
            Assert.False(LiesOpen());
        }
        // The next process opens it by the same words, and nobody was signed out.
        await using (var host = Host().With(KeyRingSettings.PassphraseFileSetting, Secret("passphrase", Passphrase)))
        {
            Assert.Equal("before", Open(host, before));
            Assert.Single(Ring.GetFiles());
        }
    }

    [Fact]
    public async Task ACertificateClosesItToo()
    {
        var before = ProtectAsAnEarlierVersion();
        Environment.SetEnvironmentVariable("KEY_RING_TEST_PASSWORD", "of the file");
        for (var start = 0; start < 2; start++)
        {
            await using var host = Host().With(KeyRingSettings.CertificateFileSetting, Certificate("ring.pfx", "of the file")).With(KeyRingSettings.CertificatePasswordSetting, "KEY_RING_TEST_PASSWORD");
            Assert.Equal("before", Open(host, before));
            Assert.False(LiesOpen());
        }
    }

    [Fact]
    public async Task WithoutEitherItIsAFileOfThisUserAlone()
    {
        await using var host = Host();
        _ = Protect(host, "x");
        Assert.True(LiesOpen());
        Assert.All(Ring.GetFiles(), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.UnixFileMode));
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task WhatDoesNotOpenItEndsTheStartWithOneSentence()
    {
        await using (var host = Host().With(KeyRingSettings.PassphraseFileSetting, Secret("passphrase", Passphrase)))
        {
            _ = Protect(host, "x");
        }
        var kept = Ring.GetFiles().Single().Name;
        foreach (var (variable, file, says) in ((string, string, string)[])
        [
            ("Governance__KeyRing__PassphraseFile", Secret("wrong", "another passphrase of it"), "Governance:KeyRing:PassphraseFile: the passphrase in "),
            ("Governance__KeyRing__CertificateFile", Certificate("other.pfx", null), "Governance:KeyRing:CertificateFile: the certificate in "),
            ("Governance__Unread", "", "The key ring in "),
        ])
        {
            var run = await StartRun.RunAsync(new Dictionary<string, string>
            {
                [variable] = file,
                ["ConnectionStrings__Governance"] = $"Data Source={Path.Combine(_folder.FullName, "ring.db")}",
                ["Governance__Journal__Folder"] = _folder.FullName,
            }, "--urls", $"http://127.0.0.1:{Ports.Free()}");
            Assert.Equal(2, run.Code);
            Assert.StartsWith(says, Assert.Single(run.Said.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
            Assert.Equal(kept, Ring.GetFiles().Single().Name);
        }
    }

    [Theory]
    [InlineData(null, "cannot be read")]
    [InlineData("", "is empty")]
    [InlineData("short", "is shorter than 16 characters")]
    [InlineData("a passphrase\nof two lines", "has a line break inside")]
    public void APassphraseThatCannotBeIsToldAndNotRepeated(string? text, string says)
    {
        var file = text is null ? Path.Combine(_folder.FullName, "none") : Secret("bad", text);
        Assert.Null(KeyRingSettings.Read(Of((KeyRingSettings.PassphraseFileSetting, file)), out var fault));
        Assert.StartsWith(KeyRingSettings.PassphraseFileSetting + ": ", fault, StringComparison.Ordinal);
        Assert.Contains(says, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("of two lines", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void ACertificateThatCannotBeIsTold()
    {
        var file = Certificate("locked.pfx", "secret");
        Assert.Null(KeyRingSettings.Read(Of((KeyRingSettings.CertificateFileSetting, file)), out var locked));
        Assert.Contains("cannot be opened", locked, StringComparison.Ordinal);
        Assert.Null(KeyRingSettings.Read(Of((KeyRingSettings.CertificateFileSetting, file), (KeyRingSettings.CertificatePasswordSetting, "KEY_RING_TEST_NOWHERE")), out var unset));
        Assert.Contains("KEY_RING_TEST_NOWHERE is not set", unset, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsSealedOpensOnlyUnchangedAndByTheSameWords()
    {
        var sealedOnce = PassphraseCipher.Seal(new XElement("masterKey", "secret value"), Passphrase);
        Assert.DoesNotContain("secret", sealedOnce.ToString(), StringComparison.Ordinal);
        Assert.NotEqual(sealedOnce.ToString(), PassphraseCipher.Seal(new XElement("masterKey", "secret value"), Passphrase).ToString());
        Assert.Equal("secret value", PassphraseCipher.Open(sealedOnce, Passphrase).Value);
        Assert.ThrowsAny<CryptographicException>(() => PassphraseCipher.Open(sealedOnce, Passphrase + " "));
        foreach (var part in sealedOnce.Elements())
        {
            var changed = new XElement(sealedOnce);
            var value = Convert.FromBase64String(part.Value);
            value[0] ^= 1;
            changed.Element(part.Name)!.Value = Convert.ToBase64String(value);
            Assert.ThrowsAny<CryptographicException>(() => PassphraseCipher.Open(changed, Passphrase));
        }
        sealedOnce.SetAttributeValue("iterations", 1);
        Assert.ThrowsAny<CryptographicException>(() => PassphraseCipher.Open(sealedOnce, Passphrase));
    }

    [Fact]
    public async Task WithPostgresItLiesInTheDatabaseAndTheFilesOfAnEarlierVersionAreTakenOver()
    {
        var before = ProtectAsAnEarlierVersion();
        var database = PostgresServer.Shared.NewDatabase();
        var passphrase = Secret("passphrase", Passphrase);
        using var log = new CapturedLog();
        await using (var host = new PeopleHost(database) { Further = services => services.AddSingleton<ILoggerProvider>(log) }.With("Governance:Journal:Folder", _folder.FullName).With(KeyRingSettings.PassphraseFileSetting, passphrase))
        {
            Assert.Equal("before", Open(host, before));
        }
        Assert.Contains("it is not encrypted", Assert.Single(log.Of("App"), line => line.Text.Contains("were taken from", StringComparison.Ordinal)).Text, StringComparison.Ordinal);
        var row = Assert.Single(Row.ReadPostgres(database, "SELECT name, xml FROM key_ring", []));
        Assert.Contains("encryptedSecret", row.Text("xml"), StringComparison.Ordinal);
        Assert.DoesNotContain("requiresEncryption", row.Text("xml"), StringComparison.Ordinal);

        // Another instance shares the database and no folder.
        Ring.Delete(recursive: true);
        await using var other = Host(database).With(KeyRingSettings.PassphraseFileSetting, passphrase);
        Assert.Equal("before", Open(other, before));
        Assert.False(Ring.Exists);
    }

    [Fact]
    public async Task FilesThatAreEncryptedAreNotCalledOpenWhenTheyAreTakenOver()
    {
        var passphrase = Secret("passphrase", Passphrase);
        await using (var file = Host().With(KeyRingSettings.PassphraseFileSetting, passphrase))
        {
            Protect(file, "before");
        }
        using var log = new CapturedLog();
        await using var host = new PeopleHost(PostgresServer.Shared.NewDatabase()) { Further = services => services.AddSingleton<ILoggerProvider>(log) }.With("Governance:Journal:Folder", _folder.FullName).With(KeyRingSettings.PassphraseFileSetting, passphrase);
        Protect(host, "after");
        Assert.DoesNotContain("not encrypted", Assert.Single(log.Of("App"), line => line.Text.Contains("were taken from", StringComparison.Ordinal)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnotherPassphraseTakesOverWhatTheOldOneOpensAndThenTheOldOneCanGo()
    {
        string before;
        var old = Secret("old", Passphrase);
        await using (var host = Host().With(KeyRingSettings.PassphraseFileSetting, old))
        {
            before = Protect(host, "before");
        }
        var next = Secret("next", "the next passphrase of it");
        await using (var host = Host().With(KeyRingSettings.PassphraseFileSetting, next).With(KeyRingSettings.OldPassphraseFileSetting, old))
        {
            Assert.Equal("before", Open(host, before));
        }
        var closed = await File.ReadAllTextAsync(Ring.GetFiles().Single().FullName);
        await using (var host = Host().With(KeyRingSettings.PassphraseFileSetting, next).With(KeyRingSettings.OldPassphraseFileSetting, old))
        {
            Assert.Equal("before", Open(host, before));
        }
        // What is closed with the new one already stays as it is.
        Assert.Equal(closed, await File.ReadAllTextAsync(Ring.GetFiles().Single().FullName));
        await using (var host = Host().With(KeyRingSettings.PassphraseFileSetting, next))
        {
            Assert.Equal("before", Open(host, before));
            Assert.False(LiesOpen());
        }
    }

    [Fact]
    public async Task ACertificateIsExchangedForAnotherAndForAPassphrase()
    {
        var before = ProtectAsAnEarlierVersion();
        var (one, two, passphrase) = (Certificate("one.pfx", null), Certificate("two.pfx", null), Secret("passphrase", Passphrase));
        foreach (var settings in ((string Setting, string File)[][])
        [
            [(KeyRingSettings.CertificateFileSetting, one)],
            [(KeyRingSettings.CertificateFileSetting, two), (KeyRingSettings.OldCertificateFileSetting, one)],
            [(KeyRingSettings.CertificateFileSetting, two)],
            [(KeyRingSettings.PassphraseFileSetting, passphrase), (KeyRingSettings.OldCertificateFileSetting, two)],
            [(KeyRingSettings.PassphraseFileSetting, passphrase)],
            // With both, the certificate closes and the passphrase still opens.
            [(KeyRingSettings.PassphraseFileSetting, passphrase), (KeyRingSettings.CertificateFileSetting, one)],
            [(KeyRingSettings.CertificateFileSetting, one)],
        ])
        {
            await using var host = settings.Aggregate(Host(), (host, setting) => host.With(setting.Setting, setting.File));
            Assert.Equal("before", Open(host, before));
            Assert.False(LiesOpen());
            Assert.Single(Ring.GetFiles());
        }
    }

    [Fact]
    public void AnOldOneWithoutANewOneIsAFault()
    {
        Assert.Null(KeyRingSettings.Read(Of((KeyRingSettings.OldPassphraseFileSetting, Secret("old", Passphrase))), out var fault));
        Assert.Contains(KeyRingSettings.PassphraseFileSetting, fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFolderThatCannotBeIsOneSentenceAndNoStack()
    {
        await File.WriteAllTextAsync(Ring.FullName, "in the way");
        var run = await StartRun.RunAsync(new Dictionary<string, string>
        {
            ["ConnectionStrings__Governance"] = $"Data Source={Path.Combine(_folder.FullName, "ring.db")}",
            ["Governance__Journal__Folder"] = _folder.FullName,
        }, "--urls", $"http://127.0.0.1:{Ports.Free()}");
        Assert.Equal(2, run.Code);
        Assert.Contains(Ring.FullName, run.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Said + run.Output, StringComparison.Ordinal);
    }

    PeopleHost Host(string? database = null) => new PeopleHost(database).With("Governance:Journal:Folder", _folder.FullName);

    static string Open(PeopleHost host, string text) => host.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test").Unprotect(text);

    static string Protect(PeopleHost host, string text) => host.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test").Protect(text);

    /// <summary>As the product did before: files that lie open.</summary>
    string ProtectAsAnEarlierVersion() => DataProtectionProvider.Create(Ring, builder => builder.SetApplicationName("Governance")).CreateProtector("test").Protect("before");

    bool LiesOpen() => Ring.GetFiles("*.xml").Any(file => XElement.Load(file.FullName).Descendants("masterKey").Any());

    string Secret(string name, string text)
    {
        var file = Path.Combine(_folder.FullName, name);
        File.WriteAllText(file, text);
        return file;
    }

    string Certificate(string name, string? password)
    {
        var file = Path.Combine(_folder.FullName, name);
        if (!File.Exists(file))
        {
            using var key = RSA.Create(2048);
            using var certificate = new CertificateRequest("CN=ring", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            File.WriteAllBytes(file, certificate.Export(X509ContentType.Pfx, password));
        }
        return file;
    }

    static IConfiguration Of(params (string Name, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value))).Build();
}
