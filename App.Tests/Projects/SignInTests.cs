using System.Net;
using System.Security.Claims;
using Governance.Audit;
using Governance.Projects;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Tests.Projects;

public abstract class SignInTests(Store store)
{
    const string Other = "dev@acme.test";
    static readonly Actor s_owner = new(ActorKind.Member, PeopleHost.Email);

    [Fact]
    public async Task FiveFailuresLockTheMemberOutForFiveMinutesWithOneAnswerForAll()
    {
        await using var host = new PeopleHost(store);
        using var owner = await host.OwnerAsync();
        using var visitor = host.Browser();
        var unknown = await AnswerAsync(visitor, "nobody@acme.test", "wrong password");
        for (var attempt = 0; attempt < 5; attempt++)
        {
            Assert.Equal(unknown, await AnswerAsync(visitor, PeopleHost.Email, "wrong password"));
        }
        Assert.Equal(unknown, await AnswerAsync(visitor, PeopleHost.Email, PeopleHost.Password));
        // Identity reads the wall clock for lockouts, so the lock is moved instead.
        await UnlockAsync(host);
        using var entered = await SignInAsync(visitor, PeopleHost.Email, PeopleHost.Password);
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
    }

    [Fact]
    public async Task ARefusalTakesAsLongForStrangersAsForMembers()
    {
        await using var host = new PeopleHost(store);
        using var owner = await host.OwnerAsync();
        using var visitor = host.Browser();
        foreach (var email in (string[])["nobody@acme.test", PeopleHost.Email])
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            using var answer = await SignInAsync(visitor, email, "wrong password");
            Assert.True(clock.ElapsedMilliseconds >= 590, $"{email} was refused after {clock.ElapsedMilliseconds} ms");
        }
    }

    [Theory]
    [InlineData("/dashboard/keys?new=1", "/dashboard/keys?new=1")]
    [InlineData("https://evil.example/", "/dashboard")]
    [InlineData("//evil.example/", "/dashboard")]
    [InlineData("/\\evil.example/", "/dashboard")]
    public async Task SignInGoesBackToThisSiteOnly(string wanted, string target)
    {
        await using var host = new PeopleHost(store);
        using var owner = await host.OwnerAsync();
        using var visitor = host.Browser();
        using var answer = await SignInAsync(visitor, PeopleHost.Email, PeopleHost.Password, "?ReturnUrl=" + Uri.EscapeDataString(wanted));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(target, new Uri(new Uri("http://localhost"), answer.Headers.Location!).PathAndQuery);
    }

    [Fact]
    public async Task ARemovedMembersSessionEndsAndSignInIsRefused()
    {
        await using var host = new PeopleHost(store);
        using var owner = await host.OwnerAsync();
        using var browser = await MemberAsync(host, MemberRole.Developer);
        var session = await SessionAsync(host);
        Assert.Equal("200", await PeopleHost.LeadsToAsync(browser, "/dashboard/keys"));
        Assert.True(await host.Services.GetRequiredService<MemberSessions>().StandsAsync(session));
        using (var scope = host.Services.CreateScope())
        {
            Assert.Equal(MemberEdits.Outcome.Done, await scope.ServiceProvider.GetRequiredService<MemberEdits>().RemoveAsync(Other, s_owner));
        }
        Assert.False(await host.Services.GetRequiredService<MemberSessions>().StandsAsync(session));
        host.Clock.Ahead = TimeSpan.FromSeconds(31);
        Assert.StartsWith("/sign-in", await PeopleHost.LeadsToAsync(browser, "/dashboard/keys"), StringComparison.Ordinal);
        using var again = await SignInAsync(browser, Other, PeopleHost.Password);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task SignOutEndsTheSessionAndNeedsTheToken()
    {
        await using var host = new PeopleHost(store);
        using var owner = await host.OwnerAsync();
        using (var forged = await owner.PostAsync(new Uri("/sign-out", UriKind.Relative), new FormUrlEncodedContent([])))
        {
            Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        }
        Assert.Equal("200", await PeopleHost.LeadsToAsync(owner, "/dashboard/keys"));
        var page = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await owner.GetStringAsync(new Uri("/dashboard/keys", UriKind.Relative)));
        var token = page.QuerySelector("form[action='/sign-out'] input")!.GetAttribute("value")!;
        using var left = await owner.PostAsync(new Uri("/sign-out", UriKind.Relative), new FormUrlEncodedContent([new("__RequestVerificationToken", token)]));
        Assert.Equal("/sign-in", left.Headers.Location?.OriginalString);
        Assert.StartsWith("/sign-in", await PeopleHost.LeadsToAsync(owner, "/dashboard/keys"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFailingSignInThatBeganBeforeARemovalDoesNotUndoIt()
    {
        await using var host = new PeopleHost(store);
        using var owner = await host.OwnerAsync();
        using var browser = await MemberAsync(host, MemberRole.Admin);
        using var scope = host.Services.CreateScope();
        var members = scope.ServiceProvider.GetRequiredService<UserManager<Member>>();
        var read = (await members.FindByEmailAsync(Other))!;
        await scope.ServiceProvider.GetRequiredService<MemberEdits>().RemoveAsync(Other, s_owner);
        Assert.False((await members.AccessFailedAsync(read)).Succeeded);
        Assert.Null(await host.Services.GetRequiredService<MemberQueries>().FindAsync(Other));
    }

    [Theory]
    [InlineData("Owner", false)]
    [InlineData("Auditor", true)]
    public async Task ButtonsFollowTheRole(string role, bool disabled)
    {
        await using var host = new PeopleHost(store);
        using var owner = await host.OwnerAsync();
        using var browser = await MemberAsync(host, Enum.Parse<MemberRole>(role));
        foreach (var (path, button) in ((string, string)[])[("/dashboard/keys", "New key"), ("/dashboard/keys?new=1", "New key"), ("/dashboard/members", "Add member"), ("/dashboard/settings?tab=projects", "New project"), ("/dashboard/settings?tab=access", "Create management key"), ("/dashboard/settings", "Stop all calls…")])
        {
            var page = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await browser.GetStringAsync(new Uri(path, UriKind.Relative)));
            var found = page.QuerySelectorAll("main button").Single(one => one.TextContent.Trim() == button);
            Assert.True(disabled == found.HasAttribute("disabled"), $"{button} of {path} for {role}");
        }
    }

    static async Task<HttpClient> MemberAsync(PeopleHost host, MemberRole role)
    {
        using (var scope = host.Services.CreateScope())
        {
            Assert.Equal(MemberEdits.Outcome.Done, await scope.ServiceProvider.GetRequiredService<MemberEdits>().CreateAsync(new MemberDefinition { Email = Other, Role = role }, PeopleHost.Password, s_owner));
        }
        var browser = host.Browser();
        using var entered = await SignInAsync(browser, Other, PeopleHost.Password);
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
        return browser;
    }

    static async Task<ClaimsPrincipal> SessionAsync(PeopleHost host)
    {
        using var scope = host.Services.CreateScope();
        var member = await scope.ServiceProvider.GetRequiredService<MemberQueries>().FindAsync(Other);
        return await scope.ServiceProvider.GetRequiredService<IUserClaimsPrincipalFactory<Member>>().CreateAsync(member!);
    }

    static async Task UnlockAsync(PeopleHost host)
    {
        using var scope = host.Services.CreateScope();
        var members = scope.ServiceProvider.GetRequiredService<UserManager<Member>>();
        var member = (await members.FindByEmailAsync(PeopleHost.Email))!;
        Assert.InRange(member.LockoutEnd!.Value - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
        Assert.True((await members.SetLockoutEndDateAsync(member, null)).Succeeded);
    }

    static Task<HttpResponseMessage> SignInAsync(HttpClient browser, string email, string password, string query = "") =>
        PeopleHost.PostAsync(browser, "/sign-in" + query, "sign-in", ("email", email), ("password", password));

    static async Task<string> AnswerAsync(HttpClient browser, string email, string password)
    {
        using var answer = await SignInAsync(browser, email, password);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync()).QuerySelector("#password-problem")!.TextContent;
    }
}

public sealed class SignInTestsOnSqlite() : SignInTests(Store.Sqlite);

public sealed class SignInTestsOnPostgres() : SignInTests(Store.Postgres);
