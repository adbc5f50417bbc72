using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Governance.EndToEnd.Pages;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Tests;
using Governance.Tests.Proofs;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;

namespace Governance.EndToEnd;

/// <summary>The published product in Production, started in another folder than its own, behind the nginx that docs/deploying.md describes.</summary>
public sealed class ReverseProxyTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    const string ManagementKey = "a-management-key-behind-a-proxy";
    const string ClientAddress = "127.0.0.7";

    readonly Nginx _nginx = Nginx.Prepare();
    readonly DirectoryInfo _elsewhere = Directory.CreateTempSubdirectory("governance-elsewhere-");
    PublishedProduct _published = null!;
    FakeProvider _provider = null!;
    AppProcess _app = null!;
    HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _published = await PublishedProduct.PublishAsync();
        _provider = await FakeProvider.StartAsync();
        _app = await AppProcess.StartAsync(new AppStart
        {
            Assembly = _published.Assembly,
            WorkingFolder = _elsewhere.FullName,
            HostEnvironment = "Production",
            Environment = new Dictionary<string, string>
            {
                // A path of the working folder, as it is by default.
                ["ConnectionStrings__Governance"] = "Data Source=data/governance.db",
                ["Governance__PublicUrl"] = _nginx.Tls.AbsoluteUri,
                ["Governance__Proxies"] = "127.0.0.1",
                ["Governance__RequireHttps"] = "true",
                ["Governance__ManagementKey"] = ManagementKey,
                ["PROOFS_UPSTREAM_KEY"] = "sk-operators-own",
                ["Governance__EnvironmentKeys__PROOFS_UPSTREAM_KEY"] = "127.0.0.1",
            },
        });
        await _nginx.StartAsync(_app.Url);
        _client = Client();
    }

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        await _nginx.DisposeAsync();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
        if (_provider is not null)
        {
            await _provider.DisposeAsync();
        }
        _published?.Dispose();
        _elsewhere.Delete(recursive: true);
    }

    [Fact]
    public async Task EverythingWorksBehindTheNginxOfTheDocument()
    {
        var owner = await Visitor.ComeAsync(browser, _nginx.Plain);
        await owner.TryAsync(async () =>
        {
            // From http, by the first page and by the printed link, to https.
            Assert.Equal(200, await owner.GoAsync("/"));
            Assert.StartsWith(_nginx.Tls.AbsoluteUri, owner.Page.Url, StringComparison.Ordinal);
            var welcome = await _app.WelcomeAsync();
            Assert.Contains(new Uri(_nginx.Tls, welcome).AbsoluteUri, _app.Output, StringComparison.Ordinal);
            await new WelcomePage(owner, welcome).SignUpAsync();
            await CookiesAreSecureAsync(owner);

            await owner.GoAsync("/dashboard");
            await new SignInPage(owner).SignOutAsync();
            await new SignInPage(owner).EnterAsync(WelcomePage.Owner, WelcomePage.Password);
            await CookiesAreSecureAsync(owner);
            var key = await ApplyAsync();
            await ShowsACallByItselfAsync(owner, key);
            await StreamsAsync(key);
            await LargeBodiesReachTheProductAsync(key);
            Assert.Empty(owner.Complaints);
        });
        await NothingIsServedInTheClearAsync();
        await TheTrailHasTheClientsAddressAsync();
        Assert.True(File.Exists(Path.Combine(_elsewhere.FullName, "data", "governance.db")));
        // The first call that was printed is for programs elsewhere, too.
        Assert.Contains($"curl {_nginx.Tls}v1/messages", _app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("fail:", _app.Output, StringComparison.Ordinal);
        Assert.Equal("", string.Join('\n', _nginx.Errors.Split('\n').Where(line => line.Contains("[error]", StringComparison.Ordinal))));
    }

    static async Task CookiesAreSecureAsync(Visitor owner)
    {
        var cookies = await owner.Page.Context.CookiesAsync();
        Assert.True(cookies.Count >= 2, string.Join(", ", cookies.Select(cookie => cookie.Name)));
        Assert.All(cookies, cookie => Assert.True(cookie.Secure, $"{cookie.Name} is not Secure."));
    }

    /// <summary>A project whose calls go to the provider of this test, set up through nginx.</summary>
    async Task<string> ApplyAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/policy/apply")
        {
            Content = new StringContent($$"""
                apiVersion: governance/v1
                upstreams: [{ id: fake, kind: anthropic, base_url: "{{_provider.Url}}", api_key_env: PROOFS_UPSTREAM_KEY, allow_private_network: true }]
                projects: [{ id: proxied, name: Proxied, upstreams: [fake], keys: [{ id: proxied-key }] }]
                {{Answers.PriceRows}}
                """),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ManagementKey);
        using var answer = await _client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("new_keys")[0].GetProperty("secret").GetString()!;
    }

    /// <summary>The page listens by its WebSocket, which <see cref="Visitor"/> waits for.</summary>
    async Task ShowsACallByItselfAsync(Visitor owner, string key)
    {
        var socket = await owner.Page.RunAndWaitForWebSocketAsync(() => owner.GoAsync(UsagePage.Requests));
        Assert.StartsWith($"wss://localhost:{_nginx.TlsPort}/_blazor", socket.Url, StringComparison.Ordinal);
        await owner.Page.EvaluateAsync("() => { window.stayed = true; }");
        using (var answer = await CallAsync(key, Answers.Call()))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        await Assertions.Expect(new UsagePage(owner).CallsBy("proxied-key")).ToHaveCountAsync(1);
        Assert.True(await owner.Page.EvaluateAsync<bool>("() => window.stayed === true"), "The page was reloaded.");
    }

    /// <summary>The first event is read before the provider has sent the others: it sends them only when it is told to.</summary>
    async Task StreamsAsync(string key)
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _provider.Answer = request => Answers.Stream(request, 10, 5) with
        {
            Play = async (context, _) =>
            {
                var events = Answers.Events(request, 10, 5);
                await context.Response.WriteAsync(events[0], context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await goOn.Task.WaitAsync(context.RequestAborted);
                await context.Response.WriteAsync(string.Concat(events.Skip(1)), context.RequestAborted);
            },
        };
        using var answer = await CallAsync(key, Answers.Call(more: ",\"stream\":true"));
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Equal("event: message_start", await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)));
        goOn.SetResult();
        Assert.Contains("event: message_stop", await reader.ReadToEndAsync(), StringComparison.Ordinal);
        _provider.Answer = Answers.Message;
    }

    async Task NothingIsServedInTheClearAsync()
    {
        using var page = await _client.GetAsync(new Uri(_nginx.Plain, "dashboard/usage?tab=audit"));
        Assert.Equal((HttpStatusCode.TemporaryRedirect, new Uri(_nginx.Tls, "dashboard/usage?tab=audit")), (page.StatusCode, page.Headers.Location));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_nginx.Plain, "v1/messages")) { Content = new StringContent(Answers.Call()) };
        request.Headers.Add("x-api-key", "sk-gov-in-the-clear");
        using var call = await _client.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, call.StatusCode);
        Assert.Contains("https_required", await call.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // Behind the proxy nobody is on this machine.
        Assert.Equal("""{"status":"ready"}""", await _client.GetStringAsync(new Uri(_nginx.Tls, "health/ready")));
    }

    /// <summary>Left to itself nginx would refuse what is larger than 1 MiB.</summary>
    async Task LargeBodiesReachTheProductAsync(string key)
    {
        using var answer = await CallAsync(key, Answers.Call(text: new string('a', 2 * 1024 * 1024)));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.Headers.Contains("request-id"), $"{answer.StatusCode}: {text}");
    }

    /// <summary>Another loopback address than nginx has, and a lie about it.</summary>
    async Task TheTrailHasTheClientsAddressAsync()
    {
        using var visitor = Client();
        visitor.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        using var page = await visitor.GetAsync(new Uri("sign-in", UriKind.Relative));
        var token = Regex.Match(await page.Content.ReadAsStringAsync(), """name="__RequestVerificationToken"[^>]*value="([^"]+)""").Groups[1].Value;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["email"] = WelcomePage.Owner, ["password"] = WelcomePage.Password, ["_handler"] = "sign-in", ["__RequestVerificationToken"] = token });
        using var signedIn = await visitor.PostAsync(new Uri("sign-in", UriKind.Relative), form);
        Assert.True(signedIn.StatusCode == HttpStatusCode.Redirect || signedIn.StatusCode == HttpStatusCode.OK, $"{signedIn.StatusCode}");
        var told = Row.Read(Path.Combine(_elsewhere.FullName, "data", "governance.db"), "SELECT sentence FROM audit WHERE action LIKE 'member.signed_in' ORDER BY id DESC LIMIT 1").Single();
        Assert.Contains(ClientAddress, told.Text("sentence"), StringComparison.Ordinal);
    }

    async Task<HttpResponseMessage> CallAsync(string key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/messages") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("x-api-key", key);
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Programs and people from another loopback address, which take this nginx's certificate.</summary>
    HttpClient Client() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == _nginx.Thumbprint },
        ConnectCallback = static async (context, cancellation) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(IPAddress.Parse(ClientAddress), 0));
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, context.DnsEndPoint.Port), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    }) { BaseAddress = _nginx.Tls };
}
