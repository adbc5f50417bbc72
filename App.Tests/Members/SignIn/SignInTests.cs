using System.Net;
using System.Security.Claims;
using Governance.Audit;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Journal;
using Governance.Members;
using Governance.Members.SignIn;
using Governance.Projects;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Tests.Members.SignIn;

public abstract class SignInTests(Store store)
{
    const string Other = "dev@acme.test";
    static readonly Actor s_owner = new(ActorKind.Member, PeopleHost.Email);

    [Fact]
    public async Task AfterTenAttemptsFromOnePlaceItWaitsThereAndNowhereElse()
    {
        await using var host = new PeopleHost(store);
        using var owner = await host.OwnerAsync();
        using var visitor = host.Browser("192.0.2.7");
        using var stranger = host.Browser("192.0.2.8");
        var wrong = await AnswerAsync(visitor, "nobody@acme.test", "wrong password");
        for (var attempt = 0; attempt < DoorLimits.MaxByAccountAndVisitor; attempt++)
        {
            Assert.Equal(wrong, await AnswerAsync(visitor, PeopleHost.Email, "wrong password"));
            Assert.Equal(wrong, await AnswerAsync(stranger, "nobody@acme.test", "wrong password"));
        }
        // The right password is not looked at any more, and nobody learns whether there is such a member.
        Assert.Equal(await AnswerAsync(stranger, "nobody@acme.test", PeopleHost.Password, HttpStatusCode.TooManyRequests), await AnswerAsync(visitor, PeopleHost.Email, PeopleHost.Password, HttpStatusCode.TooManyRequests));
        using var elsewhere = host.Browser("192.0.2.9");
        using var entered = await SignInAsync(elsewhere, PeopleHost.Email, PeopleHost.Password);
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
    }

    [Fact]
    public async Task OfTwelveWrongTriesAtOnceTenAreLookedAtAndNoCallIsHeldUp()
    {
        await using var host = new PeopleHost();
        using var owner = await host.OwnerAsync();
        var key = await host.Services.GetRequiredService<ProjectEdits>().CreateKeyAsync(new KeyDefinition { Id = "race", Project = "playground" }, s_owner);
        using var caller = host.Browser();
        caller.DefaultRequestHeaders.Add("x-api-key", key!.Text);
        var visitors = Enumerable.Range(0, 12).Select(_ => host.Browser("192.0.2.7")).ToList();

        var tries = visitors.Select(async visitor =>
        {
            using var answer = await SignInAsync(visitor, PeopleHost.Email, "wrong password");
            return (answer.StatusCode, Waits: answer.Headers.RetryAfter is not null);
        }).ToList();
        var calls = 0;
        while (!tries.All(one => one.IsCompleted))
        {
            using var body = new StringContent("""{"model":"claude-sonnet-5","max_tokens":20,"messages":[{"role":"user","content":"Hello"}]}""", System.Text.Encoding.UTF8, "application/json");
            using var answer = await caller.PostAsync(new Uri("/v1/messages", UriKind.Relative), body);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            calls++;
        }

        var answers = await Task.WhenAll(tries);
        Assert.Equal(DoorLimits.MaxByAccountAndVisitor, answers.Count(answer => answer == (HttpStatusCode.OK, false)));
        Assert.Equal(2, answers.Count(answer => answer == (HttpStatusCode.TooManyRequests, true)));
        Assert.True(calls > 1);
        visitors.ForEach(visitor => visitor.Dispose());
    }

    [Fact]
    public async Task EveryRefusalIsTheSameWorkAndWritesNothing()
    {
        var hasher = new CountingHasher();
        await using var host = new PeopleHost(store) { Further = services => services.AddSingleton<IPasswordHasher<Member>>(hasher) };
        using var owner = await host.OwnerAsync();
        using (var scope = host.Services.CreateScope())
        {
            var members = scope.ServiceProvider.GetRequiredService<MemberEdits>();
            await members.CreateAsync(new MemberDefinition { Email = Other }, PeopleHost.Password, s_owner);
            await members.RemoveAsync(Other, s_owner);
            await host.Services.GetRequiredService<JournalWriter>().ChangeAsync(change => members.SaveInChange(change, new MemberDefinition { Email = "new@acme.test" }, null, s_owner));
        }
        using var visitor = host.Browser("192.0.2.7");
        var before = await RowsAsync(host);
        foreach (var (email, password) in ((string, string)[])[("nobody@acme.test", "wrong"), (PeopleHost.Email, "wrong"), (Other, PeopleHost.Password), ("new@acme.test", ""), (new string('x', 3_000) + "@acme.test", "wrong")])
        {
            hasher.Checked.Clear();
            await AnswerAsync(visitor, email, password);
            // One check each, of a hash that takes as long as any other.
            var hash = Convert.FromBase64String(Assert.Single(hasher.Checked));
            Assert.Equal(hasher.Made.Select(made => Convert.FromBase64String(made)[..13]).First(), hash[..13]);
        }
        Assert.Equal(before, await RowsAsync(host));

        static async Task<(int Events, int Failed)> RowsAsync(PeopleHost host)
        {
            await using var db = host.Services.GetRequiredService<Reads>().Open();
            return (db.Audit.Count(), db.Users.Sum(member => member.AccessFailedCount));
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

    static Task<HttpResponseMessage> SignInAsync(HttpClient browser, string email, string password, string query = "") =>
        PeopleHost.PostAsync(browser, "/sign-in" + query, "sign-in", ("email", email), ("password", password));

    static async Task<string> AnswerAsync(HttpClient browser, string email, string password, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var answer = await SignInAsync(browser, email, password);
        Assert.Equal(status, answer.StatusCode);
        return new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync()).QuerySelector("#password-problem")!.TextContent;
    }

    /// <summary>Remembers the hashes that it made and checked.</summary>
    sealed class CountingHasher : IPasswordHasher<Member>
    {
        readonly PasswordHasher<Member> _hasher = new();

        public List<string> Made { get; } = [];

        public List<string> Checked { get; } = [];

        public string HashPassword(Member user, string password)
        {
            Made.Add(_hasher.HashPassword(user, password));
            return Made[^1];
        }

        public PasswordVerificationResult VerifyHashedPassword(Member user, string hashedPassword, string providedPassword)
        {
            Checked.Add(hashedPassword);
            return _hasher.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}

public sealed class SignInTestsOnSqlite() : SignInTests(Store.Sqlite);

public sealed class SignInTestsOnPostgres() : SignInTests(Store.Postgres);
