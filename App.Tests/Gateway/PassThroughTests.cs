using System.Text;
using Governance.Ledger;
using Governance.Tests.Proofs;

namespace Governance.Tests.Gateway;

/// <summary>What of a call reaches the upstream and what of its answer reaches the client: the bytes, and nothing that the other side must not see.</summary>
[Collection(SharedProduct.Collection)]
public sealed class PassThroughTests(SharedProduct shared)
{
    readonly Product _product = shared.Product;
    readonly FakeProvider _provider = shared.FreshProvider();

    const string Odd = "{ \"max_tokens\" : 1.0e2 ,\r\n\t\"metadata\":{\"user_id\":\"u\"},\"something_new\":[1, {\"two\":null}],  \"model\" : \"proof-model\", \"messages\":[{\"content\":\"Gr\\u00fc\\u00dfe \u2603 \\/ \\\"model\\\":\\\"x\\\"\",\"role\":\"user\"}] }\n";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BytesPassUnchangedInBothDirections(bool stream)
    {
        _provider.Answer = Answers.Message;
        var body = stream ? Odd.Replace("{ \"max", "{\"stream\":true, \"max", StringComparison.Ordinal) : Odd;
        body = body.Replace("1.0e2", "100", StringComparison.Ordinal);
        var reply = (await _product.CallAsync(body)).Passed();
        var request = _provider.Requests[^1];
        Assert.Equal(body, request.Text);
        Assert.Equal(Answers.Message(request).Body, reply.Body);
        Assert.Equal(stream ? "text/event-stream; charset=utf-8" : "application/json", reply.Header("content-type"));
        var row = await _product.UsageOfAsync(reply);
        Assert.Equal((10L, 5L, Answers.Bill(Answers.Model, 10, 5), $"up_{request.Number}", stream ? 1L : 0L), (row.Number("input_tokens"), row.Number("output_tokens"), row.Number("cost_nanos"), row.Text("upstream_request_id"), row.Number("streamed")));
        Assert.Equal(stream ? null : "0.000105", reply.Header("x-governance-cost-usd"));
    }

    [Fact]
    public async Task OnlyAllowedHeadersGoUpstream()
    {
        _provider.Answer = Answers.Message;
        (await _product.CallAsync(Answers.Call(), "",
            ("authorization", $"Bearer {_product.Key}"), ("cookie", "a=b"), ("x-stainless-lang", "js"), ("x-forwarded-for", "10.0.0.1"), ("anthropic-workspace-id", "w"), ("x-governance-session", "s"),
            ("anthropic-version", "2026-10-21"), ("anthropic-beta", "one-2026-01-01,two-2026-02-02"), ("user-agent", "proof/1.0"), ("accept", "application/json"), ("accept-encoding", "gzip, br"), ("expect-ct", "x"), ("idempotency-key", "k"))).Passed();
        var headers = _provider.Requests[^1].Headers;
        Assert.Equal(["accept", "accept-encoding", "anthropic-beta", "anthropic-version", "content-length", "content-type", "host", "user-agent", "x-api-key"], headers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("2026-10-21", "one-2026-01-01,two-2026-02-02", "identity", "proof/1.0", "sk-operators-own"), (headers["anthropic-version"], headers["anthropic-beta"], headers["accept-encoding"], headers["user-agent"], headers["x-api-key"]));
    }

    [Theory]
    [InlineData("2023-06-01")]
    [InlineData("2026-10-21")]
    [InlineData("1999-01-01")]
    public async Task TheClientsVersionIsPassedAsItIs(string version)
    {
        _provider.Answer = Answers.Message;
        (await _product.CallAsync(Answers.Call(), null, ("anthropic-version", version))).Passed();
        Assert.Equal(version, _provider.Requests[^1].Headers["anthropic-version"]);
    }

    [Fact]
    public async Task TheOperatorsHeadersStayHere()
    {
        _provider.Answer = request => Answers.Message(request) with
        {
            Headers = [("set-cookie", "a=b"), ("anthropic-ratelimit-tokens-remaining", "5"), ("anthropic-organization-id", "org"), ("anthropic-workspace-id", "w"), ("server", "them"), ("cf-ray", "1"), ("x-request-id", "theirs")],
        };
        var reply = (await _product.CallAsync(Answers.Call())).Passed();
        Assert.All(["set-cookie", "anthropic-ratelimit-tokens-remaining", "anthropic-organization-id", "anthropic-workspace-id", "server", "cf-ray"], name => Assert.Null(reply.Header(name)));
    }

    [Theory]
    [InlineData("?beta=true", "?beta=true")]
    [InlineData("?beta=true&api_base=http://evil.test", "?beta=true")]
    [InlineData("?beta=false", "")]
    [InlineData("?model=claude-opus", "")]
    public async Task OfTheQueryOnlyBetaIsPassed(string query, string passed)
    {
        _provider.Answer = Answers.Message;
        (await _product.SendAsync(_product.Post(Answers.Call(), _product.Key, [], "v1/messages" + query))).Passed();
        Assert.Equal(("/v1/messages", passed), (_provider.Requests[^1].Path, _provider.Requests[^1].Query));
    }

    [Fact]
    public async Task AForcedModelReplacesTheBytesOfTheModelAndNothingElse()
    {
        _provider.Answer = Answers.Message;
        var key = await _product.ProjectAsync("forced", sections: """
            rules:
              - { id: forced-other, type: force_model, scope: { project: forced }, model: proof-other, state: enforced }
            """);
        var body = Odd.Replace("1.0e2", "100", StringComparison.Ordinal);
        var reply = (await _product.CallAsync(body, key)).Passed();
        Assert.Equal(body.Replace("\"proof-model\"", "\"proof-other\"", StringComparison.Ordinal), _provider.Requests[^1].Text);
        Assert.Equal(("proof-other", "forced; from=proof-model"), (reply.Header("x-governance-model"), reply.Header("x-governance-intervention")));
        var row = await _product.UsageOfAsync(reply);
        Assert.Equal(("proof-model", "proof-other", "forced-other"), (row.Text("model_asked"), row.Text("model"), row.Text("rule_id")));
        Assert.Equal("call.forced", Assert.Single(_product.AuditOf(reply)).Text("action"));
    }

    [Theory]
    [InlineData("\"model\":\"auto\",")]
    [InlineData("\"model\":\"Auto\",")]
    public async Task TheRouterChoosesWhereAutoIsNamed(string model)
    {
        _provider.Answer = Answers.Message;
        _routed ??= await _product.ProjectAsync("routed", sections: "router:\n  - { project: routed, mode: eco, task_type: simple, model: proof-other }\n");
        var body = $$"""{{{model}}"max_tokens":10,"messages":[{"role":"user","content":"hello"}]}""";
        var reply = (await _product.CallAsync(body, _routed, ("x-governance-mode", "eco"), ("x-governance-task-type", "simple"))).Passed();
        Assert.Equal("proof-other", _provider.Requests[^1].Model);
        Assert.StartsWith("routed; from=", reply.Header("x-governance-intervention"), StringComparison.Ordinal);
        var refused = (await _product.CallAsync(body, _routed, ("x-governance-mode", "sport"), ("x-governance-task-type", "simple"))).Refused(403, "policy_rule");
        Assert.Equal("no_route", refused.Error.GetProperty("rule").GetString());
    }

    static string? _routed;

    [Fact]
    public async Task AnExactRepeatComesFromTheCacheForNothingButNotPastTheRules()
    {
        _provider.Answer = Answers.Message;
        var key = await _product.ProjectAsync("cached", project: ", cache: true");
        var first = (await _product.CallAsync(Answers.Call(), key)).Passed();
        await _product.UsageOfAsync(first);
        var before = _provider.Requests.Count;
        var repeat = (await _product.CallAsync(Answers.Call(), key)).Passed();
        Assert.Equal(("hit", "0.00", before), (repeat.Header("x-governance-cache"), repeat.Header("x-governance-cost-usd"), _provider.Requests.Count));
        Assert.Equal(first.Body, repeat.Body);
        var row = await _product.UsageOfAsync(repeat);
        Assert.Equal(((long)UsageOutcome.Cached, 0L, 0L), (row.Number("outcome"), row.Number("cost_nanos"), row.Number("estimate_nanos")));

        // Another project, another byte and another version are no repeat.
        (await _product.CallAsync(Answers.Call())).Passed();
        (await _product.CallAsync(Answers.Call(text: "hello "), key)).Passed();
        (await _product.CallAsync(Answers.Call(), key, ("anthropic-version", "2023-06-01"))).Passed();
        Assert.Equal(before + 3, _provider.Requests.Count);

        await _product.ApplyAsync("rules:\n  - { id: cached-denied, type: deny_model, scope: { project: cached }, models: [proof-model], state: enforced }\n");
        (await _product.CallAsync(Answers.Call(), key)).Refused(403, "policy_rule");
    }

    [Fact]
    public async Task AStreamIsRepeatedAsAStreamAndAnErrorIsNotRepeated()
    {
        var key = await _product.ProjectAsync("cached-streams", project: ", cache: true");
        _provider.Answer = _ => Answers.Error(529, "overloaded_error", "Overloaded");
        var body = Answers.Call(more: ",\"stream\":true");
        Assert.Equal(529, (await _product.CallAsync(body, key)).Status);
        _provider.Answer = Answers.Message;
        var first = (await _product.CallAsync(body, key)).Passed();
        // A proxy in front must pass events on as they come.
        Assert.Equal("no", first.Header("x-accel-buffering"));
        await _product.UsageOfAsync(first);
        var repeat = (await _product.CallAsync(body, key)).Passed();
        Assert.Equal(("hit", "text/event-stream; charset=utf-8"), (repeat.Header("x-governance-cache"), repeat.Header("content-type")));
        Assert.Equal(first.Body, repeat.Body);
    }

    [Fact]
    public async Task APlanWithoutPoliciesMetersAndRefusesNothing()
    {
        _provider.Answer = request => Answers.Message(request, 0, request.MaxTokens);
        var key = await _product.ProjectAsync("plain", sections: """
            rules:
              - { id: plain-denied, type: deny_model, scope: { project: plain }, models: [proof-cents], state: enforced }
            budgets:
              - { id: plain-monthly, scope: { project: plain }, cap_usd: "0.10" }
            """);
        (await _product.CallAsync(Answers.Call("proof-cents", 20), key)).Refused(403, "policy_rule");
        await _product.ApplyAsync("workspace: { id: proofs, name: Proofs, plan: free }\n");
        try
        {
            var reply = (await _product.CallAsync(Answers.Call("proof-cents", 20), key)).Passed();
            Assert.Equal(200_000_000, (await _product.UsageOfAsync(reply)).Number("cost_nanos"));
            Assert.Equal((200_000_000, 0), _product.Balance("plain-monthly"));
        }
        finally
        {
            await _product.ApplyAsync("workspace: { id: proofs, name: Proofs, plan: team }\n");
        }
    }

    [Fact]
    public async Task TokensAreCountedUpstreamAndEstimatedWhereThatFails()
    {
        _provider.Answer = _ => new ProviderAnswer { Body = Encoding.UTF8.GetBytes("""{"input_tokens":4711}""") };
        var counted = await _product.SendAsync(_product.Post("""{"model":"proof-model","messages":[{"role":"user","content":"hello"}]}""", _product.Key, [], "v1/messages/count_tokens"));
        Assert.Equal((200, 4711), (counted.Status, counted.Json.GetProperty("input_tokens").GetInt32()));
        _provider.Answer = _ => Answers.Error(500, "api_error", "no");
        var estimated = await _product.SendAsync(_product.Post("""{"model":"proof-model","messages":[{"role":"user","content":"hello"}]}""", _product.Key, [], "v1/messages/count_tokens"));
        Assert.Equal((200, "true"), (estimated.Status, estimated.Header("x-governance-estimated")));
        Assert.InRange(estimated.Json.GetProperty("input_tokens").GetInt32(), 5, 50);
    }
}
