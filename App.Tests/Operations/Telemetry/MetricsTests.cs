using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Governance.Decisions;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Pricing;
using Governance.Tests.Proofs;

namespace Governance.Tests.Operations.Telemetry;

/// <summary><c>/metrics</c> of the real host: who may read it, and that what it tells is what happened.</summary>
public sealed partial class MetricsTests
{
    internal const string Budget = "\nbudgets:\n  - { id: month, scope: { project: main }, cap_usd: \"100.00\" }\n";

    [Fact]
    public async Task FiguresNeedAManagementKeyAndSayWhatHappened()
    {
        await using var product = await Product.StartAsync(null, Budget);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PrometheusText.AskAsync(product, null)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PrometheusText.AskAsync(product, product.Key)).Status);
        for (var i = 0; i < 3; i++)
        {
            await product.UsageOfAsync((await product.CallAsync(Answers.Call("claude-sonnet-5"))).Passed());
        }
        Assert.Equal(401, (await product.CallAsync(Answers.Call("claude-sonnet-5"), "sk-gov-none-none")).Status);
        using var open = await product.StreamAsync(Answers.Call("claude-sonnet-5", 600, "[[slow 900ms]] [[tokens 100]]", ",\"stream\":true"));

        var told = await PrometheusText.EventuallyAsync(product, text => text.Find("governance_holds_open") == 1);
        Assert.Equal((1, 1), (told.Value("governance_holds_open"), told.Value("governance_calls_in_flight")));
        Assert.Equal(3, told.Value("governance_calls_total", ("project", "main"), ("outcome", "posted")));
        Assert.Equal(1, told.Value("governance_refusals_total", ("status", "401"), ("code", "authentication_error")));
        Assert.Equal((4, 4), (told.Value("governance_added_seconds_count"), told.Value("governance_hold_duration_seconds_count")));
        Assert.True(told.Value("governance_decision_duration_seconds_count") >= 4);
        var balance = product.Balance("month");
        Assert.True(balance.HeldNanos > 0);
        foreach (var (name, nanos) in new[] { ("posted", balance.PostedNanos), ("held", balance.HeldNanos), ("cap", 100 * Money.NanosPerDollar), ("remaining", (100 * Money.NanosPerDollar) - balance.PostedNanos - balance.HeldNanos) })
        {
            Assert.Equal((name, nanos), (name, Nanos(told.Value($"governance_budget_{name}_usd", ("budget", "month")))));
        }
        Assert.True(told.Value("governance_journal_commits_total") > 0 && told.Value("governance_journal_works_total") >= told.Value("governance_journal_commits_total"));
        Assert.Equal((0, 0, 0, 1), (told.Value("governance_journal_failures_total"), told.Value("governance_fenced"), told.Value("governance_stopping"), told.Value("governance_store_up")));
        Assert.Equal((0, 0), (told.Value("governance_checkpoint_failing"), told.Value("governance_budgets_unlisted")));
        Assert.True(told.Value("governance_checkpoint_number") >= 1 && told.Value("governance_checkpoint_age_seconds") >= 0);
        Assert.All(["sent", "failed", "given_up"], outcome => Assert.Equal(0, told.Value("governance_mails_total", ("outcome", outcome))));
        Assert.Single(told.Samples, sample => sample.Name == "governance_build_info" && sample.Labels["version"].Length > 0 && sample.Value == 1);
        Assert.InRange(told.Value("process_start_time_seconds"), DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeSeconds(), DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        Assert.Contains(told.Samples, sample => sample.Name.StartsWith("dotnet_gc_", StringComparison.Ordinal));
        Assert.Null(told.Find("governance_verification_clean"));
    }

    [Fact]
    public async Task TokensAndCostAreTheProvidersToTheNanoDollar()
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var product = await Product.StartAsync(provider.Url, environment: [("Governance__Gateway__CacheSeconds", "60")]);
        var other = await product.ProjectAsync("other");
        const string Usage = "\"usage\":{\"input_tokens\":10,\"cache_read_input_tokens\":30,\"cache_creation_input_tokens\":40,\"output_tokens\":5}";
        for (var i = 0; i < 7; i++)
        {
            provider.Answer = request => Answers.Message(request, 10 + i, 5 + i);
            await product.UsageOfAsync((await product.CallAsync(Answers.Call(text: $"call {i}", more: i % 2 == 0 ? "" : ",\"stream\":true"))).Passed());
        }
        provider.Answer = request => Answers.Message(request) with { Body = Encoding.UTF8.GetBytes(Regex.Replace(Encoding.UTF8.GetString(Answers.Message(request).Body), "\"usage\":\\{[^}]*\\}", Usage)) };
        var cached = await product.UsageOfAsync((await product.CallAsync(Answers.Call("proof-other"), other)).Passed());
        provider.Answer = _ => Answers.Error(529, "overloaded_error", "busy");
        await product.UsageOfAsync(await product.CallAsync(Answers.Call(text: "busy")));
        provider.Answer = _ => Answers.Error(500, "not", "the provider's") with { Body = Encoding.UTF8.GetBytes("<html>") };
        var assumed = await product.UsageOfAsync(await product.CallAsync(Answers.Call(text: "html")));

        var told = await PrometheusText.EventuallyAsync(product, text => text.Find("governance_calls_total", ("project", "main"), ("outcome", "assumed")) == 1);
        Assert.Equal((7, 1, 1), (told.Value("governance_calls_total", ("project", "main"), ("outcome", "posted")), told.Value("governance_calls_total", ("project", "main"), ("outcome", "voided")), told.Value("governance_calls_total", ("project", "other"), ("outcome", "posted"))));
        Assert.Equal((10 * 7 + 21, 5 * 7 + 21, 0, 0), TokensOf(told, "main", "proof-model"));
        Assert.Equal((10, 5, 30, 40), TokensOf(told, "other", "proof-other"));
        var billed = provider.ReadBooks().Where(entry => entry.Model == Answers.Model).Sum(entry => entry.BillNanos);
        Assert.Equal(billed + assumed.Number("cost_nanos"), Nanos(told.Value("governance_cost_usd_total", ("project", "main"), ("model", "proof-model"))));
        Assert.Equal(cached.Number("cost_nanos"), Nanos(told.Value("governance_cost_usd_total", ("project", "other"), ("model", "proof-other"))));
        Assert.Equal((8, 1, 1), (Upstream(told, "2xx", "Completed"), Upstream(told, "5xx", "UpstreamRefused"), Upstream(told, "5xx", "UpstreamUnrecognised")));
        foreach (var (statusClass, count) in new[] { ("2xx", 8), ("5xx", 2) })
        {
            (string, string)[] labels = [("upstream", "fake"), ("operation", "messages"), ("status_class", statusClass)];
            Assert.Equal((count, count), (told.Value("governance_upstream_duration_seconds_count", labels), told.Value("governance_upstream_headers_duration_seconds_count", labels)));
        }
    }

    /// <summary>Nothing that a client writes makes a series: neither models that nobody knows nor other spellings of one that is known.</summary>
    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task NoClientMakesASeries()
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var product = await Product.StartAsync(provider.Url);
        (await product.CallAsync(Answers.Call())).Passed();
        Assert.NotEqual(200, (await product.CallAsync(Answers.Call("unknown"))).Status);
        var before = OfCalls(await PrometheusText.EventuallyAsync(product, text => Calls(text) == 2));
        await Parallel.ForAsync(0, 1000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) => Assert.NotEqual(200, (await product.CallAsync(Answers.Call($"unknown-{i}"))).Status));
        await Parallel.ForAsync(1, 257, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) => (await product.CallAsync(Answers.Call(Spelled(Answers.Model, i)))).Passed());

        // Of refusals beyond the rate there is no entry, but each is counted as the answer that it is.
        var after = await PrometheusText.EventuallyAsync(product, text =>
            text.Find("governance_calls_total", ("project", "main"), ("outcome", "posted")) == 257 && text.Samples.Where(sample => sample.Name == "governance_refusals_total").Sum(sample => sample.Value) == 1001);
        Assert.Equal(257, after.Value("governance_calls_total", ("project", "main"), ("outcome", "posted")));
        Assert.Equal(before, OfCalls(after));
        Assert.Equal(["proof-model"], after.Samples.Where(sample => sample.Labels.ContainsKey("model")).Select(sample => sample.Labels["model"]).Distinct());

        static double Calls(PrometheusText text) => text.Samples.Where(sample => sample.Name == "governance_calls_total").Sum(sample => sample.Value);

        static List<string> OfCalls(PrometheusText text) => [.. text.Samples.Where(sample => sample.Labels.Count > 0 && Regex.IsMatch(sample.Name, "^governance_(calls|tokens|cost|refusals|upstream|hold|added|decision)")).Select(sample => sample.Key).Order(StringComparer.Ordinal)];

        static string Spelled(string model, int bits) => string.Concat(model.Select((letter, at) => (bits >> at & 1) == 1 ? char.ToUpperInvariant(letter) : letter));
    }

    /// <summary>The page that tells operators what there is tells neither more nor less.</summary>
    [Fact]
    public async Task FiguresCanBeMadePublicAndEachIsDocumentedByName()
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var product = await Product.StartAsync(provider.Url, Answers.PriceRows + Budget, environment: ("Governance__Metrics__Public", "true"));
        Assert.Equal(HttpStatusCode.OK, (await PrometheusText.AskAsync(product, null)).Status);
        await product.UsageOfAsync((await product.CallAsync(Answers.Call())).Passed());
        await product.CallAsync(Answers.Call("unknown"));
        var told = await PrometheusText.EventuallyAsync(product, text => text.Families.Contains("governance_budget_cap_usd") && text.Families.Contains("governance_checkpoint_number") && text.Families.Contains("governance_reconciliation_drift_usd"));
        var served = told.Families.Where(name => name.StartsWith("governance_", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        var page = await File.ReadAllTextAsync(Path.Combine(AppProcess.RepositoryFolder, "docs", "metrics-and-logs.md"));
        var documented = DocumentedName().Matches(page).Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal);
        // Verifications come a minute after the start.
        string[] later = ["governance_verification_clean", "governance_verification_duration_seconds", "governance_verification_ok", "governance_verification_timestamp_seconds"];
        Assert.Equal(documented, served.Union(later).Order(StringComparer.Ordinal));
    }

    static double Upstream(PrometheusText told, string statusClass, string end) =>
        told.Value("governance_upstream_requests_total", ("upstream", "fake"), ("operation", "messages"), ("status_class", statusClass), ("end", end));

    static (double Input, double Output, double CacheRead, double CacheWrite) TokensOf(PrometheusText told, string project, string model)
    {
        return (Of("input"), Of("output"), Of("cache_read"), Of("cache_write"));

        double Of(string type) => told.Value("governance_tokens_total", ("project", project), ("model", model), ("type", type));
    }

    internal static long Nanos(double usd) => (long)Math.Round((decimal)usd * Money.NanosPerDollar);

    [GeneratedRegex(@"^\| `(governance_[a-z_]+)`", RegexOptions.Multiline)]
    private static partial Regex DocumentedName();
}
