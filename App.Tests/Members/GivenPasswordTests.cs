using System.Net;
using Governance.Alerts;
using Governance.Projects;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Tests.Members;

/// <summary>Passwords and tokens from files and variables, which end in a line break that nobody types.</summary>
public sealed class GivenPasswordTests
{
    [Fact]
    public async Task APasswordFromAVariableIsTypedWithoutTheLineBreakBehindIt()
    {
        const string Variable = "GIVEN_PASSWORD_OF_MARIA";
        Environment.SetEnvironmentVariable(Variable, PeopleHost.Password + "\r\n");
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $"apiVersion: governance/v1\nworkspace: {{ id: acme, name: Acme }}\nmembers:\n  - {{ email: {PeopleHost.Email}, role: owner, password_env: {Variable} }}\n");
        await using var host = new PeopleHost().With("Governance:Bootstrap", file);
        using var browser = host.Browser();
        using var answer = await PeopleHost.PostAsync(browser, "/sign-in", "sign-in", ("email", PeopleHost.Email), ("password", PeopleHost.Password));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("200", await PeopleHost.LeadsToAsync(browser, "/dashboard/keys"));
        File.Delete(file);
    }

    [Fact]
    public async Task ASetupTokenFromAFileIsTypedWithoutTheLineBreakBehindIt()
    {
        await using var host = new PeopleHost().With(FirstRun.TokenSetting, "a long token\n");
        using var browser = host.Browser("192.0.2.7");
        using var answer = await PeopleHost.PostAsync(browser, "/welcome?token=a%20long%20token", "welcome", ("workspace", "Acme"), ("email", PeopleHost.Email), ("password", PeopleHost.Password));
        Assert.True(host.Services.GetRequiredService<DirectoryShelf>().Current.HasOwner);
    }

    [Theory]
    [InlineData("abcd efgh ijkl\n", "abcd efgh ijkl", null)]
    [InlineData("abcd\nefgh", null, "has a line break inside")]
    [InlineData(" \n", null, "holds nothing but blanks")]
    public void AMailPasswordKeepsItsBlanks(string value, string? kept, string? says)
    {
        var variable = "GIVEN_MAIL_PASSWORD_" + (kept is null ? says!.Length : 0);
        Environment.SetEnvironmentVariable(variable, value);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Governance:Smtp:Host"] = "mail.example.com", ["Governance:Smtp:From"] = "a@example.com", ["Governance:Smtp:User"] = "a", ["Governance:Smtp:PasswordEnv"] = variable,
        }).Build();
        if (says is null)
        {
            Assert.Equal(kept, MailSettings.Read(configuration).Password);
            return;
        }
        var message = Assert.Throws<InvalidOperationException>(() => MailSettings.Read(configuration)).Message;
        Assert.Contains($"the environment variable {variable} {says}", message, StringComparison.Ordinal);
        Assert.DoesNotContain("abcd", message, StringComparison.Ordinal);
    }
}
