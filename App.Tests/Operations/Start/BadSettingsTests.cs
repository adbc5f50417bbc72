using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Operations.Start;
using Microsoft.Extensions.Configuration;

namespace Governance.Tests.Operations.Start;

/// <summary>A process that cannot start says why in a sentence each on the error stream, ends with 2 and shows no stack.</summary>
public sealed class BadSettingsTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("governance-settings-");

    [Theory]
    [InlineData("Governance__Gateway__IdleSeconds", "0", "Governance:Gateway:IdleSeconds: 0 is not between 1 and 7200.")]
    [InlineData("Governance__Gateway__IdleSeconds", "soon", "Governance:Gateway:IdleSeconds: 'soon' is not a whole number (seconds); write one such as 120.")]
    [InlineData("Governance__Drain__Seconds", "-1", "Governance:Drain:Seconds: -1 is not between 0 and 86400.")]
    [InlineData("Governance__Journal__QueueLimit", "many", "Governance:Journal:QueueLimit: 'many' is not a whole number (works); write one such as 20000.")]
    [InlineData("Governance__Journal__FreeBytesLeast", "256MB", "Governance:Journal:FreeBytesLeast: '256MB' is not a whole number (bytes); write one such as 268435456.")]
    [InlineData("Governance__Audit__Checkpoints__Seconds", "0", "Governance:Audit:Checkpoints:Seconds: 0 is not between 1 and 3600.")]
    [InlineData("Governance__Metrics__Public", "yes", "Governance:Metrics:Public: 'yes' is neither true nor false.")]
    [InlineData("Governance__Telemetry__OtlpEndpoint", "collector:4317", "Governance:Telemetry:OtlpEndpoint: it is not an http or https address; write one such as http://localhost:4317.")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector", "OTEL_EXPORTER_OTLP_ENDPOINT: it is not an http or https address; write one such as http://localhost:4317.")]
    [InlineData("Governance__Telemetry__OtlpProtocol", "http", "Governance:Telemetry:OtlpProtocol: it is neither grpc nor http/protobuf.")]
    [InlineData("Governance__Smtp__Port", "99999", "Governance:Smtp:Port: '99999' is not a port (1 to 65535).")]
    [InlineData("Governance__PublicUrl", "acme.test", "Governance:PublicUrl: 'acme.test' is not an http or https address; write one such as https://governance.example.com.")]
    [InlineData("ASPNETCORE_URLS", "localhost:5000", "Urls: 'localhost:5000' is not an http or https address such as http://localhost:5000.")]
    [InlineData("ConnectionStrings__Governance", "Data Source=sql.acme.test;Initial Catalog=governance;User Id=sa;Password=x", "ConnectionStrings:Governance names no store.")]
    [InlineData("Governance__Bootstrap", "/nowhere/setup.yaml", "Governance:Bootstrap: /nowhere/setup.yaml cannot be read: ")]
    [InlineData("ConnectionStrings__Governance", "Host=127.0.0.1;Port=1;Database=governance;Username=x;Password=y", "ConnectionStrings:Governance: governance on 127.0.0.1 cannot be used: ")]
    [InlineData("ConnectionStrings__Governance", "Data Source=/tmp", "ConnectionStrings:Governance: /tmp cannot be used: ")]
    [InlineData("ConnectionStrings__Governance", "Data Source=/dev/null/data/governance.db", "The data folder /dev/null/data cannot be written (")]
    public async Task ASettingThatCannotBeIsOneSentence(string variable, string value, string says)
    {
        var run = await StartRun.RunAsync(With((variable, value)));
        Assert.Equal(2, run.Code);
        Assert.StartsWith(says, Assert.Single(Lines(run.Said)), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Said + run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryFaultIsSaidAtOnceAndNothingIsWritten()
    {
        var run = await StartRun.RunAsync(With(("Governance__Gateway__BodyDepth", "1"), ("Governance__Smtp__UseTls", "maybe"), ("Governance__Metrics__Public", "1"), ("Governance__ShowFirstKey", "perhaps")));
        Assert.Equal(2, run.Code);
        Assert.Equal(4, Lines(run.Said).Length);
        Assert.Empty(folder.GetFiles("*.db"));
    }

    [Fact]
    public async Task APortInUseIsOneSentenceAndTheFirstKeyIsNotLost()
    {
        using var taken = new TcpListener(IPAddress.Loopback, Ports.Free());
        taken.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        var run = await StartRun.RunAsync(With(), "--urls", url);
        Assert.Equal((2, $"Urls: it cannot listen on {url}: another process listens there. Stop that one, or say another address (Urls, --urls http://localhost:5001)."), (run.Code, Assert.Single(Lines(run.Said))));
        Assert.DoesNotContain("   at ", run.Output, StringComparison.Ordinal);
        Assert.Empty(folder.GetFiles("*.db"));

        await using var app = await AppProcess.StartAsync(new AppStart { Timeout = TimeSpan.FromMinutes(3), DataFolder = folder.FullName, Environment = new Dictionary<string, string> { ["Governance__ShowFirstKey"] = "true" } });
        await app.SaysAsync("sk-gov-");
    }

    [Fact]
    public async Task AFileOfSettingsThatIsNoJsonIsOneSentence()
    {
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "appsettings.json"), "{ nonsense");
        var run = await StartRun.RunAsync(With(), "--contentRoot", folder.FullName);
        Assert.Equal(2, run.Code);
        Assert.Contains("appsettings.json", Assert.Single(Lines(run.Said)), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Said + run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AKeyRingWithoutAFolderNamesTheSetting()
    {
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "keyring"), "A file where the folder should be.");
        var run = await StartRun.RunAsync(With());
        Assert.Equal(2, run.Code);
        Assert.StartsWith($"Governance:Journal:Folder: the key ring in {Path.Combine(folder.FullName, "keyring")} cannot be used (", Assert.Single(Lines(run.Said)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CommandsSayTheSame()
    {
        var run = await StartRun.RunAsync(With(("Governance__Journal__GatherFrom", "x")), "migrate");
        Assert.Equal((2, "Governance:Journal:GatherFrom: 'x' is not a whole number (works); write one such as 8."), (run.Code, Assert.Single(Lines(run.Said))));
        run = await StartRun.RunAsync(With(("ConnectionStrings__Governance", "Data Source=/dev/null/governance.db")), "migrate");
        Assert.Equal(2, run.Code);
        Assert.StartsWith("The data folder /dev/null cannot be written (", Assert.Single(Lines(run.Said)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SettingsThatNothingReadsAreSaidAtTheStart()
    {
        await using var app = await AppProcess.StartAsync(new AppStart { Timeout = TimeSpan.FromMinutes(3), DataFolder = folder.FullName, Environment = new Dictionary<string, string> { ["Governance__Gatway__IdleSeconds"] = "5" } });
        await app.SaysAsync("Governance:Gatway:IdleSeconds is no setting, and nothing reads it; did you mean Governance:Gateway:IdleSeconds (environment Governance__Gateway__IdleSeconds)?");
    }

    [Theory]
    [InlineData("Governance:Drain:Secconds", "Governance:Drain:Seconds")]
    [InlineData("Governance:Bootsrap", "Governance:Bootstrap")]
    [InlineData("Govenance:Bootstrap", "Governance:Bootstrap")]
    [InlineData("GOVERNANCE_BOOTSTRAP", "Governance:Bootstrap")]
    [InlineData("ConnectionStrings:Governence", "ConnectionStrings:Governance")]
    [InlineData("Governance:Smtp:Password", "Governance:Smtp:PasswordEnv")]
    public void ASettingThatNothingReadsIsNamed(string key, string meant)
    {
        var said = Assert.Single(SettingsCheck.Unknown(Configured((key, "x"))));
        Assert.Contains($"did you mean {meant} ", said, StringComparison.Ordinal);
    }

    /// <summary>A product that is started in the same shell must not take them for settings.</summary>
    [Fact]
    public void NoVariableOfTheDocumentsIsTakenForASetting()
    {
        string[] texts = [.. Directory.GetFiles(Path.Combine(AppProcess.RepositoryFolder, "docs"), "*.md"), Path.Combine(AppProcess.RepositoryFolder, "README.md")];
        var names = texts.SelectMany(file => Regex.Matches(File.ReadAllText(file), @"^export (.+)$", RegexOptions.Multiline)).SelectMany(line => Regex.Matches(line.Groups[1].Value, @"\b([A-Za-z_]+)=")).Select(name => name.Groups[1].Value).ToList();
        Assert.True(names.Count >= 5, string.Join(' ', names));
        Assert.All(names, name => Assert.Empty(SettingsCheck.Unknown(Configured((name, "x")))));
    }

    [Theory]
    [InlineData("governance:gateway:idleseconds")]
    [InlineData("Governance:SetupToken")]
    [InlineData("Governance:ShowFirstKey")]
    [InlineData("Governance:FailOpen:Folder")]
    [InlineData("Governance:Journal:Folder")]
    [InlineData("Governance:Journal:FreeBytesLeast")]
    [InlineData("Governance:Audit:Checkpoints:KeyFile")]
    [InlineData("GOVERN_ME")]
    [InlineData("PATH")]
    public void ASettingThatSomethingReadsIsNotNamed(string key) => Assert.Empty(SettingsCheck.Unknown(Configured((key, "1"))));

    [Theory]
    [InlineData("governance")]
    [InlineData("localhost:5432/governance")]
    [InlineData("Data Source=:memory:")]
    [InlineData("Data Source=file:x.db?mode=memory")]
    [InlineData("Data Source=tcp:sql.acme.test,1433;Database=governance")]
    [InlineData("Data Source=x.db;Password=secret")]
    [InlineData("Data Source=")]
    [InlineData("jdbc:postgresql://db/governance")]
    [InlineData("mongodb://db/governance")]
    public void AConnectionStringOfNoKnownFormIsAFault(string text) =>
        Assert.StartsWith("ConnectionStrings:Governance", Assert.Single(SettingsCheck.Faults(Configured(("ConnectionStrings:Governance", text)))), StringComparison.Ordinal);

    public void Dispose() => folder.Delete(recursive: true);

    static IConfiguration Configured(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();

    Dictionary<string, string> With(params (string Name, string Value)[] variables)
    {
        var all = new Dictionary<string, string> { ["ConnectionStrings__Governance"] = $"Data Source={Path.Combine(folder.FullName, "governance.db")}", ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{Ports.Free()}" };
        foreach (var (name, value) in variables)
        {
            all[name] = value;
        }
        return all;
    }

    static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
