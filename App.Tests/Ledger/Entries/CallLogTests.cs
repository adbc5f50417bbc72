using Governance.Tests.Proofs;

namespace Governance.Tests.Ledger.Entries;

/// <summary>One line a call in the process's log, with everything that finds it again and nothing that must not stand there.</summary>
public sealed class CallLogTests
{
    [Fact]
    public async Task EveryCallIsOneLineWithItsIdsAndNoContent()
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var product = await Product.StartAsync(provider.Url, environment: [("Logging__LogLevel__Governance.Calls", "Information")]);
        const string Trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        var request = product.Post(Answers.Call(), product.Key, [("x-request-id", "order-17"), ("traceparent", Trace)]);
        var reply = await product.SendAsync(request);
        reply.Passed();
        Assert.Equal(("order-17", Trace), (reply.Header("x-client-request-id"), reply.Header("traceparent")));
        Assert.StartsWith("up_", reply.Header("x-upstream-request-id"), StringComparison.Ordinal);
        Assert.StartsWith("req_", reply.Header("x-request-id"), StringComparison.Ordinal);
        var line = await LineAsync(product, reply);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ", line);
        foreach (var part in new[] { " Posted ", "project=main", "key=main-key", "status=200", "cost_usd=", "duration_ms=", $"upstream_request_id={reply.Header("x-upstream-request-id")}", "client_request_id=order-17", $"traceparent={Trace}" })
        {
            Assert.Contains(part, line, StringComparison.Ordinal);
        }

        await product.ApplyAsync("rules:\n  - { id: none, type: deny_model, scope: { project: main }, models: [proof-model], state: enforced }\n");
        var refused = (await product.CallAsync(Answers.Call())).Refused(403, "policy_rule");
        var denied = await LineAsync(product, refused);
        Assert.Contains(" Refused ", denied, StringComparison.Ordinal);
        Assert.Contains("end=MODEL_DENIED", denied, StringComparison.Ordinal);
        Assert.DoesNotContain(product.Key, product.App.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-operators-own", product.App.Output, StringComparison.Ordinal);
    }

    [Theory]
    [Trait(Effort.Trait, Effort.Lengthy)]
    [InlineData("two words")]
    [InlineData("tab\there")]
    public async Task AnIdThatIsNoWordIsNotGivenBack(string id)
    {
        await using var product = await Product.StartAsync(null);
        var request = product.Post(Answers.Call(), product.Key, []);
        request.Headers.TryAddWithoutValidation("x-request-id", id);
        var reply = await product.SendAsync(request);
        Assert.Null(reply.Header("x-client-request-id"));
    }

    static async Task<string> LineAsync(Product product, Reply reply)
    {
        var id = reply.Header("request-id")!;
        var output = await Eventually.ReadAsync(() => product.App.Output, said => said.Contains($"Call {id}", StringComparison.Ordinal));
        return output.Split('\n').Single(line => line.Contains($"Call {id}", StringComparison.Ordinal)).TrimEnd('\r');
    }
}
