using System.Net;
using Governance.Shell.Door;
using Governance.Tests.Members;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Tests.Shell.Door;

/// <summary>Who comes to the pages, by which name and way: names that are not ours, proxies that nobody named, cookies in the clear, connections of foreign pages.</summary>
public sealed class DoorTests
{
    const string Proxy = "10.0.0.7";

    [Theory]
    [InlineData("/sign-in", HttpStatusCode.BadRequest)]
    [InlineData("/dashboard", HttpStatusCode.BadRequest)]
    [InlineData("/app.css", HttpStatusCode.BadRequest)]
    [InlineData("/_blazor/negotiate", HttpStatusCode.BadRequest)]
    [InlineData("/health/live", HttpStatusCode.OK)]
    [InlineData("/health/ready", HttpStatusCode.OK)]
    [InlineData("/v1/models", HttpStatusCode.Unauthorized)]
    [InlineData("/metrics", HttpStatusCode.Unauthorized)]
    [InlineData("/api/policy/export", HttpStatusCode.Unauthorized)]
    public async Task UnderAForeignNameOnlyWhatNoSessionOpensAnswers(string path, HttpStatusCode status)
    {
        await using var host = new PeopleHost();
        using var browser = await host.OwnerAsync();
        browser.DefaultRequestHeaders.Host = "evil.test";
        using var answer = await browser.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task TheWordOfAProxyCountsOnlyWhereItIsNamed()
    {
        await using var host = new PeopleHost().With("Governance:Proxies", Proxy).With("Governance:PublicUrl", "https://gov.acme.test");
        using (await host.OwnerAsync())
        {
        }
        foreach (var (address, trusted) in ((string, bool)[])[(Proxy, true), ("::ffff:" + Proxy, true), ("10.0.0.8", false), ("127.0.0.1", false)])
        {
            using var browser = Forwarded(host, address, "https", "gov.acme.test");
            using var page = await browser.GetAsync(new Uri("/sign-in", UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
            Assert.Equal(trusted, page.Headers.Contains("Strict-Transport-Security"));
            var cookies = page.Headers.GetValues("Set-Cookie").ToList();
            Assert.NotEmpty(cookies);
            Assert.All(cookies, cookie => Assert.Equal(trusted, cookie.Contains("; secure", StringComparison.OrdinalIgnoreCase)));
        }
        // The name that it passes on is looked at like any other.
        using var foreign = Forwarded(host, Proxy, "https", "evil.test");
        using var refused = await foreign.GetAsync(new Uri("/sign-in", UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task EveryCookieIsSecureUnderTls()
    {
        await using var host = new PeopleHost().With("Governance:Proxies", Proxy);
        using (await host.OwnerAsync())
        {
        }
        using var browser = Forwarded(host, Proxy, "https", "localhost");
        browser.BaseAddress = new Uri("https://localhost");
        using var entered = await PeopleHost.PostAsync(browser, "/sign-in", "sign-in", ("email", PeopleHost.Email), ("password", PeopleHost.Password));
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
        var session = Assert.Single(entered.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("governance=", StringComparison.Ordinal));
        Assert.Contains("; secure", session, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("200", await PeopleHost.LeadsToAsync(browser, "/dashboard"));
        // For a year it would bind every other program on this machine to TLS.
        Assert.False(entered.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task WithRequireHttpsNothingIsServedInTheClearButProbesAndThisMachine()
    {
        await using var host = new PeopleHost().With("Governance:Proxies", Proxy).With("Governance:RequireHttps", "true").With("Governance:PublicUrl", "https://gov.acme.test:8443");
        using (await host.OwnerAsync())
        {
        }
        using var plain = Forwarded(host, Proxy, "http", "gov.acme.test");
        using (var led = await plain.GetAsync(new Uri("/dashboard?x=1", UriKind.Relative)))
        {
            Assert.Equal((HttpStatusCode.TemporaryRedirect, "https://gov.acme.test:8443/dashboard?x=1"), (led.StatusCode, led.Headers.Location!.OriginalString));
        }
        using (var body = new StringContent("{}"))
        using (var call = await plain.PostAsync(new Uri("/v1/messages", UriKind.Relative), body))
        {
            Assert.Equal(HttpStatusCode.BadRequest, call.StatusCode);
            Assert.Contains("https_required", await call.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.Equal("200", await PeopleHost.LeadsToAsync(plain, "/health/live"));
        using var tls = Forwarded(host, Proxy, "https", "gov.acme.test");
        Assert.Equal("200", await PeopleHost.LeadsToAsync(tls, "/sign-in"));
        using var here = host.Browser();
        Assert.Equal("200", await PeopleHost.LeadsToAsync(here, "/sign-in"));
        using var liar = Forwarded(host, "192.0.2.7", "https", "gov.acme.test");
        Assert.StartsWith("/sign-in", await PeopleHost.LeadsToAsync(liar, "/sign-in"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("http://localhost", true)]
    [InlineData("http://LOCALHOST", true)]
    [InlineData("http://localhost:80", true)]
    [InlineData("https://gov.acme.test", true)]
    [InlineData("http://gov.acme.test", false)]
    [InlineData("https://gov.acme.test:444", false)]
    [InlineData("http://localhost:3000", false)]
    [InlineData("http://evil.test", false)]
    [InlineData("http://localhost.evil.test", false)]
    [InlineData("null", false)]
    [InlineData("localhost", false)]
    public async Task AWebSocketIsOpenedOnlyByAPageOfOurs(string? origin, bool ours)
    {
        await using var host = new PeopleHost().With("Governance:PublicUrl", "https://gov.acme.test");
        using var browser = await host.OwnerAsync();
        foreach (var path in (string[])["/_blazor?id=x", "/dashboard", "/_BLAZOR"])
        {
            using var request = Upgrade(path, origin);
            using var answer = await browser.SendAsync(request);
            Assert.Equal(!ours, answer.StatusCode == HttpStatusCode.Forbidden);
        }
        using var negotiation = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1");
        negotiation.Headers.TryAddWithoutValidation("Origin", origin ?? "http://localhost");
        using var negotiated = await browser.SendAsync(negotiation);
        Assert.Equal(ours || origin is null ? HttpStatusCode.OK : HttpStatusCode.Forbidden, negotiated.StatusCode);
    }

    [Fact]
    public async Task NobodyOpensACircuitBeforeTheySignIn()
    {
        await using var host = new PeopleHost();
        using (await host.OwnerAsync())
        {
        }
        using var visitor = host.Browser();
        foreach (var path in (string[])["/_blazor/negotiate?negotiateVersion=1", "/_blazor/disconnect"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path);
            request.Headers.Add("X-Requested-With", "XMLHttpRequest");
            using var answer = await visitor.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
        using var upgrade = Upgrade("/_blazor?id=x", "http://localhost");
        using var refused = await visitor.SendAsync(upgrade);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        // The script of a page whose session has ended asks for this first, and would read the sign-in page as its own data.
        using var begun = await visitor.GetAsync(new Uri("/_blazor/initializers", UriKind.Relative));
        Assert.Equal((HttpStatusCode.Unauthorized, "text/plain"), (begun.StatusCode, begun.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task AnAddressMayAskForSoManyConnectionsAMinuteAndOthersAreNotHeldUp()
    {
        await using var host = new PeopleHost().With("Governance:Door:MaxNegotiationsPerMinute", "5");
        using var owner = await host.OwnerAsync();
        using var flood = host.Browser("2001:db9::1");
        // A minute may end while it is counted: then it begins anew.
        var refused = 0;
        for (var i = 0; i < 12; i++)
        {
            using var answer = await flood.PostAsync(new Uri("/_blazor/negotiate?negotiateVersion=1", UriKind.Relative), null);
            refused += answer.StatusCode == HttpStatusCode.TooManyRequests ? 1 : 0;
        }
        Assert.InRange(refused, 2, 7);
        using var other = await owner.PostAsync(new Uri("/_blazor/negotiate?negotiateVersion=1", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task OnlySoManyPagesAreOpenAndOneThatIsClosedMakesRoom()
    {
        await using var host = new PeopleHost().With("Governance:Door:MaxPagesPerAddress", "1");
        using var owner = await host.OwnerAsync();
        var connections = host.Services.GetRequiredService<PageConnections>();
        var held = new TaskCompletionSource();
        var first = connections.CountAsync(Upgrading("192.0.2.1"), _ => held.Task);
        Assert.Equal((503, 1), (await StatusAsync("192.0.2.1"), connections.Open));
        Assert.Equal(200, await StatusAsync("192.0.2.2"));
        held.SetResult();
        await first;
        Assert.Equal((200, 0), (await StatusAsync("192.0.2.1"), connections.Open));

        async Task<int> StatusAsync(string address)
        {
            var context = Upgrading(address);
            await connections.CountAsync(context, _ => Task.CompletedTask);
            return context.Response.StatusCode;
        }
    }

    static Microsoft.AspNetCore.Http.DefaultHttpContext Upgrading(string address)
    {
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Request.Host = new Microsoft.AspNetCore.Http.HostString("localhost");
        context.Request.Path = "/_blazor";
        context.Request.Headers.Upgrade = "websocket";
        context.Request.Headers.Origin = "http://localhost";
        return context;
    }

    static HttpRequestMessage Upgrade(string path, string? origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        if (origin is not null)
        {
            request.Headers.TryAddWithoutValidation("Origin", origin);
        }
        return request;
    }

    static HttpClient Forwarded(PeopleHost host, string address, string scheme, string name)
    {
        var browser = host.Browser(address);
        browser.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        browser.DefaultRequestHeaders.Add("X-Forwarded-Proto", scheme);
        browser.DefaultRequestHeaders.Add("X-Forwarded-Host", name);
        return browser;
    }
}
