using Governance.Audit;
using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Integrity;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Pricing;
using Governance.Tests.Ledger;
using Xunit.Abstractions;

namespace Governance.Tests.Integrity;

public abstract class ReconciliationTests(ITestOutputHelper output, Store store)
{
    static readonly Actor lisa = new(ActorKind.Member, "lisa@example.com");

    [Fact]
    public async Task DriftIsCorrectedAndToldWithTheNumbersBeforeAndAfter()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        await rig.SpendAsync(1.5m);
        rig.Tamper("UPDATE balances SET posted_nanos = posted_nanos - 100000000");

        var report = await rig.Get<Reconciliation>().RunAsync(lisa);

        Assert.Equal("Reconciled 1 balance, 1 corrected by +$0.10.", report.Sentence);
        Assert.Equal(1_500_000_000, Assert.Single(rig.Balances("chat-month")).PostedNanos);
        var told = Assert.Single(rig.Events("ledger.drift_corrected"));
        Assert.Equal("chat-widget", told.Chain);
        var body = System.Text.Encoding.UTF8.GetString(told.Body);
        Assert.Contains("\"before\":{\"posted_usd\":\"1.40\",\"held_usd\":\"0.00\"}", body, StringComparison.Ordinal);
        Assert.Contains("\"after\":{\"posted_usd\":\"1.50\",\"held_usd\":\"0.00\"}", body, StringComparison.Ordinal);
        var summary = Assert.Single(rig.Events("ledger.reconciled"));
        Assert.Equal((report.Sentence, "lisa@example.com"), (summary.Sentence, summary.ActorId));
    }

    [Fact]
    public async Task ALedgerThatAddsUpIsLeftAloneAndSaysSo()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        await rig.SaveAsync(LedgerRig.Budget("all-month", "50", project: null));
        await rig.SpendAsync(1.5m);
        Assert.True(await rig.HoldAsync(rig.Call(2m)));
        var before = rig.Balances("all-month")[0].Version;

        var report = await rig.Get<Reconciliation>().RunAsync(lisa);

        Assert.Equal("Reconciled 2 balances, none had to be corrected.", report.Sentence);
        Assert.Equal(before, rig.Balances("all-month")[0].Version);
        Assert.Empty(rig.Events("ledger.drift_corrected"));
    }

    [Fact]
    public async Task AHoldThatTheBalanceForgotIsCorrectedToo()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        var call = rig.Call(2m);
        Assert.True(await rig.HoldAsync(call));
        rig.Tamper("UPDATE balances SET held_nanos = 0");

        var report = await rig.Get<Reconciliation>().RunAsync(lisa);

        Assert.Equal(Money.FromUsd(2), Assert.Single(report.Drifts).Held);
        await rig.SettleAsync(call, 1m);
        var balance = Assert.Single(rig.Balances("chat-month"));
        Assert.Equal((1_000_000_000, 0), (balance.PostedNanos, balance.HeldNanos));
    }

    [Theory]
    [InlineData(ReconciliationReach.All, 4, 3)]
    [InlineData(ReconciliationReach.Recent, 2, 1)]
    public async Task OldPeriodsAreReconciledWhereAllIsAskedFor(object reach, int balances, int corrected)
    {
        await using var rig = new LedgerRig(store: store, now: new DateTimeOffset(2026, 8, 10, 0, 0, 0, TimeSpan.Zero));
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        foreach (var month in (int[])[8, 9, 10, 11])
        {
            rig.Clock.Now = new DateTimeOffset(2026, month, 10, 0, 0, 0, TimeSpan.Zero);
            await rig.SpendAsync(month);
        }
        rig.Tamper("UPDATE balances SET posted_nanos = 1 WHERE period < '2026-11'");

        var report = await rig.Get<Reconciliation>().RunAsync(lisa, (ReconciliationReach)reach);

        Assert.Equal((balances, corrected), (report.Balances, report.Drifts.Count));
        Assert.Equal(10_000_000_000, rig.Balances("chat-month")[2].PostedNanos);
    }

    [Fact]
    public async Task TheBalanceOfANewMonthIsOpened()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        rig.Clock.Now = new DateTimeOffset(2026, 12, 1, 2, 0, 0, TimeSpan.Zero);

        var report = await rig.Get<Reconciliation>().RunAsync(lisa);

        Assert.Equal(2, report.Balances);
        Assert.Equal(["2026-11", "2026-12"], rig.Balances("chat-month").Select(balance => balance.Period));
    }

    [Fact]
    public async Task RandomDamageIsAlwaysRepairedWhileCallsGoOn()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "1000"));
        await rig.SaveAsync(LedgerRig.Budget("all-month", "1000", project: null));
        for (var round = 0; round < 10; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(i => rig.SpendAsync(i + 1, i % 2 == 0 ? "chat-widget" : "search")));
            Assert.True(await rig.HoldAsync(rig.Call(1m)));
            rig.Tamper($"UPDATE balances SET posted_nanos = posted_nanos + {random.Next(-5, 6)}, held_nanos = held_nanos + {random.Next(0, 3)} WHERE budget_id = '{(random.Next(2) == 0 ? "chat-month" : "all-month")}'");
            var spending = rig.SpendAsync(0.25m);
            await rig.Get<Reconciliation>().RunAsync(lisa);
            await spending;
            var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
            Assert.True(report.IsClean, string.Join('\n', report.Findings));
        }
    }

    [Fact]
    public async Task AbsurdEntriesFillABudgetAndLeaveItComputable()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        LedgerCall[] calls = [rig.Call(1m), rig.Call(1m), rig.Call(1m)];
        foreach (var call in calls)
        {
            Assert.True(await rig.HoldAsync(call));
        }
        await rig.SettleAsync(calls[0], 9_000_000_000m);
        await rig.SettleAsync(calls[1], 9_000_000_000m);
        Assert.Equal(long.MaxValue, Assert.Single(rig.Balances("chat-month")).PostedNanos);
        Assert.False(await rig.HoldAsync(rig.Call(100m)));

        rig.Tamper("UPDATE balances SET posted_nanos = 1");
        await rig.Get<Reconciliation>().RunAsync(lisa);
        Assert.Equal((long.MaxValue, 1_000_000_000), (rig.Balances("chat-month")[0].PostedNanos, rig.Balances("chat-month")[0].HeldNanos));
    }

    [Fact]
    public async Task AFailureIsToldAndThrowsNothingAtTheJob()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        Assert.True(await rig.HoldAsync(rig.Call(2m)));
        rig.Tamper("ALTER TABLE holds RENAME TO lost");

        Assert.Null(await rig.Get<Reconciliation>().TryRunAsync(Actor.System));

        Assert.Single(rig.Events("ledger.reconciliation_failed"));
    }

    /// <summary>One more than are read at once, and exactly as many: none is left out, and none is counted twice.</summary>
    [Fact]
    public async Task EveryEntryOfALongPeriodIsAddedUp()
    {
        await using var rig = new LedgerRig(store: store);
        var budget = LedgerRig.Budget("chat-month", "1000000");
        await rig.SaveAsync(budget);
        await rig.SpendAsync(1m);
        var columns = UsageTable.Columns.Trim();
        var others = columns[(columns.IndexOf(',', StringComparison.Ordinal) + 1)..];
        var period = BudgetPeriod.At(BudgetWindow.CalendarMonth, "UTC", rig.Clock.Now);
        for (var (more, from) = (LedgerSpend.PageRows - 1, 1); more <= LedgerSpend.PageRows; (from, more) = (more + 1, more + 1))
        {
            rig.Tamper($"WITH RECURSIVE counted(number) AS (SELECT {from} UNION ALL SELECT number + 1 FROM counted WHERE number < {more}) INSERT INTO usage ({columns}) SELECT first.id + counted.number, {others} FROM counted, (SELECT * FROM usage ORDER BY id LIMIT 1) AS first");
            using var snapshot = new LedgerSnapshot(rig.Settings.ReadConnectionString);
            Assert.Equal((Money.FromUsd(more + 1), Money.Zero), LedgerSpend.Recompute(snapshot.Prepare, budget, period));
        }
    }
}

public sealed class ReconciliationTestsOnSqlite(ITestOutputHelper output) : ReconciliationTests(output, Store.Sqlite);

public sealed class ReconciliationTestsOnPostgres(ITestOutputHelper output) : ReconciliationTests(output, Store.Postgres);
