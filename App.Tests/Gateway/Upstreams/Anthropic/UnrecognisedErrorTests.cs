using System.Text;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Governance.Gateway.Upstreams.Anthropic;
using Governance.Ledger;
using Governance.Tests.Proofs;

namespace Governance.Tests.Gateway.Upstreams.Anthropic;

/// <summary>An error costs nothing only where it is recognisably the provider's own; what something between answered leaves the hold assumed.</summary>
[Collection(SharedProduct.Collection)]
public sealed class UnrecognisedErrorTests(SharedProduct shared)
{
    const string Page = "<!DOCTYPE html><html><title>Bad gateway</title></html>";
    const string Envelope = """{"type":"error","error":{"type":"api_error","message":"no"}}""";

    readonly Product _product = shared.Product;
    readonly FakeProvider _provider = shared.FreshProvider();

    [Theory]
    [InlineData(400, true, Envelope, true)]
    [InlineData(400, false, Envelope, true)]
    [InlineData(529, false, Envelope, true)]
    [InlineData(504, false, """{"type":"error","error":{"type":"timeout_error","message":"late"},"request_id":"req_1"}""", true)]
    [InlineData(429, false, """{"error":{"message":"slow down","type":"rate_limit_error","code":"rate"}}""", true)]
    [InlineData(429, true, "", true)]
    [InlineData(500, true, """{"message":"Internal server error"}""", true)]
    [InlineData(429, false, "", false)]
    [InlineData(500, false, """{"message":"Internal server error"}""", false)]
    [InlineData(500, false, """{"error":null}""", false)]
    [InlineData(503, false, """{"status":503,"error":"Service Unavailable","path":"/v1/messages"}""", false)]
    [InlineData(400, false, """{"type":"error","error":{"type":"api_er""", false)]
    [InlineData(400, false, """["error"]""", false)]
    [InlineData(403, false, Page, false)]
    [InlineData(403, true, Page, false)]
    [InlineData(500, true, "\r\n <html>", false)]
    [InlineData(503, true, "upstream connect error", false)]
    [InlineData(504, true, "", false)]
    [InlineData(407, true, Envelope, false)]
    [InlineData(502, true, Envelope, false)]
    [InlineData(520, true, Envelope, false)]
    [InlineData(527, true, "", false)]
    public void AnErrorIsTheProvidersOwnByItsStatusAndItsDocumentOrItsId(int status, bool id, string body, bool own) =>
        Assert.Equal(own, UpstreamError.IsProvidersOwn(status, id, Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void ABodyThatCouldNotBeReadIsNobodys() => Assert.False(UpstreamError.IsProvidersOwn(400, true, null));

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(520)]
    [InlineData(524)]
    [InlineData(527)]
    public async Task APageOfAProxyLeavesTheHoldAssumedAndSaysSo(int status)
    {
        _provider.Answer = _ => new ProviderAnswer { Status = status, ContentType = "text/html", Body = Encoding.UTF8.GetBytes(Page), Headers = [("retry-after", "1"), ("x-should-retry", "true")] };
        await AssumedAsync((await _product.CallAsync(Answers.Call())).Refused(status, "api_error"), status);
    }

    /// <summary>The caller's own key is not what a proxy wants.</summary>
    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(407)]
    public async Task AProxyThatRefusesIsABadGatewayAndTheHoldIsAssumed(int status)
    {
        _provider.Answer = _ => new ProviderAnswer { Status = status, ContentType = "text/html", Body = Encoding.UTF8.GetBytes(Page) };
        await AssumedAsync((await _product.CallAsync(Answers.Call())).Refused(502, "api_error"), 502);
    }

    [Theory]
    [InlineData(502)]
    [InlineData(522)]
    public async Task AnEnvelopeDoesNotMakeAnEdgesStatusTheProviders(int status)
    {
        _provider.Answer = _ => Answers.Error(status, "api_error", "no");
        await AssumedAsync((await _product.CallAsync(Answers.Call())).Refused(status, "api_error"), status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnErrorWhoseBodyBreaksOffIsNotRecognised(bool length)
    {
        _provider.Answer = _ => Answers.Error(429, "rate_limit_error", "slow down") with
        {
            Play = async (context, body) =>
            {
                if (length)
                {
                    context.Response.ContentLength = body.Length;
                }
                await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2));
                await context.Response.Body.FlushAsync();
                await Task.Delay(TimeSpan.FromMilliseconds(300));
                context.Abort();
            },
        };
        await AssumedAsync((await _product.CallAsync(Answers.Call())).Refused(429, "api_error"), 429);
    }

    [Fact]
    public async Task APageInPlaceOfACountIsNotPassedOnAsOne()
    {
        _provider.Answer = _ => new ProviderAnswer { ContentType = "text/html", Body = Encoding.UTF8.GetBytes(Page) };
        var reply = (await _product.SendAsync(_product.Post("""{"model":"proof-model","messages":[{"role":"user","content":"hello"}]}""", _product.Key, [], "v1/messages/count_tokens"))).Passed();
        Assert.Equal("true", reply.Header("x-governance-estimated"));
        Assert.True(reply.Json.GetProperty("input_tokens").GetInt64() > 0);
        _provider.Answer = _ => new ProviderAnswer { Body = """{"input_tokens":77}"""u8.ToArray() };
        reply = (await _product.SendAsync(_product.Post("""{"model":"proof-model","messages":[{"role":"user","content":"hello"}]}""", _product.Key, [], "v1/messages/count_tokens"))).Passed();
        Assert.Equal((null, 77L), (reply.Header("x-governance-estimated"), reply.Json.GetProperty("input_tokens").GetInt64()));
    }

    async Task AssumedAsync(Reply reply, int status)
    {
        Assert.Contains("may have been billed, so its estimate counts as spent", reply.Message, StringComparison.Ordinal);
        Assert.Null(reply.Header("retry-after"));
        var row = await _product.UsageOfAsync(reply);
        Assert.Equal((UsageOutcome.Assumed, "UpstreamUnrecognised", (long)status, (long)UsageFlags.Unverified), ((UsageOutcome)row.Number("outcome"), row.Text("end"), row.Number("status"), row.Number("flags")));
        Assert.True(row.Number("estimate_nanos") > 0);
        Assert.Equal(row.Number("estimate_nanos"), row.Number("cost_nanos"));
        Assert.StartsWith("up_", row.Text("upstream_request_id"), StringComparison.Ordinal);
        Assert.Empty(_product.Rows("SELECT * FROM holds WHERE id = @id", ("@id", row.Number("id"))));
    }
}
