using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Governance.EndToEnd.Pages;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Tests;
using Governance.Tests.Proofs;
using Microsoft.Playwright;

namespace Governance.EndToEnd;

/// <summary>Two instances of the product on one PostgreSQL, behind the nginx that docs/deploying.md describes for several instances.</summary>
public sealed class InstancesBehindProxyTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    const string ManagementKey = "a-management-key-of-two-instances";
    const string SetupToken = "a token that both instances know";

    readonly Nginx _nginx = Nginx.Prepare();
    readonly DirectoryInfo _shared = Directory.CreateTempSubdirectory("governance-shared-");
    readonly List<AppProcess> _instances = [];
    FakeProvider _provider = null!;
    HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _provider = await FakeProvider.StartAsync();
        var database = PostgresServer.Shared.NewDatabase();
        // One after the other, as the document has it.
        for (var instance = 0; instance < 2; instance++)
        {
            _instances.Add(await AppProcess.StartAsync(new AppStart
            {
                HostEnvironment = "Production",
                Environment = new Dictionary<string, string>
                {
                    ["ConnectionStrings__Governance"] = database,
                    ["Governance__Journal__Folder"] = _shared.FullName,
                    ["Governance__PublicUrl"] = _nginx.Tls.AbsoluteUri,
                    ["Governance__Proxies"] = "127.0.0.1",
                    ["Governance__RequireHttps"] = "true",
                    ["Governance__SetupToken"] = SetupToken,
                    ["Governance__ManagementKey"] = ManagementKey,
                    ["PROOFS_UPSTREAM_KEY"] = "sk-operators-own",
                    ["Governance__EnvironmentKeys__PROOFS_UPSTREAM_KEY"] = "127.0.0.1",
                },
            }));
        }
        await _nginx.StartAsync([.. _instances.Select(instance => instance.Url)]);
        _client = Client();
    }

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        await _nginx.DisposeAsync();
        foreach (var instance in _instances)
        {
            await instance.DisposeAsync();
        }
        if (_provider is not null)
        {
            await _provider.DisposeAsync();
        }
        _shared.Delete(recursive: true);
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task EveryPageOpensAtOneInstanceAndCallsGoToBoth()
    {
        var owner = await Visitor.ComeAsync(browser, _nginx.Tls);
        await owner.TryAsync(async () =>
        {
            await new WelcomePage(owner, $"/welcome?token={Uri.EscapeDataString(SetupToken)}").SignUpAsync();
            var key = await ApplyAsync();
            // Each of these negotiates at one address and opens its WebSocket at another: in turn over two instances none would listen.
            for (var page = 0; page < 6; page++)
            {
                var socket = await owner.Page.RunAndWaitForWebSocketAsync(() => owner.GoAsync(UsagePage.Requests));
                Assert.StartsWith($"wss://localhost:{_nginx.TlsPort}/_blazor", socket.Url, StringComparison.Ordinal);
            }
            Assert.Empty(owner.Complaints);

            const int Calls = 6;
            for (var call = 0; call < Calls; call++)
            {
                await CallAsync(key);
            }
            await Assertions.Expect(new UsagePage(owner).CallsBy("spread-key")).ToHaveCountAsync(Calls);
            Assert.Equal(_instances.Select(instance => instance.Url.Authority).Order(StringComparer.Ordinal), _nginx.AnsweredBy("/v1/messages").Order(StringComparer.Ordinal));
            var opened = Assert.Single(_nginx.AnsweredBy("/_blazor/negotiate"));

            // The one that has the pages goes; an open page connects to the other one by itself.
            await _instances.Single(instance => instance.Url.Authority == opened).StopAsync();
            await CallAsync(key);
            await Assertions.Expect(new UsagePage(owner).CallsBy("spread-key")).ToHaveCountAsync(Calls + 1);
            Assert.Equal(2, _nginx.AnsweredBy("/_blazor/negotiate").Count);
        });
    }

    /// <summary>A project whose calls go to the provider of this test, set up through nginx.</summary>
    async Task<string> ApplyAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/policy/apply")
        {
            Content = new StringContent($$"""
                apiVersion: governance/v1
                upstreams: [{ id: fake, kind: anthropic, base_url: "{{_provider.Url}}", api_key_env: PROOFS_UPSTREAM_KEY, allow_private_network: true }]
                projects: [{ id: spread, name: Spread, upstreams: [fake], keys: [{ id: spread-key }] }]
                {{Answers.PriceRows}}
                """),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ManagementKey);
        using var answer = await _client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("new_keys")[0].GetProperty("secret").GetString()!;
    }

    HttpClient Client() =>
        new(new SocketsHttpHandler { UseProxy = false, SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == _nginx.Thumbprint } }) { BaseAddress = _nginx.Tls };

    async Task CallAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/messages") { Content = new StringContent(Answers.Call(), Encoding.UTF8, "application/json") };
        request.Headers.Add("x-api-key", key);
        using var answer = await _client.SendAsync(request);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }
}
