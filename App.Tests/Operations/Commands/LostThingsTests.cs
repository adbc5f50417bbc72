using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Governance.Audit;
using Governance.Audit.Checkpoints;
using Governance.Gateway.Upstreams;
using Governance.Journal;
using Governance.Ledger.Fences;
using Governance.Members.SignIn;
using Governance.Operations.Commands;
using Governance.Projects.KeyRing;
using Governance.Tests.Audit.Exports;
using Governance.Tests.Members;
using Governance.Tests.Operations.Start;
using Governance.Tests.Proofs;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Directory = System.IO.Directory;

namespace Governance.Tests.Operations.Commands;

/// <summary>What an operator does about a forgotten password, a lost key ring and a lost checkpoint key, as docs/lost-things.md says.</summary>
public sealed class LostThingsTests : IDisposable
{
    const string Other = "another sentence of mine";
    const string Upstream = "stored";
    static readonly Actor s_owner = new(ActorKind.Member, PeopleHost.Email);
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("governance-lost-");

    string Data => folder.FullName;

    string Connection => $"Data Source={Path.Combine(Data, "governance.db")}";

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task TheSoleOwnerComesInAgainWithANewPassword()
    {
        await using (var app = await AppProcess.StartAsync(new AppStart { DataFolder = Data }))
        {
            using var browser = Browser(app);
            using var made = await PeopleHost.PostAsync(browser, await app.WelcomeAsync(), "welcome", ("workspace", "Acme"), ("email", PeopleHost.Email), ("password", PeopleHost.Password));
            Assert.Equal("200", await PeopleHost.LeadsToAsync(browser, "/dashboard/keys"));
            var (inUse, why) = await AppCommand.RunAsync(Data, "reset-password", PeopleHost.Email, "--print-link");
            Assert.True(inUse == 1 && why.Contains("Another process uses", StringComparison.Ordinal), why);
            await app.StopAsync();
        }
        // A pipe is no terminal.
        var (code, output) = await AppCommand.RunAsync(Data, "reset-password", PeopleHost.Email);
        Assert.True(code == 1 && output.Contains("--print-link", StringComparison.Ordinal) && !output.Contains("token=", StringComparison.Ordinal), output);
        (code, output) = await AppCommand.RunAsync(Data, "reset-password", "nobody@acme.test", "--print-link");
        Assert.True(code == 1 && output.Contains($"Owners: {PeopleHost.Email}.", StringComparison.Ordinal), output);
        Assert.Empty(Told("member.password_reset"));

        var stamp = Stamp();
        (code, output) = await AppCommand.RunAsync(Data, "reset-password", PeopleHost.Email.ToUpperInvariant(), "--print-link", "--Governance:PublicUrl", "https://gov.acme.test");
        Assert.True(code == 0, output);
        var link = Regex.Match(output, @"https://gov\.acme\.test(/sign-in/link\?token=[0-9a-f]{64})").Groups[1].Value;
        var told = Assert.Single(Told("member.password_reset"));
        Assert.Equal(("command-line", PeopleHost.Email), (told.GetProperty("actor_id").GetString(), told.GetProperty("target_id").GetString()));
        Assert.Equal(CommandUser.Name, told.GetProperty("details").GetProperty("user").GetString());
        Assert.DoesNotContain(Row.Read(Path.Combine(Data, "governance.db"), "SELECT body FROM audit"), row => System.Text.Encoding.UTF8.GetString(row.Bytes("body")).Contains(link[^64..], StringComparison.Ordinal));

        await using (var app = await AppProcess.StartAsync(new AppStart { DataFolder = Data }))
        {
            // A session is compared with its member every half minute.
            Assert.NotEqual(stamp, Stamp());
            using var browser = Browser(app);
            using (var refused = await PeopleHost.PostAsync(browser, "/sign-in", "sign-in", ("email", PeopleHost.Email), ("password", PeopleHost.Password)))
            {
                Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
            }
            using var set = await PeopleHost.PostAsync(browser, link, "sign-in-link", ("token", link.Split('=')[1]), ("password", Other));
            Assert.Equal("200", await PeopleHost.LeadsToAsync(browser, "/dashboard/keys"));
            await app.StopAsync();
        }
        Assert.Equal(0, (await AppCommand.RunAsync(Data, "verify")).Code);
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task ALockoutFromManyAddressesKeepsNobodyOutWhoHasALink(Store store)
    {
        await using var host = new PeopleHost(store);
        using var owner = await host.OwnerAsync();
        var limits = host.Services.GetRequiredService<DoorLimits>();
        var account = PeopleHost.Email.ToUpperInvariant();
        for (var visitor = 0; !limits.IsClosedToStrangers(account); visitor++)
        {
            limits.Try(account, $"10.0.0.{visitor}", known: false);
        }
        using var stranger = host.Browser("192.0.2.7");
        using (var locked = await PeopleHost.PostAsync(stranger, "/sign-in", "sign-in", ("email", PeopleHost.Email), ("password", PeopleHost.Password)))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, locked.StatusCode);
        }
        var output = await RunInRoomsAsync(host, 0, "reset-password", PeopleHost.Email, "--print-link");
        var link = Regex.Match(output, @"/sign-in/link\?token=[0-9a-f]{64}").Value;
        using var set = await PeopleHost.PostAsync(stranger, link, "sign-in-link", ("token", link.Split('=')[1]), ("password", Other));
        Assert.Equal("200", await PeopleHost.LeadsToAsync(stranger, "/dashboard/keys"));
        using var another = host.Browser("192.0.2.8");
        using var entered = await PeopleHost.PostAsync(another, "/sign-in", "sign-in", ("email", PeopleHost.Email), ("password", Other));
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task ANewRingKeepsStoredKeysWhereTheOldOneOpensAndEndsSessions(Store store)
    {
        var connection = store is Store.Postgres ? PostgresServer.Shared.NewDatabase() : Connection;
        var passphrase = Secret("passphrase", "a passphrase of the ring");
        string session;
        await using (var host = Host())
        {
            using var owner = await host.OwnerAsync();
            await SaveUpstreamAsync(host);
            session = host.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("session").Protect("maria");
            var seen = await RunInRoomsAsync(host, 1, "new-key-ring");
            Assert.Contains("can be opened.", seen, StringComparison.Ordinal);
            Assert.Contains($"would stay: {Upstream}.", seen, StringComparison.Ordinal);
            Assert.Contains("would be lost: none.", seen, StringComparison.Ordinal);
            Assert.Contains($"encrypted anew: {Upstream}.", await RunInRoomsAsync(host, 0, "new-key-ring", "--yes"), StringComparison.Ordinal);
        }
        Assert.NotEmpty(Directory.GetFiles(Assert.Single(Directory.GetDirectories(Data, "keyring.before-*"))));
        await using var next = Host();
        await using var db = next.Services.GetRequiredService<Reads>().Open();
        Assert.Equal("sk-of-the-provider", next.Services.GetRequiredService<UpstreamSecrets>().ReadKept(db, ringOpens: true)[Upstream]);
        Assert.ThrowsAny<CryptographicException>(() => next.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("session").Unprotect(session));
        Assert.Contains(CommandUser.Name, Assert.Single(db.Audit.Where(row => row.Action == NewKeyRingCommand.Action).ToList()).Sentence, StringComparison.Ordinal);

        PeopleHost Host() => new PeopleHost(connection).With("Governance:Journal:Folder", Data).With(KeyRingSettings.PassphraseFileSetting, passphrase);
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task ARingThatNothingOpensIsPutAsideAndTheProductStartsAgain()
    {
        var passphrase = Secret("passphrase", "a passphrase of the ring");
        await using (var host = new PeopleHost(Connection).With("Governance:Journal:Folder", Data).With(KeyRingSettings.PassphraseFileSetting, passphrase))
        {
            using var owner = await host.OwnerAsync();
            await SaveUpstreamAsync(host);
        }
        File.Delete(passphrase);
        var run = await StartRun.RunAsync(new Dictionary<string, string> { ["ConnectionStrings__Governance"] = Connection, ["Governance__Journal__Folder"] = Data }, "--urls", $"http://127.0.0.1:{Ports.Free()}");
        Assert.Equal(2, run.Code);
        Assert.Contains("App new-key-ring", run.Said, StringComparison.Ordinal);

        var (code, output) = await AppCommand.RunAsync(Data, "new-key-ring");
        Assert.True(code == 1 && output.Contains("Nothing was changed", StringComparison.Ordinal) && output.Contains($"would be lost: {Upstream}.", StringComparison.Ordinal), output);
        Assert.DoesNotContain("fail:", output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(Data, "keyring.before-*"));
        (code, output) = await AppCommand.RunAsync(Data, "new-key-ring", "--yes", "--Governance:KeyRing:PassphraseFile", Secret("another", "another passphrase of it"));
        Assert.True(code == 0 && output.Contains($"are lost: {Upstream}.", StringComparison.Ordinal), output);
        Assert.DoesNotContain("fail:", output, StringComparison.Ordinal);
        var aside = Assert.Single(Directory.GetDirectories(Data, "keyring.before-*"));
        Assert.Single(Directory.GetFiles(aside));
        var ring = Assert.Single(Directory.GetFiles(Path.Combine(Data, "keyring")));
        Assert.Contains("encryptedSecret", await File.ReadAllTextAsync(ring), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(ring).UnixFileMode);
        var details = Assert.Single(Told(NewKeyRingCommand.Action)).GetProperty("details");
        Assert.Equal((CommandUser.Name, Upstream), (details.GetProperty("user").GetString(), details.GetProperty("upstreams_lost")[0].GetString()));

        await using var app = await AppProcess.StartAsync(new AppStart { DataFolder = Data, Environment = new Dictionary<string, string> { ["Governance__KeyRing__PassphraseFile"] = Path.Combine(Data, "another") } });
        using var browser = Browser(app);
        using var entered = await PeopleHost.PostAsync(browser, "/sign-in", "sign-in", ("email", PeopleHost.Email), ("password", PeopleHost.Password));
        Assert.Equal("200", await PeopleHost.LeadsToAsync(browser, "/dashboard/keys"));
        await app.StopAsync();
    }

    [Theory]
    [Trait(Effort.Trait, Effort.Lengthy)]
    [InlineData("whole")]
    [InlineData("lost")]
    [InlineData("damaged")]
    [InlineData("lost with its public half")]
    public async Task AnotherKeySignsCheckpointsAndBothProveTheirPart(string old)
    {
        var (checkpoints, keyFile) = (Path.Combine(Data, "checkpoints"), Path.Combine(Data, "keys", "audit-checkpoint.pem"));
        await using (var app = await AppProcess.StartAsync(new AppStart { DataFolder = Data }))
        {
            var (inUse, why) = await AppCommand.RunAsync(Data, "new-checkpoint-key");
            Assert.True(inUse == 1 && why.Contains("Another process uses", StringComparison.Ordinal), why);
            await app.StopAsync();
        }
        var oldPem = Path.Combine(Data, "old.pem");
        await File.WriteAllTextAsync(oldPem, (await AppCommand.RunAsync(Data, "audit", "public-key")).Output);
        var published = Assert.Single(Directory.GetFiles(checkpoints, "*.pem"));
        if (old == "damaged")
        {
            await File.WriteAllTextAsync(keyFile, "no key any more");
        }
        else if (old != "whole")
        {
            File.Delete(keyFile);
        }
        if (old == "lost with its public half")
        {
            File.Delete(published);
        }

        var (code, output) = await AppCommand.RunAsync(Data, "new-checkpoint-key");
        Assert.True(code == 0, output);
        Assert.Equal(await File.ReadAllTextAsync(oldPem), await File.ReadAllTextAsync(published));
        Assert.Equal(old is "whole" or "damaged" ? 1 : 0, Directory.GetFiles(Path.GetDirectoryName(keyFile)!, "*.before-*").Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(keyFile).UnixFileMode);
        var told = Told("audit.key_taken");
        Assert.Equal(2, told.Count);
        Assert.Equal((CommandUser.Name, Path.GetFileNameWithoutExtension(published)), (told[1].GetProperty("details").GetProperty("user").GetString(), told[1].GetProperty("details").GetProperty("earlier").GetString()));

        var newPem = Path.Combine(Data, "new.pem");
        await File.WriteAllTextAsync(newPem, (await AppCommand.RunAsync(Data, "audit", "public-key")).Output);
        await using (var app = await AppProcess.StartAsync(new AppStart { DataFolder = Data }))
        {
            await app.StopAsync();
        }
        // Told once: the start finds a key that the trail knows.
        Assert.Equal(2, Told("audit.key_taken").Count);
        Assert.Equal(0, (await AppCommand.RunAsync(Data, "verify")).Code);
        var export = Path.Combine(Data, "trail.jsonl");
        Assert.Equal(0, (await AppCommand.RunAsync(Data, "audit", "export", export)).Code);
        string[] with = ["--checkpoints", checkpoints, "--public-key", oldPem];
        (code, output) = await AppCommand.RunAsync(Data, ["audit", "verify", export, .. with, "--public-key", newPem]);
        Assert.True(code == 0 && output.Contains("another key signs", StringComparison.Ordinal), output);
        (code, output) = await SecondVerifier.CommandAsync([export, .. with, "--public-key", newPem]);
        Assert.True(code == 0 && output.Contains("another key signs", StringComparison.Ordinal), output);
        // Whoever was not told of the new key sees that it is another.
        (code, output) = await AppCommand.RunAsync(Data, ["audit", "verify", export, .. with]);
        Assert.True(code == 1 && output.Contains("checkpoint_file", StringComparison.Ordinal), output);
        Assert.Equal(1, (await SecondVerifier.CommandAsync([export, .. with])).Code);
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task NoKeyIsChangedWhereTheLastCheckpointCannotBeRead()
    {
        await using (var app = await AppProcess.StartAsync(new AppStart { DataFolder = Data }))
        {
            await app.StopAsync();
        }
        var keyFile = Path.Combine(Data, "keys", "audit-checkpoint.pem");
        var before = await File.ReadAllTextAsync(keyFile);
        await File.AppendAllTextAsync(Directory.GetFiles(Path.Combine(Data, "checkpoints"), "*.checkpoints").Order().Last(), "nonsense\n");
        var (code, output) = await AppCommand.RunAsync(Data, "new-checkpoint-key");
        Assert.True(code == 2 && output.Contains("The checkpoint key was not changed: ", StringComparison.Ordinal), output);
        Assert.Equal(before, await File.ReadAllTextAsync(keyFile));
    }

    [Fact]
    public async Task AnAmountThatIsSpreadByShareIsEnteredWithYesOnly()
    {
        await using (var first = Host())
        {
            Assert.Null(first.Services.GetRequiredService<FenceShelf>().Current);
        }
        await FenceAsync();
        await using (var host = Host())
        {
            var seen = await RunInRoomsAsync(host, 1, "acknowledge", "--spent-since-backup", "4");
            Assert.Contains("playground: 4.00 USD", seen, StringComparison.Ordinal);
            Assert.Contains("Nothing was entered. Say App acknowledge --spent-since-backup 4.00 --yes", seen, StringComparison.Ordinal);
            Assert.NotNull(host.Services.GetRequiredService<FenceShelf>().Current);
            Assert.Contains("$4.00", await RunInRoomsAsync(host, 0, "acknowledge", "--spent-since-backup", "4", "--yes"), StringComparison.Ordinal);
            Assert.Null(host.Services.GetRequiredService<FenceShelf>().Current);
        }
        // Nothing is spread here, so there is nothing to see before.
        foreach (var words in (string[][])[["--spent-since-backup", "0"], ["--project", "playground=1.50"]])
        {
            await FenceAsync();
            await using var host = Host();
            await RunInRoomsAsync(host, 0, ["acknowledge", .. words]);
            Assert.Null(host.Services.GetRequiredService<FenceShelf>().Current);
        }

        PeopleHost Host() => new PeopleHost(Connection).With("Governance:Journal:Folder", Data);
        async Task FenceAsync()
        {
            // The host gives the file back a moment after it has ended.
            await Eventually.IsTrueAsync(() => !Database.IsHeld(new JournalSettings(Connection)));
            Assert.Equal(0, await RestoreCommand.RunAsync(new JournalSettings(Connection), new CheckpointSettings(null, Data), null, fenceOnly: true, force: false));
        }
    }

    static Task<bool> SaveUpstreamAsync(PeopleHost host) =>
        host.Services.GetRequiredService<UpstreamEdits>().SaveAsync(new UpstreamDefinition { Id = Upstream, Kind = UpstreamKind.Anthropic, BaseUrl = "https://api.anthropic.com" }, "sk-of-the-provider", s_owner);

    /// <summary>Runs a command in the rooms of a host, as Program does; answers what it prints.</summary>
    static async Task<string> RunInRoomsAsync(PeopleHost host, int code, params string[] words)
    {
        var context = new CommandContext([]);
        var parse = CommandLine.Parse(words, context);
        Assert.Equal(0, await parse.InvokeAsync());
        await using var printed = new StringWriter();
        var console = Console.Out;
        Console.SetOut(printed);
        try
        {
            Assert.Equal(code, await context.InRooms!(host.Services));
        }
        finally
        {
            Console.SetOut(console);
        }
        return printed.ToString();
    }

    static HttpClient Browser(AppProcess app)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = app.Url };
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        return client;
    }

    /// <summary>What every session of the owner must have.</summary>
    string Stamp() => Row.Read(Path.Combine(Data, "governance.db"), "SELECT security_stamp FROM asp_net_users").Single().Text("security_stamp")!;

    List<JsonElement> Told(string action) =>
        [.. Row.Read(Path.Combine(Data, "governance.db"), $"SELECT body FROM audit WHERE action = '{action}' ORDER BY id").Select(row => JsonDocument.Parse(row.Bytes("body")).RootElement)];

    string Secret(string name, string text)
    {
        var file = Path.Combine(Data, name);
        File.WriteAllText(file, text);
        return file;
    }
}
