using System.Net.Sockets;
using System.Text;
using Governance.Gateway.Upstreams;
using Governance.Ledger;
using Governance.Projects;
using Governance.Tests.Proofs;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;

namespace Governance.Tests.Gateway;

/// <summary>Bodies that take their time, headers that cannot be sent on, upstreams that never connect, and what must not be repeated.</summary>
[Collection(SharedProduct.Collection)]
public sealed class LateAndOddTests(SharedProduct shared)
{
    readonly Product _product = shared.Product;
    readonly FakeProvider _provider = shared.FreshProvider();

    [Theory]
    [InlineData("slow-revoked", ", keys: [{ id: slow-revoked-key, revoked: true }]", "401")]
    [InlineData("slow-stopped-key", ", keys: [{ id: slow-stopped-key-key, stopped: true }]", "403")]
    [InlineData("slow-stopped", ", stopped: true", "403")]
    public async Task WhatIsStoppedWhileABodyArrivesIsStopped(string project, string change, string status)
    {
        var key = await _product.ProjectAsync(project);
        (await _product.CallAsync(Answers.Call(), key)).Passed();
        var before = _provider.Requests.Count;
        var answer = await InTwoHalvesAsync(key, () => _product.ApplyAsync($"projects:\n  - {{ id: {project}, name: {project}, upstreams: [fake]{change} }}\n"));
        Assert.StartsWith("HTTP/1.1 " + status, answer, StringComparison.Ordinal);
        Assert.Equal(before, _provider.Requests.Count);
    }

    [Fact]
    public async Task ABodyInTwoHalvesIsACallLikeAnyOther()
    {
        var before = _provider.Requests.Count;
        Assert.StartsWith("HTTP/1.1 200", await InTwoHalvesAsync(_product.Key, () => Task.CompletedTask), StringComparison.Ordinal);
        Assert.Equal(before + 1, _provider.Requests.Count);
    }

    [Fact]
    public async Task AHeaderThatCannotBeSentOnIsLeftOutAndEndsNoCall()
    {
        var body = Answers.Call();
        var answer = await RawAsync($"POST /v1/messages HTTP/1.1\r\nhost: localhost\r\nx-api-key: {_product.Key}\r\nanthropic-beta: schlüssel-№1\r\nuser-agent: prüfer/1\r\nanthropic-version: 2023-06-01\r\ncontent-type: application/json\r\ncontent-length: {body.Length}\r\nconnection: close\r\n\r\n{body}");
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        var sent = _provider.Requests[^1].Headers;
        Assert.Equal("2023-06-01", sent["anthropic-version"]);
        Assert.False(sent.ContainsKey("anthropic-beta"));
        Assert.False(sent.ContainsKey("user-agent"));
    }

    /// <summary>The queue of the listener is full and nobody takes from it, so that the kernel answers no further connection.</summary>
    [Fact]
    public async Task AnUpstreamThatNeverConnectsCostsNothing()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        listener.Listen(0);
        var port = ((System.Net.IPEndPoint)listener.LocalEndPoint!).Port;
        var waiting = Enumerable.Range(0, 8).Select(_ => new TcpClient()).ToList();
        var connects = waiting.Select(client => client.ConnectAsync(System.Net.IPAddress.Loopback, port)).ToList();
        await Task.Delay(200);
        Assert.Contains(connects, connect => !connect.IsCompleted);
        await _product.ApplyAsync($"upstreams:\n  - {{ id: deaf, kind: anthropic, base_url: \"http://127.0.0.1:{port}\", api_key_env: PROOFS_UPSTREAM_KEY, allow_private_network: true }}\n");
        var key = await _product.ProjectAsync("deaf", upstream: "deaf");
        var reply = await _product.CallAsync(Answers.Call(), key);
        Assert.Equal((502, "true"), (reply.Status, reply.Header("x-should-retry")));
        var row = await _product.UsageOfAsync(reply);
        Assert.Equal(((long)UsageOutcome.Voided, 0L, "UpstreamUnreachable"), (row.Number("outcome"), row.Number("cost_nanos"), row.Text("end")));
        waiting.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task AStreamThatWasCutIsNotRepeated()
    {
        var key = await _product.ProjectAsync("cut-streams", project: ", cache: true");
        var body = Answers.Call(more: ",\"stream\":true");
        // All of its usage is there; only the end of the protocol is missing.
        _provider.Answer = request => Answers.Stream(request, 10, 5) with { Body = Encoding.UTF8.GetBytes(string.Concat(Answers.Events(request, 10, 5).SkipLast(1))) };
        var cut = await _product.CallAsync(body, key);
        Assert.Equal(Answers.Bill(Answers.Model, 10, 5), (await _product.UsageOfAsync(cut)).Number("cost_nanos"));
        _provider.Answer = Answers.Message;
        var before = _provider.Requests.Count;
        var whole = (await _product.CallAsync(body, key)).Passed();
        Assert.Equal((null, before + 1), (whole.Header("x-governance-cache"), _provider.Requests.Count));
        Assert.EndsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", whole.Text, StringComparison.Ordinal);
        await _product.UsageOfAsync(whole);
        Assert.Equal("hit", (await _product.CallAsync(body, key)).Passed().Header("x-governance-cache"));
    }

    [Fact]
    public async Task AnotherQueryIsNoRepeat()
    {
        var key = await _product.ProjectAsync("cached-query", project: ", cache: true");
        await _product.UsageOfAsync((await _product.CallAsync(Answers.Call(), key)).Passed());
        var beta = (await _product.SendAsync(_product.Post(Answers.Call(), key, [], "v1/messages?beta=true"))).Passed();
        Assert.Null(beta.Header("x-governance-cache"));
        Assert.Equal("?beta=true", _provider.Requests[^1].Query);
        await _product.UsageOfAsync(beta);
        Assert.Equal("hit", (await _product.SendAsync(_product.Post(Answers.Call(), key, [], "v1/messages?beta=true"))).Passed().Header("x-governance-cache"));
    }

    [Fact]
    public async Task ACountThatIsRefusedIsRecorded()
    {
        var key = await _product.ProjectAsync("count-denied", sections: "rules:\n  - { id: count-denied, type: deny_model, scope: { project: count-denied }, models: [proof-model], state: enforced }\n");
        var before = _provider.Requests.Count;
        var refused = (await _product.SendAsync(_product.Post("""{"model":"proof-model","messages":[{"role":"user","content":"hello"}]}""", key, [], "v1/messages/count_tokens"))).Refused(403, "policy_rule");
        var row = await _product.UsageOfAsync(refused);
        Assert.Equal(((long)UsageOutcome.Refused, "MODEL_DENIED", "count-denied", 0L), (row.Number("outcome"), row.Text("end"), row.Text("rule_id"), row.Number("cost_nanos")));
        Assert.Equal("call.refused", Assert.Single(_product.AuditOf(refused)).Text("action"));
        Assert.Equal(before, _provider.Requests.Count);
    }

    [Theory]
    [InlineData("Governance__ManagementKey")]
    [InlineData("GOVERNANCE__MANAGEMENTKEY")]
    [InlineData("ConnectionStrings__Governance")]
    [InlineData("ASPNETCORE_ENVIRONMENT")]
    public async Task TheProgramsOwnVariablesAreTakenForNoUpstream(string variable)
    {
        var reply = await _product.TryApplyAsync($"upstreams:\n  - {{ id: own, kind: anthropic, base_url: \"{_provider.Url}\", api_key_env: {variable}, allow_private_network: true }}\n");
        Assert.Equal(400, reply.Status);
        Assert.Contains("is this program's own and is never used for anything else", reply.Text, StringComparison.Ordinal);
        Assert.Empty(_product.Rows("SELECT id FROM upstreams WHERE id = 'own'"));
    }

    [Fact]
    public void AStoredKeyOfALostRingIsSaidToBeLost()
    {
        var upstream = new UpstreamDefinition { Id = "stored", Kind = UpstreamKind.Anthropic, BaseUrl = "https://example.test" };
        var secrets = new UpstreamSecrets(new EphemeralDataProtectionProvider(), new EnvironmentKeys(new ConfigurationBuilder().Build()));
        var kept = new UpstreamEntry(upstream, secrets.Protect("sk-operators-own"));
        Assert.Equal("sk-operators-own", secrets.Find(kept, out _));
        Assert.Null(new UpstreamSecrets(new EphemeralDataProtectionProvider(), new EnvironmentKeys(new ConfigurationBuilder().Build())).Find(kept, out var missing));
        Assert.Contains("enter it again", missing, StringComparison.Ordinal);
    }

    async Task<string> InTwoHalvesAsync(string key, Func<Task> between)
    {
        var body = Answers.Call();
        return await RawAsync($"POST /v1/messages HTTP/1.1\r\nhost: localhost\r\nx-api-key: {key}\r\ncontent-type: application/json\r\ncontent-length: {body.Length}\r\nconnection: close\r\n\r\n{body[..(body.Length / 2)]}", async () =>
        {
            await Task.Delay(100);
            await between();
            return body[(body.Length / 2)..];
        });
    }

    /// <summary>Bytes as they are; no client library would send them.</summary>
    async Task<string> RawAsync(string text, Func<Task<string>>? more = null)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_product.App.Url.Host, _product.App.Url.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text));
        if (more is not null)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(await more()));
        }
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
    }
}
