using Governance.Gateway.Telemetry;
using Governance.Tests.Proofs;

namespace Governance.Tests.Operations.Telemetry;

/// <summary>What a collector gets of calls: one span each, from the door to the settlement, in the client's trace.</summary>
public sealed class TraceTests
{
    const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    const string ClientSpan = "00f067aa0ba902b7";

    [Theory]
    [Trait(Effort.Trait, Effort.Lengthy)]
    [InlineData("Governance__Telemetry__OtlpEndpoint", "Governance__Telemetry__OtlpProtocol")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL")]
    public async Task ACallIsASpanOfTheClientsTraceWithItsPartsBelow(string endpoint, string protocol)
    {
        await using var collector = await FakeCollector.StartAsync();
        await using var provider = await FakeProvider.StartAsync();
        await using var product = await StartAsync(collector, provider, endpoint, protocol);
        var reply = (await product.CallAsync(Answers.Call(text: "a-secret-question"), null, ("traceparent", $"00-{TraceId}-{ClientSpan}-01"))).Passed();
        var spans = await Eventually.ReadAsync(() => collector.Spans, spans => spans.Any(span => span.Name == "governance.call"));

        var root = Assert.Single(spans, span => span.Name == "governance.call");
        Assert.Equal((TraceId, ClientSpan), (root.TraceId, root.ParentId));
        var parts = spans.Where(span => span != root).OrderBy(span => span.Starts).ToList();
        Assert.Equal(["governance.decide", "governance.hold", "governance.upstream", "governance.settle"], parts.Select(span => span.Name));
        Assert.All(parts, part => Assert.Equal((TraceId, root.SpanId), (part.TraceId, part.ParentId)));
        Assert.All(parts, part => Assert.True(root.Starts <= part.Starts && part.Starts <= part.Ends && part.Ends <= root.Ends, part.Name));
        Assert.Equal((reply.Header("request-id"), "main", "posted", "proof-model", "10", "5", "200"), (root.Attributes["governance.call.id"], root.Attributes["governance.project"], root.Attributes["governance.outcome"],
            root.Attributes["gen_ai.request.model"], root.Attributes["gen_ai.usage.input_tokens"], root.Attributes["gen_ai.usage.output_tokens"], root.Attributes["http.response.status_code"]));
        Assert.Equal("0.000105", root.Attributes["governance.cost_usd"]);
        Assert.Equal(("fake", "Completed", "200"), (parts[2].Attributes["governance.upstream"], parts[2].Attributes["governance.end"], parts[2].Attributes["http.response.status_code"]));
        // The trace stays here: what the provider gets is the operator's.
        Assert.DoesNotContain("traceparent", provider.Requests[^1].Headers.Keys);
        Assert.True(await Eventually.ReadAsync(() => collector.Has("governance.upstream.requests", "/v1/metrics"), found => found));
        foreach (var secret in new[] { product.Key, "sk-operators-own", "main-key", "a-secret-question", "aus der Probe", "Grüße", PrometheusText.ManagementKey })
        {
            Assert.False(collector.Has(secret), secret);
        }
    }

    [Fact]
    public async Task OtherEndsOfACallAreSpansTooAndWhatTheClientDoesNotSampleIsNone()
    {
        await using var collector = await FakeCollector.StartAsync();
        await using var provider = await FakeProvider.StartAsync();
        await using var product = await StartAsync(collector, provider, "Governance__Telemetry__OtlpEndpoint", "Governance__Telemetry__OtlpProtocol");
        (await product.CallAsync(Answers.Call(), null, ("traceparent", $"00-{TraceId}-{ClientSpan}-00"))).Passed();
        Assert.Equal(401, (await product.CallAsync(Answers.Call(), "sk-gov-none-none")).Status);
        await product.CallAsync(Answers.Call("unknown"), null, ("traceparent", "no trace context"));
        provider.Answer = _ => Answers.Error(529, "overloaded_error", "busy");
        await product.CallAsync(Answers.Call());
        var spans = await Eventually.ReadAsync(() => collector.Spans, spans => spans.Count(span => span.Name == "governance.call") == 3);

        var roots = spans.Where(span => span.Name == "governance.call").OrderBy(span => span.Starts).ToList();
        Assert.Equal(3, roots.Count);
        Assert.All(roots, root => Assert.Equal("", root.ParentId));
        Assert.DoesNotContain(spans, span => span.TraceId == TraceId);
        Assert.Equal(3, roots.Select(root => root.TraceId).Distinct().Count());
        Assert.All(spans, span => Assert.Contains(span.TraceId, roots.Select(root => root.TraceId)));
        Assert.Equal(("authentication_error", "401"), (roots[0].Attributes["governance.refusal.code"], roots[0].Attributes["http.response.status_code"]));
        Assert.Equal(["governance.decide", "governance.settle"], PartsOf(roots[1]));
        Assert.True(roots[1].Attributes["governance.refusal.code"].Length > 0);
        Assert.Equal(["governance.decide", "governance.hold", "governance.upstream", "governance.settle"], PartsOf(roots[2]));
        Assert.Equal(("voided", "UpstreamRefused"), (roots[2].Attributes["governance.outcome"], roots[2].Attributes["governance.end"]));

        IEnumerable<string> PartsOf(ReceivedSpan root) => spans.Where(span => span.ParentId == root.SpanId).OrderBy(span => span.Starts).Select(span => span.Name);
    }

    static Task<Product> StartAsync(FakeCollector collector, FakeProvider provider, string endpoint, string protocol) => Product.StartAsync(provider.Url, environment:
    [
        (endpoint, collector.Url), (protocol, "http/protobuf"), ("OTEL_BSP_SCHEDULE_DELAY", "100"), ("OTEL_METRIC_EXPORT_INTERVAL", "500"),
    ]);
}
