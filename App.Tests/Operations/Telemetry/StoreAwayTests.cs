using Governance.Tests.Proofs;
using static Governance.Tests.Operations.Telemetry.MetricsTests;

namespace Governance.Tests.Operations.Telemetry;

/// <summary><c>/metrics</c> while the database is away.</summary>
public sealed class StoreAwayTests
{
    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task WhileTheDatabaseIsAwayWhatIsKnownIsTold()
    {
        var server = new PostgresServer();
        var folder = Directory.CreateTempSubdirectory("governance-metrics-away-");
        try
        {
            await using var provider = await FakeProvider.StartAsync();
            await using var product = await Product.StartAsync(provider.Url, Answers.PriceRows + Budget, environment: [(Product.ConnectionVariable, server.NewDatabase()), ("Governance__Journal__Folder", folder.FullName)]);
            var posted = (await product.UsageOfAsync((await product.CallAsync(Answers.Call())).Passed())).Number("cost_nanos");
            var before = await PrometheusText.EventuallyAsync(product, text => Nanos(text.Find("governance_budget_posted_usd", ("budget", "month")) ?? 0) == posted && text.Find("governance_holds_open") == 0);
            Assert.Equal((1, posted), (before.Value("governance_store_up"), Nanos(before.Value("governance_budget_posted_usd", ("budget", "month")))));
            server.Kill();
            Assert.Equal(503, (await product.CallAsync(Answers.Call())).Status);
            var away = await PrometheusText.EventuallyAsync(product, text => text.Find("governance_store_up") == 0 && text.Find("governance_store_reading_age_seconds") > 6);
            Assert.Equal(0, away.Value("governance_store_up"));
            // A reading that was tried in vain leaves the older one.
            Assert.True(away.Value("governance_store_reading_age_seconds") > 6);
            Assert.Equal(before.Value("governance_budget_remaining_usd", ("budget", "month")), away.Value("governance_budget_remaining_usd", ("budget", "month")));
            Assert.Equal(1, away.Value("governance_calls_total", ("project", "main"), ("outcome", "posted")));
            Assert.Equal(posted, Nanos(away.Value("governance_cost_usd_total", ("project", "main"), ("model", "proof-model"))));
            Assert.True(away.Value("governance_refusals_total", ("status", "503"), ("code", "ledger_unavailable")) >= 1);
            Assert.True(away.Value("governance_journal_failures_total") >= 1);
            server.Restart();
            var back = await PrometheusText.EventuallyAsync(product, text => text.Find("governance_store_up") == 1);
            Assert.Equal(1, back.Value("governance_store_up"));
        }
        finally
        {
            server.Stop();
            folder.Delete(recursive: true);
        }
    }
}
