using Governance.Tests.Proofs;

namespace Governance.Tests.Gateway;

[Collection(SharedProduct.Collection)]
public sealed class BudgetRefusalTests(SharedProduct shared)
{
    readonly Product _product = shared.Product;
    readonly FakeProvider _provider = shared.FreshProvider();

    [Fact]
    public async Task AnExhaustedBudgetIsRefusedKeyForKeyAndAHigherCapLetsTheCallThrough()
    {
        var key = await _product.ProjectAsync("widget", sections: Budget("widget", "50.00"));
        _provider.Answer = request => Answers.Message(request, 0, request.MaxTokens);
        foreach (var cents in (long[])[4000, 900, 80, 7])
        {
            await _product.UsageOfAsync((await _product.CallAsync(Answers.Call("proof-cents", cents), key)).Passed());
        }
        Assert.Equal((49_870_000_000, 0), _product.Balance("widget-monthly"));
        var before = _provider.Requests.Count;

        var reply = (await _product.CallAsync(Answers.Call("proof-cents", 16), key)).Refused(402, "budget_exceeded");
        Assert.StartsWith("""
            {"type":"error","error":{"type":"budget_exceeded","message":"Project would exceed monthly cap of $50.00 (current $49.87, this request est. $0.18)","monthly_cap_usd":50.00,"current_spend_usd":49.87,"policy_url":"/dashboard/policy",
            """, reply.Text, StringComparison.Ordinal);
        Assert.Equal(
            ["type", "message", "monthly_cap_usd", "current_spend_usd", "policy_url", "code", "param", "held_usd", "estimate_usd", "scope", "budget_id", "cap_usd", "window", "period", "resets_at", "deny_code", "retryable", "recovery", "would_pass", "audit_url", "details"],
            reply.Error.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("BUDGET_EXCEEDED", "project widget", "widget-monthly"), (reply.Error.GetProperty("deny_code").GetString(), reply.Error.GetProperty("scope").GetString(), reply.Error.GetProperty("budget_id").GetString()));
        Assert.Null(reply.Header("retry-after"));
        var fits = reply.Error.GetProperty("would_pass").GetProperty("max_tokens").GetInt64();
        var row = await _product.UsageOfAsync(reply);
        Assert.Equal((4L, 402L, 0L), (row.Number("outcome"), row.Number("status"), row.Number("cost_nanos")));
        Assert.Equal(before, _provider.Requests.Count);

        // What the refusal says would pass does pass, and a token more does not.
        (await _product.CallAsync(Answers.Call("proof-cents", fits + 1), key)).Refused(402, "budget_exceeded");
        await _product.ApplyAsync(Budget("widget", "50.06"));
        (await _product.CallAsync(Answers.Call("proof-cents", 16), key)).Passed();
        Assert.Equal(before + 1, _provider.Requests.Count);
    }

    [Fact]
    public async Task WhatWouldPassPasses()
    {
        var key = await _product.ProjectAsync("advised", sections: Budget("advised", "1.00"));
        _provider.Answer = request => Answers.Message(request, 0, 1);
        var fits = (await _product.CallAsync(Answers.Call("proof-cents", 1000), key)).Refused(402, "budget_exceeded").Error.GetProperty("would_pass").GetProperty("max_tokens").GetInt64();
        (await _product.CallAsync(Answers.Call("proof-cents", fits + 1), key)).Refused(402, "budget_exceeded");
        (await _product.CallAsync(Answers.Call("proof-cents", fits), key)).Passed();
    }

    /// <summary>A few tokens are no answer to who asked for thousands, and thinking needs more than its own budget.</summary>
    [Theory]
    [InlineData(64_000, "")]
    [InlineData(3_000, ",\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024}")]
    [InlineData(1, "")]
    public async Task AnAnswerThatIsTooShortToBeOneIsNotAdvised(long maxTokens, string more)
    {
        var project = $"short-{maxTokens}";
        var key = await _product.ProjectAsync(project, sections: Budget(project, maxTokens == 1 ? "0.01" : "2.00"));
        var refused = (await _product.CallAsync(Answers.Call("proof-cents", maxTokens, more: more), key)).Refused(402, "budget_exceeded").Error;
        Assert.DoesNotContain("max_tokens", refused.GetProperty("would_pass").ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("max_tokens", refused.GetProperty("recovery").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("wait", refused.GetProperty("recovery").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheRecoveryNamesWhatWouldPass()
    {
        var key = await _product.ProjectAsync("named-advice", sections: Budget("named-advice", "1.00"));
        var error = (await _product.CallAsync(Answers.Call("proof-cents", 1000), key)).Refused(402, "budget_exceeded").Error;
        Assert.StartsWith($"Lower max_tokens to {error.GetProperty("would_pass").GetProperty("max_tokens")}, ", error.GetProperty("recovery").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"type\":\"code_execution_20250825\",\"name\":\"code_execution\",\"max_uses\":1}", "Leave that tool out. Or let the project allow unbounded calls.")]
    [InlineData("{\"type\":\"web_search_20250305\",\"name\":\"web_search\"}", "Give it max_uses. Or let the project allow unbounded calls.")]
    public async Task MaxUsesAreAdvisedOnlyForAToolThatKeepsToThem(string tool, string recovery)
    {
        var refused = (await _product.CallAsync(Answers.Call(more: $",\"tools\":[{tool}]"))).Refused(403, "policy_rule").Error;
        Assert.Equal(("COST_UNBOUNDED", recovery), (refused.GetProperty("deny_code").GetString(), refused.GetProperty("recovery").GetString()));
    }

    [Fact]
    public async Task WhatWouldPassPassesWithTheOtherModelsThatTheBodyNames()
    {
        var key = await _product.ProjectAsync("advised-all", sections: Budget("advised-all", "1.00"));
        _provider.Answer = request => Answers.Message(request, 0, 1);
        const string Named = ",\"fallbacks\":[{\"model\":\"proof-other\"}]";
        var fits = (await _product.CallAsync(Answers.Call("proof-cents", 1000, more: Named), key)).Refused(402, "budget_exceeded").Error.GetProperty("would_pass").GetProperty("max_tokens").GetInt64();
        (await _product.CallAsync(Answers.Call("proof-cents", fits + 1, more: Named), key)).Refused(402, "budget_exceeded");
        (await _product.CallAsync(Answers.Call("proof-cents", fits, more: Named), key)).Passed();
    }

    /// <summary>A call counts for the model that it asks for; what a fallback or an advisor costs would pass by the cap on that one.</summary>
    [Theory]
    [InlineData(",\"fallbacks\":[{\"model\":\"proof-other\"}]")]
    [InlineData(",\"tools\":[{\"type\":\"advisor_20260301\",\"name\":\"advisor\",\"model\":\"proof-other\",\"max_uses\":1}]")]
    public async Task ACapOnAModelIsNotPassedByNamingItBesideAnother(string named)
    {
        var project = $"beside-{named.Length}";
        var key = await _product.ProjectAsync(project, sections: $"budgets:\n  - {{ id: {project}-other, scope: {{ project: {project}, model: proof-other }}, cap_usd: \"9.00\" }}\n");
        var before = _provider.Requests.Count;
        var refused = (await _product.CallAsync(Answers.Call(more: named), key)).Refused(403, "policy_rule");
        Assert.Equal("MODEL_UNCOUNTED", refused.Error.GetProperty("deny_code").GetString());
        Assert.Contains($"budget '{project}-other' counts calls of proof-other", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, _provider.Requests.Count);
        (await _product.CallAsync(Answers.Call(), key)).Passed();
        // It is the cap that must not be passed by: where it does not count that day, nothing is.
        await _product.ApplyAsync($"budgets:\n  - {{ id: {project}-other, scope: {{ project: {project}, model: proof-other }}, window: {{ from: 2039-12-24, to: 2039-12-31 }}, cap_usd: \"9.00\" }}\n");
        (await _product.CallAsync(Answers.Call(more: named), key)).Passed();
        await _product.ApplyAsync($"budgets:\n  - {{ id: {project}-other, scope: {{ project: {project} }}, window: calendar_month, cap_usd: \"9.00\" }}\n");
        (await _product.CallAsync(Answers.Call(more: named), key)).Passed();
    }

    [Fact]
    public async Task CallsInFlightRefuseWithAWait()
    {
        var key = await _product.ProjectAsync("inflight", sections: Budget("inflight", "1.00"));
        var release = new TaskCompletionSource();
        _provider.Answer = request => Answers.Message(request, 0, 1) with { Play = async (context, body) => { await release.Task; await context.Response.Body.WriteAsync(body); } };
        var before = _provider.Requests.Count;
        var first = _product.CallAsync(Answers.Call("proof-cents", 60), key);
        await Eventually.ReadAsync(() => _provider.Requests.Count, count => count > before);

        var reply = (await _product.CallAsync(Answers.Call("proof-cents", 60), key)).Refused(402, "budget_exceeded");
        release.SetResult();
        Assert.Equal("BUDGET_HELD", reply.Error.GetProperty("deny_code").GetString());
        Assert.NotNull(reply.Header("retry-after"));
        Assert.Equal(0.66m, reply.Error.GetProperty("held_usd").GetDecimal());

        await _product.UsageOfAsync((await first).Passed());
        (await _product.CallAsync(Answers.Call("proof-cents", 60), key)).Passed();
    }

    [Fact]
    public async Task WhereTheProjectAllowsItACallWaitsForThoseInFlight()
    {
        var key = await _product.ProjectAsync("patient", ", wait_for_holds_ms: 5000", sections: Budget("patient", "1.00"));
        var release = new TaskCompletionSource();
        _provider.Answer = request => Answers.Message(request, 0, 1) with { Play = async (context, body) => { await release.Task; await context.Response.Body.WriteAsync(body); } };
        var before = _provider.Requests.Count;
        var first = _product.CallAsync(Answers.Call("proof-cents", 60), key);
        await Eventually.ReadAsync(() => _provider.Requests.Count, count => count > before);

        var second = _product.CallAsync(Answers.Call("proof-cents", 60), key);
        await Task.Delay(500);
        Assert.False(second.IsCompleted);
        Assert.Equal(before + 1, _provider.Requests.Count);
        release.SetResult();
        (await first).Passed();
        var waited = (await second).Passed();
        Assert.Equal("patient-monthly", waited.Header("x-governance-budget-id"));
        await _product.UsageOfAsync(waited);
        Assert.Equal((20_000_000, 0), _product.Balance("patient-monthly"));
        Assert.Empty(_product.Rows("SELECT * FROM usage WHERE project = 'patient' AND outcome = 4"));
    }

    [Fact]
    public async Task ABudgetOfExpectedCostsHoldsLessAndSettlesInFull()
    {
        _provider.Answer = request => Answers.Message(request, 0, request.MaxTokens);
        var key = await _product.ProjectAsync("probable", sections: """
            budgets:
              - { id: probable-worst, scope: { project: probable }, cap_usd: "100.00", hard_block: false }
              - { id: probable-expected, scope: { project: probable }, cap_usd: "0.30", hold: expected }
            """);
        // A quarter of 80 tokens at a cent, times 1.10, is 22 cents; the worst case would be 88.
        await _product.UsageOfAsync((await _product.CallAsync(Answers.Call("proof-cents", 80), key)).Passed());
        Assert.Equal((800_000_000, 0), _product.Balance("probable-expected"));
        var refused = (await _product.CallAsync(Answers.Call("proof-cents", 80), key)).Refused(402, "budget_exceeded");
        Assert.Equal(("probable-expected", 0.22m), (refused.Error.GetProperty("budget_id").GetString(), refused.Error.GetProperty("estimate_usd").GetDecimal()));
    }

    [Fact]
    public async Task ASessionThatHasSpentItsCapIsBlockedUntilANewOne()
    {
        _provider.Answer = request => Answers.Message(request, 0, request.MaxTokens);
        var key = await _product.ProjectAsync("sessions", sections: """
            budgets:
              - { id: sessions-each, scope: { project: sessions }, cap_usd: "1.00", window: session }
            """);
        await _product.UsageOfAsync((await _product.CallAsync(Answers.Call("proof-cents", 60), key, ("X-Governance-Session", "one"))).Passed());
        var refused = (await _product.CallAsync(Answers.Call("proof-cents", 60), key, ("X-Governance-Session", "one"))).Refused(402, "budget_exceeded");
        Assert.StartsWith("Session would exceed session cap of $1.00", refused.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, refused.Error.GetProperty("resets_at").ValueKind);
        (await _product.CallAsync(Answers.Call("proof-cents", 60), key, ("X-Governance-Session", "two"))).Passed();
        (await _product.CallAsync(Answers.Call("proof-cents", 60), key)).Passed();
    }

    [Fact]
    public async Task ACapOfZeroRefusesAndMeetingTheCapRefuses()
    {
        _provider.Answer = Answers.Message;
        var nothing = await _product.ProjectAsync("nothing", sections: Budget("nothing", "0"));
        (await _product.CallAsync(Answers.Call("proof-cents", 1), nothing)).Refused(402, "budget_exceeded");
        // 100 tokens at a cent, times 1.10.
        var meets = await _product.ProjectAsync("meets", sections: Budget("meets", "1.10"));
        (await _product.CallAsync(Answers.Call("proof-cents", 100), meets)).Refused(402, "budget_exceeded");
        var above = await _product.ProjectAsync("above", sections: Budget("above", "1.100000001"));
        (await _product.CallAsync(Answers.Call("proof-cents", 100), above)).Passed();
    }

    [Fact]
    public async Task AllBudgetsThatMatchAreHeldOrNone()
    {
        _provider.Answer = request => Answers.Message(request, 0, 1);
        var key = await _product.ProjectAsync("several", sections: """
            budgets:
              - { id: several-wide, scope: { project: several }, cap_usd: "100.00" }
              - { id: several-key, scope: { key: several-key }, cap_usd: "100.00", window: calendar_day }
              - { id: several-model, scope: { project: several, model: proof-cents }, cap_usd: "0.50", window: calendar_week }
            """);
        var refused = (await _product.CallAsync(Answers.Call("proof-cents", 60), key)).Refused(402, "budget_exceeded");
        Assert.Equal("several-model", refused.Error.GetProperty("budget_id").GetString());
        Assert.All(["several-wide", "several-key", "several-model"], budget => Assert.Equal((0, 0), _product.Balance(budget)));
        await _product.UsageOfAsync((await _product.CallAsync(Answers.Call("proof-cents", 40), key)).Passed());
        Assert.All(["several-wide", "several-key", "several-model"], budget => Assert.Equal((10_000_000, 0), _product.Balance(budget)));
    }

    [Fact]
    public async Task ABudgetThatOnlyWarnsRefusesNothing()
    {
        _provider.Answer = request => Answers.Message(request, 0, request.MaxTokens);
        var key = await _product.ProjectAsync("warned", sections: """
            budgets:
              - { id: warned-monthly, scope: { project: warned }, cap_usd: "1.00", hard_block: false, thresholds: [{ percent: 80, severity: warning }] }
            """);
        await _product.UsageOfAsync((await _product.CallAsync(Answers.Call("proof-cents", 90), key)).Passed());
        await _product.UsageOfAsync((await _product.CallAsync(Answers.Call("proof-cents", 90), key)).Passed());
        Assert.Equal((1_800_000_000, 0), _product.Balance("warned-monthly"));
        Assert.Equal(80, Assert.Single(_product.Rows("SELECT * FROM threshold_claims WHERE budget_id = 'warned-monthly'")).Number("percent"));
    }

    static string Budget(string project, string cap) => $"budgets:\n  - {{ id: {project}-monthly, scope: {{ project: {project} }}, cap_usd: \"{cap}\" }}\n";
}
