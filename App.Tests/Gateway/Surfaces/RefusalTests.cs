using System.Text.Json;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Tests.Proofs;

namespace Governance.Tests.Gateway.Surfaces;

[Collection(SharedProduct.Collection)]
public sealed class RefusalTests(SharedProduct shared)
{
    readonly Product _product = shared.Product;
    readonly FakeProvider _provider = shared.FreshProvider();

    [Fact]
    public async Task ADeniedModelIsRefusedKeyForKey()
    {
        var key = await _product.ProjectAsync("denied", sections: """
            rules:
              - { id: no-opus, type: deny_model, scope: { project: denied }, models: [claude-opus], state: enforced }
            """);
        var before = _provider.Requests.Count;
        var reply = (await _product.CallAsync(Answers.Call("claude-opus"), key)).Refused(403, "policy_rule");
        Assert.StartsWith("""
            {"type":"error","error":{"type":"policy_rule","rule":"denied_model","message":"Model 'claude-opus' is denied by project policy","denied_value":"claude-opus","policy_url":"/dashboard/policy",
            """, reply.Text, StringComparison.Ordinal);
        Assert.Equal(["type", "rule", "message", "denied_value", "policy_url", "code", "param", "deny_code", "retryable", "recovery", "rule_id", "rule_version", "model", "audit_url", "details"], reply.Error.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("MODEL_DENIED", "no-opus", "policy_rule"), (reply.Error.GetProperty("deny_code").GetString(), reply.Error.GetProperty("rule_id").GetString(), reply.Error.GetProperty("details").GetProperty("error_code").GetString()));
        Assert.Equal(before, _provider.Requests.Count);

        var row = await _product.UsageOfAsync(reply);
        Assert.Equal((4L, 403L, 0L, "MODEL_DENIED", "no-opus"), (row.Number("outcome"), row.Number("status"), row.Number("cost_nanos"), row.Text("end"), row.Text("rule_id")));
        Assert.Equal("call.refused", Assert.Single(_product.AuditOf(reply)).Text("action"));
    }

    [Fact]
    public async Task ClaudeCodeIsToldOfARuleWithAFourHundred()
    {
        var key = await _product.ProjectAsync("coder", sections: """
            rules:
              - { id: coder-no-opus, type: deny_model, scope: { project: coder }, models: [claude-opus], state: enforced }
            """);
        var reply = (await _product.CallAsync(Answers.Call("claude-opus"), key, ("user-agent", "claude-cli/2.1.330 (external, sdk-cli)"))).Refused(400, "policy_blocked");
        Assert.Equal("denied_model", reply.Error.GetProperty("rule").GetString());
        Assert.Equal(403, (await _product.CallAsync(Answers.Call("claude-opus"), key, ("user-agent", "claude-clip/1"))).Status);
    }

    [Theory]
    [InlineData("deny_mode", "modes: [sport]", "x-governance-mode", "sport", "denied_mode")]
    [InlineData("max_input_tokens", "tokens: 20", "x-governance-mode", "eco", "max_input_tokens")]
    public async Task EveryShapeOfRuleRefusesUnderItsName(string type, string parameter, string header, string value, string rule)
    {
        var id = type.Replace('_', '-');
        var key = await _product.ProjectAsync(id, sections: $"rules:\n  - {{ id: {id}-rule, type: {type}, scope: {{ project: {id} }}, {parameter}, state: enforced }}\n");
        var reply = (await _product.CallAsync(Answers.Call(text: new string('x', 3) + string.Concat(Enumerable.Repeat(" word", 60))), key, (header, value))).Refused(403, "policy_rule");
        Assert.Equal(rule, reply.Error.GetProperty("rule").GetString());
    }

    [Theory]
    [InlineData("workspace: { id: proofs, name: Proofs, plan: team, stopped: true }", "workspace: { id: proofs, name: Proofs, plan: team, stopped: false }", "workspace")]
    [InlineData("projects:\n  - { id: halted, name: halted, upstreams: [fake], stopped: true }", "projects:\n  - { id: halted, name: halted, upstreams: [fake], stopped: false }", "project 'halted'")]
    [InlineData("projects:\n  - { id: halted, name: halted, upstreams: [fake], keys: [{ id: halted-key, stopped: true }] }", "projects:\n  - { id: halted, name: halted, upstreams: [fake], keys: [{ id: halted-key, stopped: false }] }", "key 'halted-key'")]
    public async Task AKillSwitchStopsTheNextCallAndReleasesIt(string stop, string release, string named)
    {
        _halted ??= await _product.ProjectAsync("halted");
        (await _product.CallAsync(Answers.Call(), _halted)).Passed();
        await _product.ApplyAsync(stop);
        var before = _provider.Requests.Count;
        var reply = (await _product.CallAsync(Answers.Call(), _halted)).Refused(403, "policy_rule");
        await _product.ApplyAsync(release);
        Assert.Equal(("kill_switch", "STOPPED", before), (reply.Error.GetProperty("rule").GetString(), reply.Error.GetProperty("deny_code").GetString(), _provider.Requests.Count));
        Assert.Contains(named, reply.Message, StringComparison.Ordinal);
        (await _product.CallAsync(Answers.Call(), _halted)).Passed();
    }

    static string? _halted;

    [Fact]
    public async Task AnUnknownModelIsRefusedRatherThanGuessed()
    {
        var reply = (await _product.CallAsync(Answers.Call("claude-nobody-knows"))).Refused(403, "policy_rule");
        Assert.Equal(("unknown_price", "PRICE_UNKNOWN"), (reply.Error.GetProperty("rule").GetString(), reply.Error.GetProperty("deny_code").GetString()));
        Assert.Contains("claude-nobody-knows", reply.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryModelThatABodyNamesIsChecked()
    {
        var key = await _product.ProjectAsync("others", sections: """
            rules:
              - { id: others-no-opus, type: deny_model, scope: { project: others }, models: [proof-other], state: enforced }
            """);
        var reply = (await _product.CallAsync(Answers.Call(more: ""","fallbacks":[{"model":"proof-other"}]"""), key)).Refused(403, "policy_rule");
        Assert.Equal("proof-other", reply.Error.GetProperty("denied_value").GetString());
    }

    [Fact]
    public async Task AbsurdBodiesAreMalformedRatherThanHeld()
    {
        var before = _provider.Requests.Count;
        var reply = (await _product.CallAsync(Answers.Call("claude-opus-5-5", long.MaxValue))).Refused(400, "invalid_request_error");
        Assert.Equal("max_tokens: 9223372036854775807 is more than the 128000 that claude-opus-5-5 can answer", reply.Message);
        var fallbacks = string.Join(',', Enumerable.Range(0, 17).Select(i => $$"""{"model":"other-{{i}}"}"""));
        Assert.Contains("17 other models", (await _product.CallAsync(Answers.Call(more: $""","fallbacks":[{fallbacks}]"""))).Refused(400, "invalid_request_error").Message, StringComparison.Ordinal);
        Assert.Equal(before, _provider.Requests.Count);
    }

    [Fact]
    public async Task AnInputCapRefusesAbsurdlyLittleTextThatHidesWhatCannotBeMeasured()
    {
        var key = await _product.ProjectAsync("hidden", sections: """
            rules:
              - { id: hidden-cap, type: max_input_tokens, scope: { project: hidden }, tokens: 100000, state: enforced }
            """);
        (await _product.CallAsync(Answers.Call(), key)).Passed();
        var reply = (await _product.CallAsync(Answers.Call("claude-opus-5-5", more: ""","container":"container_1" """), key)).Refused(403, "policy_rule");
        Assert.Equal(("max_input_tokens", 1_000_000), (reply.Error.GetProperty("rule").GetString(), reply.Error.GetProperty("actual").GetInt64()));
    }

    [Theory]
    [InlineData("POST", "v1/complete")]
    [InlineData("POST", "v1/messages/batches")]
    [InlineData("POST", "v1/files")]
    [InlineData("GET", "v1")]
    public async Task WhatIsNotServedIsNotFound(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_product.App.Url, path));
        request.Headers.TryAddWithoutValidation("x-api-key", _product.Key);
        (await _product.SendAsync(request)).Refused(404, "not_found_error");
    }

    [Fact]
    public async Task TooLargeABodyIsRefusedWithAndWithoutALength()
    {
        var body = Answers.Call(text: new string('a', 1_100_000));
        (await _product.CallAsync(body)).Refused(413, "request_too_large");
        var chunked = _product.Post(body, _product.Key, []);
        chunked.Headers.TransferEncodingChunked = true;
        chunked.Content!.Headers.ContentLength = null;
        (await _product.SendAsync(chunked)).Refused(413, "request_too_large");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("identity, gzip")]
    public async Task ACompressedBodyIsRefused(string encoding) =>
        (await _product.CallAsync(Answers.Call(), null, ("content-encoding", encoding))).Refused(415, "invalid_request_error");

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"model":"proof-model","model":"proof-other","max_tokens":1,"messages":[{"role":"user","content":"a"}]}""")]
    [InlineData("""{"model":"proof-model","Model":"proof-other","max_tokens":1,"messages":[{"role":"user","content":"a"}]}""")]
    [InlineData("""{"model":"proof-model","mod\u0065l":"proof-other","max_tokens":1,"messages":[{"role":"user","content":"a"}]}""")]
    [InlineData("""{"model":7,"max_tokens":1,"messages":[{"role":"user","content":"a"}]}""")]
    [InlineData("""{"model":"proof-model","max_tokens":-1,"messages":[{"role":"user","content":"a"}]}""")]
    [InlineData("""{"model":"proof-model","max_tokens":1e999,"messages":[{"role":"user","content":"a"}]}""")]
    [InlineData("""{"model":"proof-model","max_tokens":1,"messages":[{"role":"user","content":"a"}]} trailing""")]
    [InlineData("""{"model":"proof-model","max_tokens":1,"messages":[{"role":"user","content":"\ud800"}]}""")]
    public async Task AMalformedBodyIsRefusedWithTheReason(string body)
    {
        var before = _provider.Requests.Count;
        (await _product.CallAsync(body)).Refused(400, "invalid_request_error");
        Assert.Equal(before, _provider.Requests.Count);
    }

    [Fact]
    public async Task ADeeplyNestedBodyIsRefused() =>
        (await _product.CallAsync(Answers.Call(more: ",\"metadata\":" + string.Concat(Enumerable.Repeat("{\"a\":", 5000)) + "1" + new string('}', 5000)))).Refused(400, "invalid_request_error");

    [Fact]
    public async Task ModelsAreListedWithoutTheDeniedOnes()
    {
        var key = await _product.ProjectAsync("listing", sections: """
            rules:
              - { id: listing-no-opus, type: deny_model, scope: { project: listing }, models: [claude-opus], state: enforced }
            """);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_product.App.Url, "v1/models?limit=1000"));
        request.Headers.TryAddWithoutValidation("x-api-key", key);
        var models = (await _product.SendAsync(request)).Passed().Json.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()!).ToList();
        Assert.Contains("proof-model", models);
        Assert.Contains(models, model => model.StartsWith("claude-sonnet", StringComparison.Ordinal));
        Assert.DoesNotContain(models, model => model.StartsWith("claude-opus", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ARefusalKeepsToTheOrderOfTheContractInEveryMember()
    {
        var reply = await _product.CallAsync("{");
        Assert.Equal(["type", "error", "request_id"], reply.Json.EnumerateObject().Select(member => member.Name));
        Assert.Equal(["type", "message", "code", "param", "details"], reply.Error.EnumerateObject().Select(member => member.Name));
        Assert.Equal(JsonValueKind.Null, reply.Error.GetProperty("param").ValueKind);
    }
}
