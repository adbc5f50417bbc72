using Governance.Alerts;
using Microsoft.Extensions.Configuration;

namespace Governance.Tests.Alerts;

public sealed class MailSettingsTests
{
    [Fact]
    public void NothingSaidIsNotConfiguredAndNoFault() => Assert.False(Read("").Configured);

    [Theory]
    [InlineData("Smtp:Host=mail.example.com;Smtp:From=lisa", "Governance:Smtp:From")]
    [InlineData("Smtp:Host=mail example;Smtp:From=a@example.com", "Governance:Smtp:Host")]
    [InlineData("Smtp:Host=mail.example.com;Smtp:From=a@example.com;Smtp:Port=0", "Governance:Smtp:Port")]
    [InlineData("Smtp:Host=mail.example.com;Smtp:From=a@example.com;Smtp:UseTls=perhaps", "Governance:Smtp:UseTls")]
    [InlineData("Smtp:Host=mail.example.com;Smtp:From=a@example.com;Smtp:User=a", "belong together")]
    [InlineData("Smtp:Host=mail.example.com;Smtp:From=a@example.com;Smtp:User=a;Smtp:PasswordEnv=PATH;Smtp:UseTls=false", "only sent over TLS")]
    [InlineData("Smtp:PasswordEnv=NO_SUCH_VARIABLE_HERE", "NO_SUCH_VARIABLE_HERE is not set")]
    [InlineData("PublicUrl=gov.example.com", "Governance:PublicUrl")]
    public void AFaultStopsTheStartAndIsNamed(string said, string named) =>
        Assert.Contains(named, Assert.Throws<InvalidOperationException>(() => Read(said)).Message, StringComparison.Ordinal);

    [Fact]
    public void AllFaultsAreNamedAtOnce() =>
        Assert.Equal(3, Assert.Throws<InvalidOperationException>(() => Read("Smtp:Host=mail example;Smtp:From=lisa;PublicUrl=x")).Message.Split(Environment.NewLine).Length);

    [Fact]
    public void WhatIsSaidIsUsed()
    {
        var settings = Read("Smtp:Host=mail.example.com;Smtp:From=a@example.com;Smtp:Port=2525;Smtp:UseTls=false;PublicUrl=https://gov.example.com/");
        Assert.Equal(("mail.example.com", 2525, false, "https://gov.example.com"), (settings.Host, settings.Port, settings.UseTls, settings.PublicUrl));
    }

    static MailSettings Read(string said) => MailSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(
        said.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).Select(pair => KeyValuePair.Create($"Governance:{pair[0]}", (string?)pair[1]))).Build());
}
