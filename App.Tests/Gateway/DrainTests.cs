using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Governance.Ledger;
using Governance.Tests.Members;
using Governance.Tests.Proofs;

namespace Governance.Tests.Gateway;

/// <summary>How the process ends on a signal, with real processes and the sandbox as provider.</summary>
public sealed class DrainTests
{
    const string Budget = "budgets:\n  - { id: month, scope: { project: main }, cap_usd: \"100.00\" }\n";
    const string Slow = "[[slow 150ms]] [[tokens 120]]";

    [Fact]
    public async Task CallsInFlightFinishWholeWhileNewOnesAreToldToComeLater()
    {
        await using var product = await StartAsync(600);
        var streams = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => product.StreamAsync(Call(Slow))));
        Assert.All(streams, stream => Assert.Equal(HttpStatusCode.OK, stream.StatusCode));

        var stopping = product.App.StopAsync(TimeSpan.FromSeconds(90));
        var ready = await NotReadyAsync(product);
        Assert.StartsWith("stopping", ready.GetProperty("why").GetString(), StringComparison.Ordinal);
        var refused = await product.CallAsync(Call("hello"));
        Assert.Equal((503, "true", "1", "draining"), (refused.Status, refused.Header("x-should-retry"), refused.Header("retry-after"), refused.Json.GetProperty("error").GetProperty("code").GetString()));
        using (var page = await product.App.Client.GetAsync(new Uri("sign-in", UriKind.Relative)))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, page.StatusCode);
        }

        foreach (var stream in streams)
        {
            var text = await stream.Content.ReadAsStringAsync();
            Assert.Contains("event: message_stop", text, StringComparison.Ordinal);
            Assert.DoesNotContain("event: error", text, StringComparison.Ordinal);
            stream.Dispose();
        }
        Assert.Equal(0, await stopping);
        Assert.Equal([(long)UsageOutcome.Posted], product.Rows("SELECT outcome FROM usage").Select(row => row.Number("outcome")).Distinct());
        Assert.Equal(4, product.Rows("SELECT id FROM usage").Count);
        await CleanAsync(product);
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task WhatIsNotFinishedInTimeIsCutProperlyAndCountsWithItsHold()
    {
        await using var product = await StartAsync(1);
        using var stream = await product.StreamAsync(Call("[[slow 900ms]] [[tokens 500]]"));
        Assert.Equal(0, await StopAsync(product, TimeSpan.FromSeconds(25)));
        await CutAsync(product, stream);
    }

    [Fact]
    public async Task ASecondSignalEndsItSooner()
    {
        await using var product = await StartAsync(600);
        using var stream = await product.StreamAsync(Call("[[slow 900ms]] [[tokens 500]]"));
        var first = StopAsync(product, TimeSpan.FromSeconds(40));
        await NotReadyAsync(product);
        Assert.False(product.App.HasExited);
        Assert.Equal(0, await StopAsync(product, TimeSpan.FromSeconds(25)));
        Assert.Equal(0, await first);
        await CutAsync(product, stream);
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task AnAnswerThatHasNotBegunIsCutWithAnAnswerOfOurs()
    {
        await using var product = await StartAsync(1);
        var waiting = product.CallAsync(Answers.Call("claude-sonnet-5", 600, "[[delay 300s]]"));
        await Eventually.ReadAsync(() => product.Rows("SELECT id FROM holds").Count, count => count == 1);
        Assert.Equal(0, await StopAsync(product, TimeSpan.FromSeconds(25)));
        var reply = await waiting;
        Assert.Equal((504, "false", "stopped"), (reply.Status, reply.Header("x-should-retry"), reply.Json.GetProperty("error").GetProperty("code").GetString()));
        await AssumedAsync(product);
    }

    [Fact]
    public async Task AnOpenPageDoesNotHoldItUp()
    {
        const string Owner = "members:\n  - { email: maria@acme.test, role: owner, password_env: DRAIN_PASSWORD }\n";
        await using var product = await Product.StartAsync(null, Budget + Owner, environment: [("Governance__Drain__Seconds", "600"), ("DRAIN_PASSWORD", PeopleHost.Password)]);
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var browser = new HttpClient(handler) { BaseAddress = product.App.Url };
        using var entered = await PeopleHost.PostAsync(browser, "/sign-in", "sign-in", ("email", "maria@acme.test"), ("password", PeopleHost.Password));
        using var answer = await browser.PostAsync(new Uri("_blazor/negotiate?negotiateVersion=1", UriKind.Relative), null);
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("connectionToken").GetString();
        using var circuit = new ClientWebSocket();
        circuit.Options.Cookies = handler.CookieContainer;
        circuit.Options.SetRequestHeader("Origin", product.App.Url.GetLeftPart(UriPartial.Authority));
        await circuit.ConnectAsync(new Uri($"ws://127.0.0.1:{product.App.Url.Port}/_blazor?id={token}"), CancellationToken.None);
        await circuit.SendAsync(Encoding.UTF8.GetBytes("{\"protocol\":\"blazorpack\",\"version\":1}\u001e"), WebSocketMessageType.Text, true, CancellationToken.None);
        Assert.Equal(0, await StopAsync(product, TimeSpan.FromSeconds(15)));
    }

    static Task<Product> StartAsync(int drainSeconds) =>
        Product.StartAsync(null, Budget, environment: ("Governance__Drain__Seconds", drainSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    static string Call(string text) => Answers.Call("claude-sonnet-5", 600, text, ",\"stream\":true");

    static Task<int> StopAsync(Product product, TimeSpan within) => product.App.StopAsync(within);

    static async Task<JsonElement> NotReadyAsync(Product product)
    {
        for (var i = 0; i < 100; i++)
        {
            using var answer = await product.App.Client.GetAsync(new Uri("health/ready", UriKind.Relative));
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                return await answer.Content.ReadFromJsonAsync<JsonElement>();
            }
            await Task.Delay(20);
        }
        throw new TimeoutException("It stayed ready.");
    }

    static async Task CutAsync(Product product, HttpResponseMessage stream)
    {
        var text = await stream.Content.ReadAsStringAsync();
        Assert.Contains("event: error", text[text.LastIndexOf("event: ", StringComparison.Ordinal)..], StringComparison.Ordinal);
        await AssumedAsync(product);
    }

    static async Task AssumedAsync(Product product)
    {
        var entry = Assert.Single(product.Rows("SELECT * FROM usage"));
        Assert.Equal(((long)UsageOutcome.Assumed, "OursStopped", (long)UsageFlags.Unverified), (entry.Number("outcome"), entry.Text("end"), entry.Number("flags")));
        Assert.Equal(entry.Number("estimate_nanos"), entry.Number("cost_nanos"));
        Assert.Equal((entry.Number("cost_nanos"), 0L), product.Balance("month"));
        await CleanAsync(product);
    }

    static async Task CleanAsync(Product product)
    {
        Assert.Empty(product.Rows("SELECT id FROM holds"));
        var (code, output) = await VerifyCommand.RunAsync(product.App.DataFolder);
        Assert.True(code == 0, output);
    }
}
