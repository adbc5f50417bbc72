using System.Text;
using Governance.Ledger;
using Governance.Tests.Proofs;
using Microsoft.AspNetCore.Http;

namespace Governance.Tests.Gateway;

/// <summary>Every way in which a forward can end: what the client gets, and who pays.</summary>
[Collection(SharedProduct.Collection)]
public sealed class UpstreamEndTests(SharedProduct shared)
{
    readonly Product _product = shared.Product;
    readonly FakeProvider _provider = shared.FreshProvider();

    [Theory]
    [InlineData(400, "invalid_request_error")]
    [InlineData(404, "not_found_error")]
    [InlineData(413, "request_too_large")]
    [InlineData(429, "rate_limit_error")]
    [InlineData(500, "api_error")]
    [InlineData(503, "api_error")]
    [InlineData(529, "overloaded_error")]
    public async Task AnErrorOfTheUpstreamPassesUnchangedAndCostsNothing(int status, string type)
    {
        var answer = Answers.Error(status, type, "Schlüssel «x»", ("retry-after", "7"), ("x-should-retry", "true"), ("anthropic-ratelimit-requests-remaining", "0"));
        _provider.Answer = _ => answer;
        var reply = await _product.CallAsync(Answers.Call());
        Assert.Equal((status, "7", "true"), (reply.Status, reply.Header("retry-after"), reply.Header("x-should-retry")));
        Assert.Equal(answer.Body, reply.Body);
        Assert.Null(reply.Header("anthropic-ratelimit-requests-remaining"));
        Assert.StartsWith("req_", reply.Header("request-id"), StringComparison.Ordinal);
        await EndedAsync(reply, UsageOutcome.Voided, "UpstreamRefused", status, UsageFlags.None);
    }

    /// <summary>What cannot be sent on must not cost the answer.</summary>
    [Fact]
    public async Task AHeaderThatNobodyCanReadIsLeftOut()
    {
        var answer = Answers.Error(429, "rate_limit_error", "slow", ("retry-after", "mañana"), ("x-should-retry", "true"));
        _provider.Answer = _ => answer;
        var reply = await _product.CallAsync(Answers.Call());
        Assert.Equal((429, null, "true"), (reply.Status, reply.Header("retry-after"), reply.Header("x-should-retry")));
        Assert.Equal(answer.Body, reply.Body);
        await EndedAsync(reply, UsageOutcome.Voided, "UpstreamRefused", 429, UsageFlags.None);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task WhatIsTheOperatorsFaultIsABadGateway(int status)
    {
        _provider.Answer = _ => Answers.Error(status, status == 401 ? "authentication_error" : "permission_error", "no");
        var reply = (await _product.CallAsync(Answers.Call())).Refused(502, "api_error");
        await EndedAsync(reply, UsageOutcome.Voided, "UpstreamRefused", 502, UsageFlags.None);
    }

    [Theory]
    [InlineData(202)]
    [InlineData(203)]
    [InlineData(204)]
    [InlineData(206)]
    [InlineData(302)]
    [InlineData(307)]
    public async Task ASuccessOrARedirectThatIsNoneOfThisInterfaceMayHaveBeenBilledAndCountsWithItsHold(int status)
    {
        _provider.Answer = _ => new ProviderAnswer { Status = status, Headers = status >= 300 ? [("location", "http://127.0.0.1:1/")] : [], Play = (_, _) => Task.CompletedTask };
        var reply = (await _product.CallAsync(Answers.Call())).Refused(502, "api_error");
        Assert.Contains("may have been billed, so its estimate counts as spent", reply.Message, StringComparison.Ordinal);
        await EndedAsync(reply, UsageOutcome.Assumed, "UpstreamUnrecognised", 502, UsageFlags.Unverified);
    }

    /// <summary>A name that no header can carry, but that has a price.</summary>
    [Theory]
    [InlineData("\\u200b")]
    [InlineData("\\u00a0")]
    public async Task AModelWithLettersThatNoHeaderTakesLeavesNoHold(string escape)
    {
        _provider.Answer = request => Answers.Message(request);
        var reply = await _product.CallAsync(Answers.Call(Answers.Model + escape));
        Assert.Equal(200, reply.Status);
        Assert.Matches("^[ -~]+$", reply.Header("x-governance-model"));
        var row = await _product.UsageOfAsync(reply);
        Assert.Equal(UsageOutcome.Posted, (UsageOutcome)row.Number("outcome"));
        Assert.Empty(_product.Rows("SELECT * FROM holds WHERE id = @id", ("@id", row.Number("id"))));
    }

    [Fact]
    public async Task AnUpstreamThatCannotBeReachedCostsNothing()
    {
        await _product.ApplyAsync("upstreams:\n  - { id: dead, kind: anthropic, base_url: \"http://127.0.0.1:1\", api_key_env: PROOFS_UPSTREAM_KEY, allow_private_network: true }\n");
        var key = await _product.ProjectAsync("unreachable", upstream: "dead");
        var reply = await _product.CallAsync(Answers.Call(), key);
        Assert.Equal((502, "true"), (reply.Status, reply.Header("x-should-retry")));
        await EndedAsync(reply, UsageOutcome.Voided, "UpstreamUnreachable", 502, UsageFlags.None);
    }

    [Fact]
    public async Task AnUpstreamInAPrivateNetworkIsNotReachedUnlessAllowed()
    {
        await _product.ApplyAsync($"upstreams:\n  - {{ id: inside, kind: anthropic, base_url: \"{_provider.Url}\", api_key_env: PROOFS_UPSTREAM_KEY }}\n");
        var key = await _product.ProjectAsync("inside", upstream: "inside");
        var before = _provider.Requests.Count;
        Assert.Equal(502, (await _product.CallAsync(Answers.Call(), key)).Status);
        Assert.Equal(before, _provider.Requests.Count);
    }

    [Fact]
    public async Task AMissingUpstreamKeyIsSaidAndNothingIsSent()
    {
        await _product.ApplyAsync($"upstreams:\n  - {{ id: keyless, kind: anthropic, base_url: \"{_provider.Url}\", api_key_env: NOT_SET_ANYWHERE, allow_private_network: true }}\n");
        var key = await _product.ProjectAsync("keyless", upstream: "keyless");
        Assert.Contains("NOT_SET_ANYWHERE", (await _product.CallAsync(Answers.Call(), key)).Refused(503, "api_error").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AConnectionThatIsLostAfterSendingCountsWithItsHoldAndIsNotSentAgain()
    {
        _provider.Answer = request => Answers.Message(request) with { Play = Abort };
        var before = _provider.Requests.Count;
        var reply = (await _product.CallAsync(Answers.Call())).Refused(504, "api_error");
        await EndedAsync(reply, UsageOutcome.Assumed, "UpstreamLost", 504, UsageFlags.Unverified);
        Assert.Equal(before + 1, _provider.Requests.Count);
    }

    [Fact]
    public async Task AnUpstreamThatDoesNotAnswerInTimeCountsWithItsHold()
    {
        _provider.Answer = request => Answers.Message(request) with { Play = Silence };
        var reply = (await _product.CallAsync(Answers.Call())).Refused(504, "timeout_error");
        await EndedAsync(reply, UsageOutcome.Assumed, "UpstreamTimedOut", 504, UsageFlags.Unverified);
    }

    [Fact]
    public async Task AnAnswerThatIsCutCountsWithItsHold()
    {
        _provider.Answer = request => Answers.Message(request) with
        {
            Play = async (context, body) =>
            {
                context.Response.ContentLength = body.Length;
                await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2));
                await context.Response.Body.FlushAsync();
                await Abort(context, []);
            },
        };
        var reply = (await _product.CallAsync(Answers.Call())).Refused(504, "api_error");
        await EndedAsync(reply, UsageOutcome.Posted, "UpstreamCut", 504, UsageFlags.Unverified);
    }

    [Theory]
    [InlineData("abort")]
    [InlineData("close")]
    [InlineData("silence")]
    public async Task AStreamThatEndsBeforeItsUsageEndsWithAnErrorEventAndCountsWithItsHold(string how)
    {
        var sent = "";
        _provider.Answer = request =>
        {
            sent = string.Concat(Answers.Events(request, 10, 5).Take(4));
            return Answers.Stream(request, 10, 5) with
            {
                Play = async (context, _) =>
                {
                    await context.Response.WriteAsync(sent);
                    await context.Response.Body.FlushAsync();
                    await (how switch { "abort" => Abort(context, []), "silence" => Silence(context, []), _ => Task.CompletedTask });
                },
            };
        };
        var reply = await _product.CallAsync(Answers.Call(more: ",\"stream\":true"));
        Assert.Equal(200, reply.Status);
        Assert.StartsWith(sent + "event: error\ndata: {\"type\":\"error\"", reply.Text, StringComparison.Ordinal);
        Assert.EndsWith("}\n\n", reply.Text, StringComparison.Ordinal);
        await EndedAsync(reply, UsageOutcome.Posted, how == "silence" ? "UpstreamIdle" : "UpstreamCut", 200, UsageFlags.Unverified);
    }

    [Fact]
    public async Task AnErrorInAStreamPassesAndCountsWithItsHold()
    {
        const string Error = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\",\"details\":null}}\n\n";
        _provider.Answer = request => Answers.Stream(request, 10, 5) with { Body = Encoding.UTF8.GetBytes(string.Concat(Answers.Events(request, 10, 5).Take(4)) + Error) };
        var reply = await _product.CallAsync(Answers.Call(more: ",\"stream\":true"));
        Assert.EndsWith(Error, reply.Text, StringComparison.Ordinal);
        Assert.Single(reply.Text.Split("event: error").Skip(1));
        await EndedAsync(reply, UsageOutcome.Posted, "UpstreamError", 200, UsageFlags.Unverified);
    }

    [Fact]
    public async Task WhatIsNoAnswerOfThisProtocolPassesAndCountsWithItsHold()
    {
        _provider.Answer = _ => new ProviderAnswer { Body = "<html>hello</html>"u8.ToArray(), ContentType = "text/html" };
        var reply = await _product.CallAsync(Answers.Call());
        Assert.Equal("<html>hello</html>", reply.Text);
        await EndedAsync(reply, UsageOutcome.Posted, "UpstreamGarbage", 200, UsageFlags.Unverified);
    }

    [Fact]
    public async Task UsageAboveTheHoldIsRecordedInFullWithAnAlarm()
    {
        _provider.Answer = request => Answers.Message(request, 50_000, 60_000);
        var reply = (await _product.CallAsync(Answers.Call(maxTokens: 1))).Passed();
        var row = await _product.UsageOfAsync(reply);
        Assert.Equal((Answers.Bill(Answers.Model, 50_000, 60_000), (long)UsageFlags.Overrun), (row.Number("cost_nanos"), row.Number("flags")));
        Assert.Contains(_product.AuditOf(reply), audit => audit.Text("action") == "call.overrun");
    }

    [Fact]
    public async Task AClientThatHangsUpHasStillSpentTheTokens()
    {
        var gone = new TaskCompletionSource();
        _provider.Answer = request => Answers.Stream(request, 10, 5) with
        {
            Play = async (context, _) =>
            {
                var events = Answers.Events(request, 10, 5);
                await context.Response.WriteAsync(events[0]);
                await context.Response.Body.FlushAsync();
                await gone.Task;
                foreach (var data in events.Skip(1))
                {
                    await context.Response.WriteAsync(data);
                    await context.Response.Body.FlushAsync();
                    await Task.Delay(50);
                }
            },
        };
        var user = $"hangup-{Guid.NewGuid():N}";
        using (var response = await _product.StreamAsync(Answers.Call(more: $",\"stream\":true,\"metadata\":{{\"user_id\":\"{user}\"}}")))
        {
            Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
            await using var body = await response.Content.ReadAsStreamAsync();
            Assert.True(await body.ReadAsync(new byte[4096]) > 0);
        }
        gone.SetResult();
        var row = await _product.UsageAsync("session = @user", ("@user", user));
        Assert.Equal(((long)UsageOutcome.Posted, Answers.Bill(Answers.Model, 10, 5), "Completed"), (row.Number("outcome"), row.Number("cost_nanos"), row.Text("end")));
        Assert.True(((UsageFlags)row.Number("flags")).HasFlag(UsageFlags.ClientGone));
    }

    /// <summary>The entry, and that its money is what the table of who pays says.</summary>
    async Task EndedAsync(Reply reply, object outcome, string end, int status, object flags)
    {
        var row = await _product.UsageOfAsync(reply);
        Assert.Equal(((UsageOutcome)outcome, end, (long)status, (UsageFlags)flags), ((UsageOutcome)row.Number("outcome"), row.Text("end"), row.Number("status"), (UsageFlags)row.Number("flags") & ~UsageFlags.UnknownUsage));
        Assert.True(row.Number("estimate_nanos") > 0);
        Assert.Equal((UsageOutcome)outcome == UsageOutcome.Voided ? 0 : row.Number("estimate_nanos"), row.Number("cost_nanos"));
        Assert.Empty(_product.Rows("SELECT * FROM holds WHERE id = @id", ("@id", row.Number("id"))));
    }

    /// <summary>Resets the connection, once what was written before has surely been read: a reset overtakes it.</summary>
    static async Task Abort(HttpContext context, byte[] body)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(300));
        context.Abort();
    }

    static Task Silence(HttpContext context, byte[] body) => Task.Delay(Timeout.Infinite, context.RequestAborted);
}
