using Governance.Operations.Start;
using Governance.Shell.Door;
using Microsoft.Extensions.Configuration;

namespace Governance.Tests.Shell.Door;

public sealed class DoorSettingsTests
{
    [Theory]
    [InlineData("Governance:Proxies", "*")]
    [InlineData("Governance:Proxies", "0.0.0.0/0")]
    [InlineData("Governance:Proxies", "::/0")]
    [InlineData("Governance:Proxies", "0.0.0.0")]
    [InlineData("Governance:Proxies", "::")]
    [InlineData("Governance:Proxies", "10.0.0.7,any")]
    [InlineData("Governance:Proxies", "10.0.0.0/33")]
    [InlineData("Governance:Proxies", "7")]
    [InlineData("Governance:Proxies:1", "nginx")]
    [InlineData("AllowedHosts", "https://acme.test")]
    [InlineData("AllowedHosts", "acme.test:443")]
    [InlineData("AllowedHosts", "acme.test;*.")]
    [InlineData("Governance:RequireHttps", "yes")]
    public void ASettingThatCannotBeIsToldWithItsName(string setting, string value)
    {
        Assert.StartsWith(setting.TrimEnd('1').TrimEnd(':') + ": '", Assert.Single(SettingsCheck.Faults(Of((setting, value)))), StringComparison.Ordinal);
    }

    [Fact]
    public void EverySettingOfTheDoorAndTheRingIsKnown()
    {
        var all = Of(("Governance:Proxies:0", "10.0.0.7"), ("Governance:Proxies:1", "10.1.0.0/16"), ("Governance:RequireHttps", "true"), ("Governance:Door:MaxPages", "10"), ("Governance:Door:MaxPagesPerAddress", "5"),
            ("Governance:Door:MaxNegotiationsPerMinute", "7"), ("Governance:KeyRing:CertificateFile", "x"), ("Governance:KeyRing:CertificatePasswordEnv", "x"), ("Governance:KeyRing:PassphraseFile", "x"));
        Assert.Empty(SettingsCheck.Unknown(all));
        Assert.Equal(["10.0.0.7/32", "10.1.0.0/16"], Read(all).Proxies.Select(proxy => proxy.ToString()));
        Assert.Equal(["10.0.0.7/32", "fd00::/8"], Read(Of(("Governance:Proxies", "10.0.0.7, fd00::/8"))).Proxies.Select(proxy => proxy.ToString()));
        Assert.Empty(Read(Of()).Proxies);
        Assert.Contains("Governance:Proxyes", Assert.Single(SettingsCheck.Unknown(Of(("Governance:Proxyes", "x")))), StringComparison.Ordinal);
    }

    [Theory]
    // Nothing said: this machine alone.
    [InlineData("http://localhost:5000", null, null, "localhost", true)]
    [InlineData("http://localhost:5000", null, null, "LOCALHOST", true)]
    [InlineData("http://localhost:5000", null, null, "gov.localhost", true)]
    [InlineData("http://localhost:5000", null, null, "127.0.0.1", true)]
    [InlineData("http://localhost:5000", null, null, "[::1]", true)]
    [InlineData("http://localhost:5000", null, null, "evil.test", false)]
    [InlineData("http://localhost:5000", null, null, "localhost.evil.test", false)]
    [InlineData("http://localhost:5000", null, null, "", false)]
    // A concrete address, a public one.
    [InlineData("http://10.0.0.7:80", null, null, "10.0.0.7", true)]
    [InlineData("http://10.0.0.7:80", null, null, "evil.test", false)]
    [InlineData("http://*:5000", "https://gov.acme.test", null, "gov.acme.test", true)]
    [InlineData("http://*:5000", "https://gov.acme.test", null, "evil.test", false)]
    // Every address and no word about names: nobody can know.
    [InlineData("http://*:5000", null, null, "whoever.test", true)]
    [InlineData("http://0.0.0.0:5000", null, null, "whoever.test", true)]
    [InlineData("http://[::]:5000", null, null, "whoever.test", true)]
    // Said.
    [InlineData("http://*:5000", null, "acme.test;*.acme.test", "acme.test", true)]
    [InlineData("http://*:5000", null, "acme.test;*.acme.test", "gov.acme.test", true)]
    [InlineData("http://*:5000", null, "*.acme.test", "acme.test", false)]
    [InlineData("http://*:5000", null, "acme.test", "gov.acme.test", false)]
    [InlineData("http://localhost:5000", null, "acme.test", "localhost", false)]
    [InlineData("http://localhost:5000", null, "*", "whoever.test", true)]
    public void PagesAnswerUnderTheNamesThatAreOurs(string listens, string? publicUrl, string? hosts, string host, bool answers)
    {
        var door = DoorSettings.Read(Of(("Governance:PublicUrl", publicUrl), ("AllowedHosts", hosts)), [listens]);
        Assert.Equal(answers, door.IsOurs(host));
        Assert.Equal(host == "whoever.test" && hosts is null, door.HostsUnsaid);
    }

    static DoorSettings Read(IConfiguration configuration) => DoorSettings.Read(configuration, ["http://localhost:5000"]);

    static IConfiguration Of(params (string Name, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value))).Build();
}
