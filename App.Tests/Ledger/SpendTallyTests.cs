using Governance.Budgets.Balances;
using Governance.Journal;
using Governance.Ledger.Entries;
using Governance.Ledger.FailOpen;
using Governance.Ledger.Fences;
using Governance.Ledger.Requests;
using Microsoft.Extensions.Options;
using System.Data.Common;
using Governance.Audit.Checkpoints;
using Governance.Budgets;
using Governance.Ledger;
using Governance.Projects;
using Governance.Tests.Audit;

namespace Governance.Tests.Ledger;

public abstract class SpendTallyTests(Store store)
{
    [Theory]
    [InlineData("req_", true)]
    [InlineData("req_0sa5", true)]
    [InlineData("0SA5", false)]
    [InlineData("req_0sa5ssey000000", false)]
    public void ABeginningOfAnIdIsARangeOfIds(string text, bool found) => Assert.Equal(found, new UsageFilter { Request = text }.Range is not null);

    [Fact]
    public void TheRangeHoldsExactlyTheIdsThatBeginSo()
    {
        var id = new CallId(913_846_729_553_117_184);
        var text = id.ToString();
        for (var length = 5; length <= text.Length; length++)
        {
            var (first, last) = new UsageFilter { Request = text[..length] }.Range!.Value;
            Assert.InRange(id.Value, first.Value, last.Value);
            Assert.StartsWith(text[..length], first.ToString(), StringComparison.Ordinal);
            Assert.StartsWith(text[..length], last.ToString(), StringComparison.Ordinal);
            Assert.False(new CallId(last.Value + 1).ToString().StartsWith(text[..length], StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task AnEntryThatComesLateUnderAnEarlyIdIsCounted()
    {
        var world = new World();
        await using var trail = world.Open(store);
        var tally = new SpendTally(trail.Reads, trail.Clock);
        var slow = world.Call(trail.Clock.Now);
        await world.Ledger.ReserveAsync(slow, null, true, (_, _) => throw new InvalidOperationException());
        trail.Clock.Now = trail.Clock.Now.AddHours(2);
        await world.PostAsync(trail.Clock.Now, 3);
        var before = tally.Read();
        Assert.Equal((Money.FromUsd(3), 1, Money.FromUsd(1)), (before.All.Cost, before.All.Calls, before.Held));
        trail.Clock.Now = trail.Clock.Now.AddHours(2);
        await world.Ledger.SettleAsync(slow, new CallResult { Outcome = UsageOutcome.Posted, Cost = Money.FromUsd(0.5m), End = "Completed" });
        var after = tally.Read();
        Assert.Equal((Money.FromUsd(3.5m), 2, Money.Zero), (after.All.Cost, after.All.Calls, after.Held));
        Assert.Equal(after.All, new SpendTally(trail.Reads, trail.Clock).Read().All);
    }

    /// <summary>They had no hold while the ledger could not be written, so nothing kept their ids from being taken for final.</summary>
    [Fact]
    public async Task CallsOfAnOpenWindowAreCountedHoweverLateTheyAreWritten()
    {
        var world = new World();
        await using var trail = world.Open(store);
        var tally = new SpendTally(trail.Reads, trail.Clock);
        var open = world.Call(trail.Clock.Now);
        var unheld = world.Call(trail.Clock.Now);
        trail.Clock.Now = trail.Clock.Now.AddMinutes(5);
        await world.PostAsync(trail.Clock.Now, 3);
        Assert.Equal(Money.FromUsd(3), tally.Read().All.Cost);
        var work = new ReplayWork(world.Ledger, [new WindowCall(open, null, null, null)]);
        trail.Journal.Submit(work);
        await work.Committed;
        Assert.Equal((Money.FromUsd(3), Money.FromUsd(1)), (tally.Read().All.Cost, tally.Read().Held));
        trail.Clock.Now = trail.Clock.Now.AddMinutes(5);
        await world.Ledger.SettleAsync(open, new CallResult { Outcome = UsageOutcome.Posted, Cost = Money.FromUsd(0.5m), End = "Completed" });
        Assert.Equal(Money.FromUsd(3.5m), tally.Read().All.Cost);
        await world.Ledger.SettleAsync(unheld, new CallResult { Outcome = UsageOutcome.Posted, Cost = Money.FromUsd(0.25m), End = "Completed" });
        Assert.Equal(Money.FromUsd(3.75m), tally.Read().All.Cost);
    }

    /// <summary>The corrections are added last; what was added before them is not kept.</summary>
    [Fact]
    public async Task AReadingThatFailsHalfwayCountsNothingTwice()
    {
        var world = new World();
        await using var trail = world.Open(store);
        var tally = new SpendTally(trail.Reads, trail.Clock);
        await world.PostAsync(trail.Clock.Now, 3);
        trail.Clock.Now = trail.Clock.Now.AddMinutes(5);
        LedgerRig.Execute(trail.Settings.WriteConnectionString, "ALTER TABLE corrections RENAME TO corrections_away");
        Assert.ThrowsAny<DbException>(tally.Read);
        LedgerRig.Execute(trail.Settings.WriteConnectionString, "ALTER TABLE corrections_away RENAME TO corrections");
        Assert.Equal((Money.FromUsd(3), 1), (tally.Read().All.Cost, tally.Read().All.Calls));
    }

    [Fact]
    public async Task DaysAndMonthsAreThoseOfUtc()
    {
        var world = new World();
        await using var trail = world.Open(store);
        var tally = new SpendTally(trail.Reads, trail.Clock);
        foreach (var (day, hour, cost) in ((int, int, int)[])[(29, 23, 1), (30, 0, 2), (30, 23, 4)])
        {
            trail.Clock.Now = new DateTimeOffset(2026, 11, day, hour, 59, 59, TimeSpan.Zero);
            await world.PostAsync(trail.Clock.Now, cost);
        }
        var november = tally.Read();
        Assert.Equal(30, november.Days.Count);
        Assert.Equal([Money.FromUsd(1), Money.FromUsd(6)], november.Days.TakeLast(2).Select(day => day.Cost));
        trail.Clock.Now = new DateTimeOffset(2026, 12, 1, 0, 0, 1, TimeSpan.Zero);
        Assert.Equal(Money.Zero, tally.Read().All.Cost);
    }

    [Fact]
    public async Task RequestsPageByTheirIdsAndNarrow()
    {
        var world = new World();
        await using var trail = world.Open(store);
        for (var i = 0; i < 60; i++)
        {
            trail.Clock.Now = trail.Clock.Now.AddSeconds(1);
            await world.PostAsync(trail.Clock.Now, 1, i == 7 ? "claude-haiku-4-5" : "claude-opus-5");
        }
        var queries = new UsageQueries(trail.Reads);
        var first = await queries.PageAsync(new UsageFilter());
        var second = await queries.PageAsync(new UsageFilter(), first.Older);
        Assert.Equal((50, 10), (first.Calls.Count, second.Calls.Count));
        Assert.Null(second.Older);
        Assert.Equal(60, first.Calls.Concat(second.Calls).Select(call => call.Id).Distinct().Count());
        var forced = Assert.Single((await queries.PageAsync(new UsageFilter { Verdict = CallVerdict.Forced })).Calls);
        Assert.Equal("claude-haiku-4-5", forced.Model);
        Assert.Equal(forced.Id, Assert.Single((await queries.PageAsync(new UsageFilter { Request = forced.CallId.ToString() })).Calls).Id);
        Assert.Empty((await queries.PageAsync(new UsageFilter { Model = "claude_haiku" })).Calls);
    }

    [Fact]
    public async Task ClicksAndRefreshesAtTheSameTimeShowEachRequestOnce()
    {
        var world = new World();
        await using var trail = world.Open(store);
        for (var i = 0; i < 120; i++)
        {
            trail.Clock.Now = trail.Clock.Now.AddSeconds(1);
            await world.PostAsync(trail.Clock.Now, 1);
        }
        var list = new CallList(new UsageQueries(trail.Reads), trail.Clock);
        await list.LoadAsync(new UsageFilter());
        await world.PostAsync(trail.Clock.Now.AddSeconds(1), 1);

        await Task.WhenAll(list.LoadOlderAsync(), list.RefreshAsync(follow: true), list.LoadOlderAsync(), list.RefreshAsync(follow: true));

        while (list.Older is not null)
        {
            await list.LoadOlderAsync();
        }
        var shown = list.Calls.Select(call => call.Id).ToList();
        Assert.Equal(121, shown.Count);
        Assert.Equal(shown.Distinct().OrderDescending(), shown);
    }

    /// <summary>A ledger on a database of its own.</summary>
    sealed class World
    {
        CallId last;

        public SpendLedger Ledger { get; private set; } = null!;

        public Trail Open(Store store)
        {
            var seal = new LedgerSeal();
            var balances = new BalanceTable(new BudgetShelf(), new LedgerSpend());
            var trail = new Trail(store, balances, seal);
            Ledger = new SpendLedger(trail.Journal, balances, seal, new UsageTable(), new CorrectionTable(), new LedgerInstance(trail.Journal), new FenceShelf(new LedgerMarkFile(trail.Settings), new CheckpointSettings(null, trail.Settings.Folder), trail.Clock, Options.Create(new StoreWatchSettings())), new SteadyClock(trail.Clock), Microsoft.Extensions.Logging.Abstractions.NullLogger<SpendLedger>.Instance);
            return trail;
        }

        public LedgerCall Call(DateTimeOffset at, string model = "claude-opus-5") => new()
        {
            Id = last = CallId.Next(last, at),
            For = new Attribution { Project = "chat", Key = "ci", Model = model, Vendor = "anthropic" },
            ModelAsked = "claude-opus-5",
            Estimate = Money.FromUsd(1),
        };

        public async Task PostAsync(DateTimeOffset at, decimal usd, string model = "claude-opus-5") =>
            await Ledger.RecordAsync(Call(at, model), new CallResult { Outcome = UsageOutcome.Posted, Cost = Money.FromUsd(usd), End = "Completed" }, null);
    }
}

public sealed class SpendTallyTestsOnSqlite() : SpendTallyTests(Store.Sqlite);

public sealed class SpendTallyTestsOnPostgres() : SpendTallyTests(Store.Postgres);
