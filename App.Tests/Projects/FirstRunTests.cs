using System.Net;
using Governance.Members;
using Governance.Projects;
using Governance.Tests.Members;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Tests.Projects;

public sealed class FirstRunTests
{
    static readonly (string, string)[] s_owner = [("workspace", "Acme"), ("email", PeopleHost.Email), ("password", PeopleHost.Password)];

    [Fact]
    public async Task EveryPageLeadsToTheFirstRunUntilThereIsAnOwnerAndNeverAfter()
    {
        await using var host = new PeopleHost();
        using var visitor = host.Browser();
        foreach (var path in (string[])["/", "/sign-in", "/dashboard/keys", "/dashboard/settings"])
        {
            Assert.Equal("/welcome", await PeopleHost.LeadsToAsync(visitor, path));
        }
        using var owner = await host.OwnerAsync();
        Assert.Equal("/dashboard", await PeopleHost.LeadsToAsync(owner, "/"));
        Assert.Equal("/dashboard", await PeopleHost.LeadsToAsync(owner, "/welcome"));
        Assert.Equal("/dashboard", await PeopleHost.LeadsToAsync(visitor, host.Welcome));
        Assert.Equal("200", await PeopleHost.LeadsToAsync(owner, "/dashboard/keys"));
        Assert.StartsWith("/sign-in?", await PeopleHost.LeadsToAsync(visitor, "/dashboard/keys"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheFirstKeyIsShownOnceAndOpensAtOnce()
    {
        await using var host = new PeopleHost();
        using var browser = host.Browser();
        using var made = await PeopleHost.PostAsync(browser, host.Welcome, "welcome", s_owner);
        var secret = System.Text.RegularExpressions.Regex.Match(await made.Content.ReadAsStringAsync(), "sk-gov-[0-9a-f]{10}-[0-9A-Za-z]{43}").Value;
        var key = host.Services.GetRequiredService<DirectoryShelf>().Current.Find(secret);
        Assert.NotNull(key);
        Assert.Equal(("first-key-2", "playground", PeopleHost.Email), (key.Definition.Id, key.Definition.Project, key.Definition.Attribution.Employee));
        Assert.DoesNotContain(secret, await browser.GetStringAsync(new Uri("/dashboard/keys", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnlyOneOfManyFirstVisitorsBecomesTheOwner()
    {
        await using var host = new PeopleHost();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async number =>
        {
            using var browser = host.Browser();
            using var answer = await PeopleHost.PostAsync(browser, host.Welcome, "welcome", ("workspace", "Acme"), ("email", $"visitor{number}@acme.test"), ("password", PeopleHost.Password));
            return (await answer.Content.ReadAsStringAsync()).Contains("You are in", StringComparison.Ordinal);
        }));
        Assert.Single(answers, true);
        using var scope = host.Services.CreateScope();
        Assert.Single(await scope.ServiceProvider.GetRequiredService<MemberQueries>().ListAsync());
    }

    [Theory]
    [InlineData("127.0.0.1", null, null)]
    [InlineData("::1", null, null)]
    [InlineData("192.0.2.7", null, null)]
    [InlineData("127.0.0.1", "X-Forwarded-For", "192.0.2.7")]
    public async Task TheLinkAloneMakesTheOwnerWhereverTheVisitorIs(string address, string? header, string? value)
    {
        await using var host = new PeopleHost();
        using var browser = host.Browser(address);
        if (header is not null)
        {
            browser.DefaultRequestHeaders.Add(header, value);
        }
        var page = await browser.GetStringAsync(new Uri("/welcome", UriKind.Relative));
        Assert.Contains("is printed on the console", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<form", page, StringComparison.Ordinal);
        foreach (var (path, token) in ((string, string?)[])[("/welcome", null), ("/welcome?token=wrong", null), ("/welcome", "wrong"), (host.Welcome, "wrong")])
        {
            (string, string)[] sent = token is null ? s_owner : [.. s_owner, ("token", token)];
            using var refused = await PeopleHost.PostFromAsync(browser, host.Welcome, path, "welcome", sent);
            Assert.Contains("Open the link from the console", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.False(host.Services.GetRequiredService<DirectoryShelf>().Current.HasOwner);
        }
        using var made = await PeopleHost.PostAsync(browser, host.Welcome, "welcome", s_owner);
        Assert.True(host.Services.GetRequiredService<DirectoryShelf>().Current.HasOwner);
    }

    [Fact]
    public async Task TheFormKeepsTheTokenAndTheAddressIsToldToNobody()
    {
        await using var host = new PeopleHost();
        using var browser = host.Browser();
        using var page = await browser.GetAsync(new Uri(host.Welcome, UriKind.Relative));
        var document = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await page.Content.ReadAsStringAsync());
        Assert.Equal(host.Welcome.Split('=')[1], document.QuerySelector("input[type=hidden][name=token]")!.GetAttribute("value"));
        Assert.Equal("no-referrer", Assert.Single(page.Headers.GetValues("Referrer-Policy")));
        Assert.True(page.Headers.CacheControl!.NoStore);
    }

    [Theory]
    [InlineData("127.0.0.1", "wrong", false)]
    [InlineData("192.0.2.7", "wrong", false)]
    [InlineData("192.0.2.7", "a-long-token", true)]
    public async Task AConfiguredTokenIsTheTokenAndIsNotPrinted(string address, string token, bool allowed)
    {
        await using var host = new PeopleHost().With(FirstRun.TokenSetting, "a-long-token");
        Assert.DoesNotContain("a-long-token", host.Welcome, StringComparison.Ordinal);
        using var browser = host.Browser(address);
        using var answer = await PeopleHost.PostFromAsync(browser, "/welcome?token=a-long-token", $"/welcome?token={token}", "welcome", s_owner);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(allowed, host.Services.GetRequiredService<DirectoryShelf>().Current.HasOwner);
    }

    [Fact]
    public void ATokenThatWasChosenIsNotSaidToEndWithTheStart()
    {
        var chosen = new Microsoft.Extensions.Configuration.ConfigurationBuilder().AddInMemoryCollection([new(FirstRun.TokenSetting, "a-long-token")]).Build();
        Assert.DoesNotContain("next start", new SetupToken(chosen).Lasts, StringComparison.Ordinal);
        Assert.Contains("next start", new SetupToken(new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build()).Lasts, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("workspace: { id: acme, name: Acme Rockets }", "Acme Rockets")]
    [InlineData("", "")]
    public async Task TheFormHasTheNameThatTheDocumentGives(string workspace, string shown)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $"apiVersion: governance/v1\n{workspace}\n");
        await using var host = new PeopleHost();
        if (workspace.Length > 0)
        {
            host.With("Governance:Bootstrap", file);
        }
        using var browser = host.Browser();
        var page = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await browser.GetStringAsync(new Uri(host.Welcome, UriKind.Relative)));
        Assert.Equal(shown, page.QuerySelector("input[name=workspace]")!.GetAttribute("value") ?? "");
        File.Delete(file);
    }

    [Fact]
    public void EveryStartHasATokenOfItsOwn()
    {
        var configuration = new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build();
        var (one, two) = (new SetupToken(configuration), new SetupToken(configuration));
        Assert.True(one.Matches(one.PrintedPath.Split('=')[1]));
        Assert.False(one.Matches(two.PrintedPath.Split('=')[1]));
        Assert.False(one.Matches(""));
        Assert.False(one.Matches(null));
    }

    [Theory]
    [InlineData("Acme", "maria@acme.test", "too short")]
    [InlineData("Acme", "maria", PeopleHost.Password)]
    [InlineData("", "maria@acme.test", PeopleHost.Password)]
    [InlineData("Acme", "maria@acme.test", "MARIA@acme.test")]
    public async Task AFormWithFaultsMakesNobody(string workspace, string email, string password)
    {
        await using var host = new PeopleHost();
        using var browser = host.Browser();
        using var answer = await PeopleHost.PostAsync(browser, host.Welcome, "welcome", ("workspace", workspace), ("email", email), ("password", password));
        Assert.Contains("field-problem", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(host.Services.GetRequiredService<DirectoryShelf>().Current.HasOwner);
    }
}
