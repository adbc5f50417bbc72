using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Governance.Configuration;
using Governance.Tests.Proofs;

namespace Governance.Tests.Configuration;

public sealed partial class MetricsTests
{
    const string Budget = "budgets:\n  - { id: month, scope: { project: main }, cap_usd: \"100.00\" }\n";

    [Fact]
    public void LabelsAreEscapedAndBucketsCumulated() => Assert.Equal(
        """
        # HELP a_total What.
        # TYPE a_total counter
        a_total{name="x\"y\\z\n"} 3
        # HELP b How long.
        # TYPE b histogram
        b_bucket{le="0.5"} 1
        b_bucket{le="+Inf"} 3
        b_sum 1.5
        b_count 3

        """,
        new MetricsText().Metric("counter", "a_total", "What.").Value(3L, ("name", "x\"y\\z\n")).Metric("histogram", "b", "How long.").Histogram([0.5], [1, 2], 1.5).ToString());

    [Fact]
    public async Task FiguresNeedAManagementKeyAndSayWhatHappened()
    {
        await using var product = await Product.StartAsync(null, Budget);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ReadAsync(product, null)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ReadAsync(product, product.Key)).Status);
        for (var i = 0; i < 3; i++)
        {
            await product.UsageOfAsync((await product.CallAsync(Answers.Call("claude-sonnet-5"))).Passed());
        }
        Assert.Equal(401, (await product.CallAsync(Answers.Call("claude-sonnet-5"), "sk-gov-none-none")).Status);
        using var open = await product.StreamAsync(Answers.Call("claude-sonnet-5", 600, "[[slow 900ms]] [[tokens 100]]", ",\"stream\":true"));
        await Task.Delay(2100);

        var (status, text) = await ReadAsync(product, "proofs-management-key-0123456789");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.All(text.TrimEnd('\n').Split('\n'), line => Assert.Matches(Line(), line));
        Assert.Equal(3, Figure(text, "governance_calls_total{outcome=\"posted\"}"));
        Assert.Equal(1, Figure(text, "governance_refusals_total{status=\"401\",code=\"authentication_error\"}"));
        Assert.Equal((1, 1), (Figure(text, "governance_holds_open"), Figure(text, "governance_calls_in_flight")));
        Assert.Equal(4, Figure(text, "governance_added_seconds_count"));
        Assert.Equal(product.Balance("month").PostedNanos, Figure(text, "governance_budget_posted_nanousd{budget=\"month\"}"));
        Assert.Equal(product.Balance("month").HeldNanos, Figure(text, "governance_budget_held_nanousd{budget=\"month\"}"));
        Assert.Equal(100_000_000_000, Figure(text, "governance_budget_cap_nanousd{budget=\"month\"}"));
        Assert.True(Figure(text, "governance_journal_commits_total") > 0 && Figure(text, "governance_journal_works_total") >= Figure(text, "governance_journal_commits_total"), text);
        Assert.True(Figure(text, "governance_checkpoint_number") >= 1 && Figure(text, "governance_checkpoint_age_seconds") >= 0, text);
        Assert.Equal(0, Figure(text, "governance_checkpoint_failing"));
        Assert.Equal((0, 0, 0), (Figure(text, "governance_journal_failures_total"), Figure(text, "governance_fenced"), Figure(text, "governance_stopping")));
    }

    [Fact]
    public async Task FiguresCanBeMadePublic()
    {
        await using var product = await Product.StartAsync(null, Budget, environment: ("Governance__Metrics__Public", "true"));
        Assert.Equal(HttpStatusCode.OK, (await ReadAsync(product, null)).Status);
    }

    static async Task<(HttpStatusCode Status, string Text)> ReadAsync(Product product, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(product.App.Url, "metrics"));
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        using var answer = await product.App.Client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    static double Figure(string text, string name) =>
        double.Parse(Assert.Single(text.Split('\n'), line => line.StartsWith(name + " ", StringComparison.Ordinal))[(name.Length + 1)..], CultureInfo.InvariantCulture);

    [GeneratedRegex("^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*\\})? [0-9.eE+-]+)$")]
    private static partial Regex Line();
}
