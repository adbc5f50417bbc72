using System.Net;
using Governance.Audit;
using Governance.Journal;
using Governance.Members;
using Governance.Members.SignIn;
using Governance.Tests.Proofs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Tests.Members.SignIn;

public abstract class SignInLinkTests(Store store)
{
    const string Other = "jo@acme.test";
    const string Chosen = "a sentence of my own";
    static readonly Actor s_owner = new(ActorKind.Member, PeopleHost.Email);

    [Fact]
    public async Task ALinkSetsThePasswordOnceAndSignsIn()
    {
        await using var host = new PeopleHost(store);
        using var owner = await host.OwnerAsync();
        var link = await LinkAsync(host);
        using var browser = host.Browser();
        using (var page = await browser.GetAsync(new Uri(link.Path, UriKind.Relative)))
        {
            Assert.Equal("no-referrer", Assert.Single(page.Headers.GetValues("Referrer-Policy")));
        }
        Assert.Contains(Other, await browser.GetStringAsync(new Uri(link.Path, UriKind.Relative)), StringComparison.Ordinal);

        using (var set = await SetAsync(browser, link, Chosen))
        {
            Assert.Equal((HttpStatusCode.Redirect, "/dashboard"), (set.StatusCode, new Uri(new Uri("http://localhost"), set.Headers.Location!).PathAndQuery));
        }

        Assert.Equal("200", await PeopleHost.LeadsToAsync(browser, "/dashboard/keys"));
        using var again = host.Browser();
        Assert.Contains("no longer holds", await again.GetStringAsync(new Uri(link.Path, UriKind.Relative)), StringComparison.Ordinal);
        using var entered = await PeopleHost.PostAsync(again, "/sign-in", "sign-in", ("email", Other), ("password", Chosen));
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
        Assert.Equal(["member.added", "member.sign_in_link_created", "member.password_set", "member.signed_in", "member.signed_in"], await ActionsAsync(host));
    }

    [Fact]
    public async Task OfTwoUsesAtOnceOneSetsThePassword()
    {
        await using var host = new PeopleHost(store);
        using var owner = await host.OwnerAsync();
        var token = (await LinkAsync(host)).Path.Split('=')[1];
        using var scope = host.Services.CreateScope();
        var links = scope.ServiceProvider.GetRequiredService<SignInLinks>();
        var uses = await Task.WhenAll(links.UseAsync(token, Chosen), links.UseAsync(token, "another sentence"));
        Assert.Single(uses, use => use.Email == Other);
    }

    /// <summary>A link that lies in a log does not come to life again because the member's password was taken away.</summary>
    [Fact]
    public async Task AResetLeavesOnlyItsOwnLink()
    {
        await using var host = new PeopleHost(store);
        using var owner = await host.OwnerAsync();
        var before = await LinkAsync(host);
        using var scope = host.Services.CreateScope();
        var links = scope.ServiceProvider.GetRequiredService<SignInLinks>();
        Assert.NotNull(links.Find(before.Path.Split('=')[1], host.Clock.GetUtcNow()));
        var command = new Actor(ActorKind.System, "command-line");
        var first = (await links.ResetAsync(Other, command, "jo"))!;
        var second = (await links.ResetAsync(Other, command, "jo"))!;
        Assert.Equal([null, null, Other], new[] { before, first, second }.Select(link => links.Find(link.Path.Split('=')[1], host.Clock.GetUtcNow())));
    }

    [Fact]
    public async Task ALinkRunsOut()
    {
        await using var host = new PeopleHost(store);
        using var owner = await host.OwnerAsync();
        var link = await LinkAsync(host);
        using var browser = host.Browser();
        host.Clock.Ahead = SignInLinks.Lifetime + TimeSpan.FromSeconds(1);
        Assert.Contains("no longer holds", await browser.GetStringAsync(new Uri(link.Path, UriKind.Relative)), StringComparison.Ordinal);
        using var scope = host.Services.CreateScope();
        Assert.Null((await scope.ServiceProvider.GetRequiredService<SignInLinks>().UseAsync(link.Path.Split('=')[1], Chosen)).Email);
    }

    [Fact]
    public async Task ARemovedMembersLinkOpensNothing()
    {
        await using var host = new PeopleHost(store);
        using var owner = await host.OwnerAsync();
        var link = await LinkAsync(host);
        using var scope = host.Services.CreateScope();
        Assert.Equal(MemberEdits.Outcome.Done, await scope.ServiceProvider.GetRequiredService<MemberEdits>().RemoveAsync(Other, s_owner));
        Assert.Null(scope.ServiceProvider.GetRequiredService<SignInLinks>().Find(link.Path.Split('=')[1], DateTimeOffset.UtcNow));
        await AddAsync(host);
        Assert.Null(scope.ServiceProvider.GetRequiredService<SignInLinks>().Find(link.Path.Split('=')[1], DateTimeOffset.UtcNow));
    }

    [Fact]
    public async Task TheTokenIsStoredNowhereAndAMemberWithAPasswordGetsNone()
    {
        await using var host = new PeopleHost(store);
        using var owner = await host.OwnerAsync();
        var token = (await LinkAsync(host)).Path.Split('=')[1];
        await using var db = host.Services.GetRequiredService<Reads>().Open();
        var row = Assert.Single(await db.UserTokens.ToListAsync());
        Assert.DoesNotContain(token, $"{row.Name} {row.Value} {row.LoginProvider}", StringComparison.Ordinal);
        Assert.DoesNotContain(await db.Audit.ToListAsync(), audit => System.Text.Encoding.UTF8.GetString(audit.Body).Contains(token, StringComparison.Ordinal));
        using var scope = host.Services.CreateScope();
        Assert.Empty(await scope.ServiceProvider.GetRequiredService<SignInLinks>().CreateAsync([PeopleHost.Email, "nobody@acme.test"], Actor.Bootstrap));
    }

    [Theory]
    [Trait(Effort.Trait, Effort.Lengthy)]
    [InlineData("short")]
    [InlineData("JO@acme.test")]
    public async Task AWeakPasswordIsRefusedAndTheLinkStays(string password)
    {
        await using var host = new PeopleHost(store);
        using var owner = await host.OwnerAsync();
        var link = await LinkAsync(host);
        using var browser = host.Browser();
        using (var refused = await SetAsync(browser, link, password))
        {
            Assert.Contains("field-problem", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        using var set = await SetAsync(browser, link, Chosen);
        Assert.Equal(HttpStatusCode.Redirect, set.StatusCode);
    }

    static Task<HttpResponseMessage> SetAsync(HttpClient browser, SignInLink link, string password) =>
        PeopleHost.PostAsync(browser, link.Path, "sign-in-link", ("token", link.Path.Split('=')[1]), ("password", password));

    static async Task<SignInLink> LinkAsync(PeopleHost host)
    {
        await AddAsync(host);
        using var scope = host.Services.CreateScope();
        return Assert.Single(await scope.ServiceProvider.GetRequiredService<SignInLinks>().CreateAsync([Other], Actor.Bootstrap));
    }

    static async Task AddAsync(PeopleHost host)
    {
        using var scope = host.Services.CreateScope();
        var members = scope.ServiceProvider.GetRequiredService<MemberEdits>();
        Assert.Equal(MemberEdits.Outcome.Done, await host.Services.GetRequiredService<JournalWriter>().ChangeAsync(change =>
            members.SaveInChange(change, new MemberDefinition { Email = Other, Role = MemberRole.Developer }, null, Actor.Bootstrap)));
    }

    static async Task<IReadOnlyList<string>> ActionsAsync(PeopleHost host)
    {
        await using var db = host.Services.GetRequiredService<Reads>().Open();
        return await db.Audit.Where(row => row.TargetId == Other).OrderBy(row => row.Id).Select(row => row.Action).ToListAsync();
    }
}

public sealed class SignInLinkTestsOnSqlite() : SignInLinkTests(Store.Sqlite);

public sealed class SignInLinkTestsOnPostgres() : SignInLinkTests(Store.Postgres);
