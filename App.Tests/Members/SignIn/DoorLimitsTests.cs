using System.Net;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Members;
using Governance.Members.SignIn;
using Governance.Projects;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Tests.Members.SignIn;

/// <summary>Passwords and tokens are tried so often and no more, and nobody locks out anybody else.</summary>
public sealed class DoorLimitsTests
{
    [Fact]
    public async Task FiveThousandAttemptsFromOneAddressAreHardlyLookedAtAndTheOwnerComesIn()
    {
        var hasher = new CountedHasher();
        await using var host = new PeopleHost { Further = services => services.AddSingleton<IPasswordHasher<Member>>(hasher) };
        using var owner = await host.OwnerAsync();
        using var attacker = host.Browser("192.0.2.7");
        attacker.DefaultRequestHeaders.Remove("Accept");
        using var form = await attacker.GetAsync(new Uri("/sign-in", UriKind.Relative));
        var token = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await form.Content.ReadAsStringAsync()).QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        var statuses = new System.Collections.Concurrent.ConcurrentBag<HttpStatusCode>();
        var middle = new TaskCompletionSource();

        var attack = Parallel.ForEachAsync(Enumerable.Range(0, 5_000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, cancellationToken) =>
        {
            using var sent = new FormUrlEncodedContent([new("email", number % 2 == 0 ? PeopleHost.Email : $"guess{number}@acme.test"), new("password", "wrong"), new("_handler", "sign-in"), new("__RequestVerificationToken", token)]);
            using var answer = await attacker.PostAsync(new Uri("/sign-in", UriKind.Relative), sent, cancellationToken);
            statuses.Add(answer.StatusCode);
            if (statuses.Count >= 1_000)
            {
                middle.TrySetResult();
            }
        });
        await middle.Task;
        using var elsewhere = host.Browser("192.0.2.8");
        using var entered = await PeopleHost.PostAsync(elsewhere, "/sign-in", "sign-in", ("email", PeopleHost.Email), ("password", PeopleHost.Password));
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
        await attack;

        // 30 at once and 30 a minute, however long the 5,000 took: of them ten for the owner, and one a minute.
        var looked = statuses.Count(status => status == HttpStatusCode.OK);
        Assert.InRange(looked, DoorLimits.MaxByAccountAndVisitor, 300);
        Assert.Equal(5_000, statuses.Count(status => status is HttpStatusCode.OK or HttpStatusCode.TooManyRequests));
        Assert.Equal(looked + 1, hasher.Checks);
        Assert.False(hasher.WasOnThePool);
        Assert.InRange(hasher.MostAtOnce, 1, Math.Max(1, Environment.ProcessorCount / 2));
    }

    [Theory]
    [InlineData("/sign-in", "sign-in")]
    [InlineData("/sign-in/link?token=x", "sign-in-link")]
    [InlineData("/welcome", "welcome")]
    public async Task AnAddressThatSendsTooManyFormsIsToldToWaitInWords(string path, string handler)
    {
        await using var host = new PeopleHost();
        using var owner = path == "/welcome" ? null : await host.OwnerAsync();
        using var visitor = host.Browser("2001:db8:1:2::1");
        for (var sent = 0; sent < DoorLimits.MaxByAddress; sent++)
        {
            using var answer = await PostAsync(visitor, path, handler);
            Assert.NotEqual(HttpStatusCode.TooManyRequests, answer.StatusCode);
        }
        // The same household, with another address of its own.
        using var neighbour = host.Browser("2001:db8:1:2:ffff::9");
        using var page = await UntilRefusedAsync(neighbour, path, handler);
        Assert.NotNull(page.Headers.RetryAfter);
        Assert.Contains("Too many attempts", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        neighbour.DefaultRequestHeaders.Remove("Accept");
        using var bare = await UntilRefusedAsync(neighbour, path, handler);
        Assert.StartsWith("Too many attempts from this address.", await bare.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // Pages can still be read, and another network is not concerned.
        Assert.NotEqual("429", await PeopleHost.LeadsToAsync(neighbour, path));
        using var other = host.Browser("2001:db8:1:3::1");
        using var open = await PostAsync(other, path, handler);
        Assert.NotEqual(HttpStatusCode.TooManyRequests, open.StatusCode);
    }

    /// <summary>Whoever fills in a form by hand sees a page; whoever goes on sending gets a sentence, which costs next to nothing.</summary>
    [Fact]
    public async Task AnAddressThatGoesOnSendingFormsIsAnsweredWithASentenceInsteadOfAPage()
    {
        await using var host = new PeopleHost();
        using var owner = await host.OwnerAsync();
        using var visitor = host.Browser("192.0.2.7");
        using var page = await UntilRefusedAsync(visitor, "/sign-in", "sign-in");
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        string? kind = null;
        for (var sent = 0; kind != "text/plain"; sent++)
        {
            Assert.True(sent < 500);
            using var answer = await UntilRefusedAsync(visitor, "/sign-in", "sign-in");
            kind = answer.Content.Headers.ContentType?.MediaType;
            Assert.NotNull(answer.Headers.RetryAfter);
            Assert.Contains("Too many attempts", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        using var other = host.Browser("192.0.2.8");
        using var seen = await UntilRefusedAsync(other, "/sign-in", "sign-in");
        Assert.Equal("text/html", seen.Content.Headers.ContentType?.MediaType);
    }

    /// <summary>A few come back with time: a slow machine needs some more than were given at once.</summary>
    static async Task<HttpResponseMessage> UntilRefusedAsync(HttpClient visitor, string path, string handler)
    {
        for (var sent = 0; ; sent++)
        {
            var answer = await PostAsync(visitor, path, handler);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                return answer;
            }
            answer.Dispose();
            Assert.True(sent < 500);
        }
    }

    [Fact]
    public async Task AMemberEntersFromAKnownBrowserWhateverStrangersTry()
    {
        await using var host = new PeopleHost();
        using var known = await host.OwnerAsync();
        var limits = host.Services.GetRequiredService<DoorLimits>();
        var account = PeopleHost.Email.ToUpperInvariant();
        for (var tried = 0; tried < DoorLimits.MaxByAccount; tried++)
        {
            Assert.Null(limits.Try(account, $"198.51.100.{tried}", known: false));
        }
        Assert.True(limits.IsClosedToStrangers(account));
        using var stranger = host.Browser("192.0.2.7");
        using var refused = await SignInAsync(stranger);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        using var entered = await PeopleHost.PostFromAsync(known, "/dashboard/keys", "/sign-in", "sign-in", ("email", PeopleHost.Email), ("password", PeopleHost.Password));
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
        // A forged cookie, and one of another account, is a stranger's.
        stranger.DefaultRequestHeaders.Add("Cookie", $"{KnownBrowsers.CookieName}=forged");
        using var forged = await SignInAsync(stranger);
        Assert.Equal(HttpStatusCode.TooManyRequests, forged.StatusCode);

        // A new password is a new beginning.
        using (var scope = host.Services.CreateScope())
        {
            Assert.Equal(MemberEdits.Outcome.Done, await scope.ServiceProvider.GetRequiredService<MemberEdits>().ChangePasswordAsync(PeopleHost.Email, PeopleHost.Password, new(Governance.Audit.ActorKind.Member, PeopleHost.Email)));
        }
        using var again = await SignInAsync(stranger);
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
    }

    [Fact]
    public async Task OneAddressCannotUseUpWhatIsForAllStrangers()
    {
        await using var host = new PeopleHost();
        var limits = host.Services.GetRequiredService<DoorLimits>();
        var answers = Enumerable.Range(0, 5_000).Select(_ => limits.Try("MARIA@ACME.TEST", "192.0.2.7", known: false)).ToList();
        Assert.InRange(answers.Count(wait => wait is null), DoorLimits.MaxByAccountAndVisitor, DoorLimits.MaxByAccountAndVisitor + 5);
        Assert.All(answers.OfType<TimeSpan>(), wait => Assert.InRange(wait, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1)));
        Assert.False(limits.IsClosedToStrangers("MARIA@ACME.TEST"));
        Assert.Null(limits.Try("MARIA@ACME.TEST", "192.0.2.8", known: false));
    }

    /// <summary>Of one address at most ten passwords wait, and each waits for the one before it; so there is one of them at most before somebody else's.</summary>
    [Fact]
    public async Task ManyPasswordsFromOneAddressWaitBehindEachOtherAndNotBeforeSomebodyElse()
    {
        using var hasher = new HeldHasher();
        await using var host = new PeopleHost { Further = services => services.AddSingleton<IPasswordHasher<Member>>(hasher) };
        using var owner = await host.OwnerAsync();
        var checks = host.Services.GetRequiredService<DoorLimits>().Checks;
        using var attacker = host.Browser("192.0.2.7");
        const int Sent = 25;
        // From here on it has the cookie that all its forms belong to.
        using var form = await attacker.GetAsync(new Uri("/sign-in", UriKind.Relative));
        var attack = Enumerable.Range(0, Sent).Select(number => PeopleHost.PostAsync(attacker, "/sign-in", "sign-in", ("email", $"guess{number}@acme.test"), ("password", HeldHasher.Held))).ToList();
        await Eventually.IsTrueAsync(() => attack.Count(answer => answer.IsCompleted) == Sent - DoorLimits.MaxWaitingByVisitor);
        foreach (var refused in attack.Where(answer => answer.IsCompleted))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, (await refused).StatusCode);
        }
        Assert.Equal(0, checks.GetStatistics()!.CurrentQueuedCount);

        using var elsewhere = host.Browser("192.0.2.8");
        var entering = SignInAsync(elsewhere);
        await Eventually.IsTrueAsync(() => entering.IsCompleted || checks.GetStatistics()!.CurrentQueuedCount == 1);
        hasher.Release(1);
        using var entered = await entering.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
        Assert.InRange(attack.Count(answer => !answer.IsCompleted), DoorLimits.MaxWaitingByVisitor - 1, DoorLimits.MaxWaitingByVisitor);

        hasher.Release(Sent);
        foreach (var answer in await Task.WhenAll(attack))
        {
            Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.TooManyRequests });
            answer.Dispose();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhoeverFindsTheQueueFullIsToldAtOnce(bool placesAreTaken)
    {
        await using var host = new PeopleHost();
        using var owner = await host.OwnerAsync();
        var limits = host.Services.GetRequiredService<DoorLimits>();
        var checks = placesAreTaken ? limits.Places : limits.Checks;
        var held = new List<Task<System.Threading.RateLimiting.RateLimitLease>>();
        do
        {
            held.Add(checks.AcquireAsync().AsTask());
        }
        while (!held[^1].IsCompleted || (await held[^1]).IsAcquired);
        using var visitor = host.Browser("192.0.2.7");
        using var busy = await SignInAsync(visitor);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, busy.StatusCode);
        Assert.NotNull(busy.Headers.RetryAfter);
        Assert.Contains("The server is busy", await busy.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        foreach (var one in held)
        {
            (await one).Dispose();
        }
        using var entered = await SignInAsync(visitor);
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("::1", "::1")]
    [InlineData(null, "unknown")]
    public void AVisitorIsAnAddressOrANetwork(string? address, string counted) => Assert.Equal(counted, VisitorAddress.Of(address is null ? null : IPAddress.Parse(address)));

    /// <summary>Also of pages that are still to be written, such as one for a second factor.</summary>
    [Fact]
    public void EveryFormThatTakesAPasswordOrATokenIsLimited()
    {
        string[] secrets = ["password", "current", "wanted", "token", "code"];
        var pages = typeof(FirstRun).Assembly.GetTypes().Where(type => type.GetProperties(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic)
            .Any(property => Attribute.GetCustomAttribute(property, typeof(SupplyParameterFromFormAttribute)) is SupplyParameterFromFormAttribute from && secrets.Contains((from.Name ?? property.Name).ToLowerInvariant()))).ToList();
        Assert.True(pages.Count >= 4);
        Assert.All(pages, page => Assert.True(Attribute.IsDefined(page, typeof(LimitAttemptsAttribute)), page.Name));
    }

    static Task<HttpResponseMessage> SignInAsync(HttpClient browser) => PeopleHost.PostAsync(browser, "/sign-in", "sign-in", ("email", PeopleHost.Email), ("password", PeopleHost.Password));

    static async Task<HttpResponseMessage> PostAsync(HttpClient browser, string path, string handler)
    {
        using var form = new FormUrlEncodedContent([new("_handler", handler), new("email", "nobody@acme.test"), new("password", "wrong")]);
        return await browser.PostAsync(new Uri(path, UriKind.Relative), form);
    }
}
