using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Budgets.Editor;
using Governance.Integrity.Checks;
using Governance.Ledger;
using Governance.Projects;

namespace Governance.Tests.Ledger;

/// <summary>Windows, scopes and measures of holding on the real ledger: a hold settles where it was reserved, whatever has moved meanwhile.</summary>
public abstract class BudgetWindowTests(Store store)
{
    static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task ACallSettlesIntoThePeriodInWhichItWasReserved()
    {
        await using var rig = new LedgerRig(store: store, now: new DateTimeOffset(2026, 11, 30, 23, 59, 59, 999, TimeSpan.Zero));
        await rig.SaveAsync(LedgerRig.Budget("month", "50"));
        await rig.SaveAsync(LedgerRig.Budget("day", "50") with { Window = BudgetWindow.CalendarDay });
        var last = rig.Call(5m);
        Assert.True(await rig.HoldAsync(last));
        rig.Clock.Now = new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
        await rig.SpendAsync(1m);
        await rig.SettleAsync(last, 3m);
        Assert.Equal([("2026-11", 3m, 0m), ("2026-12", 1m, 0m)], Balances(rig, "month"));
        Assert.Equal([("2026-11-30", 3m, 0m), ("2026-12-01", 1m, 0m)], Balances(rig, "day"));
        await CleanAsync(rig);
    }

    [Fact]
    public async Task ACallSettlesRightlyAlthoughItsBudgetWasMadeAnotherMeanwhile()
    {
        await using var rig = new LedgerRig(store: store);
        var budget = LedgerRig.Budget("b", "50");
        await rig.SaveAsync(budget);
        BudgetDefinition[] others =
        [
            budget with { Window = BudgetWindow.CalendarDay, TimeZone = "Pacific/Kiritimati" },
            budget with { Window = BudgetWindow.RollingDays, RollingDays = 3 },
            budget with { Window = BudgetWindow.Fixed, From = new(2026, 11, 23), To = new(2026, 11, 30) },
            budget with { Window = BudgetWindow.Session },
            budget with { Hold = HoldKind.Expected },
            budget with { Scope = [new ScopeTerm(ScopeKind.Project, "other")] },
            budget with { Retired = true },
            budget,
        ];
        foreach (var other in others)
        {
            var call = rig.Call(5m) with { Expected = Money.FromUsd(1m) };
            Assert.True(await rig.HoldAsync(call));
            await rig.SaveAsync(other);
            await rig.SettleAsync(call, 2m);
            await CleanAsync(rig);
            await rig.SaveAsync(budget);
        }
        Assert.Equal([("2026-11", 2m * others.Length, 0m)], Balances(rig, "b"));
    }

    [Fact]
    public async Task OfRollingDaysTheOldestDropsOutAtMidnight()
    {
        await using var rig = new LedgerRig(store: store, now: Noon);
        await rig.SaveAsync(LedgerRig.Budget("three", "10") with { Window = BudgetWindow.RollingDays, RollingDays = 3 });
        await rig.SpendAsync(6m);
        rig.Clock.Now = Noon.AddDays(1);
        await rig.SpendAsync(3m);
        Assert.False(await rig.HoldAsync(rig.Call(1m)));
        rig.Clock.Now = new DateTimeOffset(2026, 11, 24, 23, 59, 59, 999, TimeSpan.Zero);
        Assert.False(await rig.HoldAsync(rig.Call(1m)));
        // Sunday's six drop out; what is held over midnight counts on both days.
        var over = rig.Call(0.5m);
        Assert.True(await rig.HoldAsync(over));
        rig.Clock.Now = new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero);
        Assert.True(await rig.HoldAsync(rig.Call(6m)));
        Assert.Equal([("3 days to 2026-11-24", 9m, 0.5m), ("3 days to 2026-11-25", 3m, 6.5m)], Balances(rig, "three"));
        await rig.SettleAsync(over, 0.25m);
        Assert.Equal([("3 days to 2026-11-24", 9.25m, 0m), ("3 days to 2026-11-25", 3.25m, 6m)], Balances(rig, "three"));
        await CleanAsync(rig);
    }

    [Fact]
    public async Task AThresholdOfRollingDaysIsToldOnceInAsManyDays()
    {
        await using var rig = new LedgerRig(store: store, now: Noon);
        await rig.SaveAsync(LedgerRig.Budget("three", "10") with { Window = BudgetWindow.RollingDays, RollingDays = 3, HardBlock = false });
        for (var day = 0; day < 7; day++)
        {
            rig.Clock.Now = Noon.AddDays(day);
            await rig.SpendAsync(9m);
        }
        Assert.Equal(["3 days to 2026-11-22", "3 days to 2026-11-25", "3 days to 2026-11-28"], rig.Events(ThresholdNotice.Action).Select(told => told.Sentence.Split(" spent in ")[1].TrimEnd('.', ')')));
        await CleanAsync(rig);
    }

    [Fact]
    public async Task AThresholdThatOneCallReachesInTwoOverlappingPeriodsIsToldOnce()
    {
        await using var rig = new LedgerRig(store: store, now: Noon.AddHours(11).AddMinutes(59));
        await rig.SaveAsync(LedgerRig.Budget("three", "10") with { Window = BudgetWindow.RollingDays, RollingDays = 3, HardBlock = false });
        var before = rig.Call(9m);
        Assert.True(await rig.HoldAsync(before));
        rig.Clock.Now += TimeSpan.FromMinutes(2);
        Assert.True(await rig.HoldAsync(rig.Call(0.1m)));
        await rig.SettleAsync(before, 9m);
        Assert.Equal(2, rig.Balances("three").Count(row => row.PostedNanos == 9_000_000_000));
        Assert.Single(rig.Events(ThresholdNotice.Action));
        await CleanAsync(rig);
    }

    [Fact]
    public async Task FixedDatesCountNothingBeforeAndAfter()
    {
        await using var rig = new LedgerRig(store: store, now: Noon);
        await rig.SaveAsync(LedgerRig.Budget("fair", "10") with { Window = BudgetWindow.Fixed, From = new(2026, 11, 23), To = new(2026, 11, 24) });
        Assert.True(await rig.HoldAsync(rig.Call(100m)));
        Assert.Empty(rig.Balances("fair"));
        rig.Clock.Now = Noon.AddDays(1);
        Assert.False(await rig.HoldAsync(rig.Call(10m)));
        await rig.SpendAsync(9m);
        rig.Clock.Now = Noon.AddDays(3);
        Assert.True(await rig.HoldAsync(rig.Call(100m)));
        Assert.Equal([("2026-11-23 to 2026-11-24", 9m, 0m)], Balances(rig, "fair"));
        var standing = Assert.Single(await rig.Get<BudgetQueries>().AllAsync());
        Assert.Null(standing.Period);
        await CleanAsync(rig);
    }

    [Fact]
    public async Task EverySessionHasItsOwnBalanceForEver()
    {
        await using var rig = new LedgerRig(store: store, now: Noon);
        await rig.SaveAsync(LedgerRig.Budget("each", "10") with { Window = BudgetWindow.Session });
        Assert.True(await HoldAsync(rig, "a", 9m));
        rig.Clock.Now = Noon.AddDays(400);
        Assert.False(await HoldAsync(rig, "a", 1m));
        Assert.True(await HoldAsync(rig, "b", 9.5m));
        Assert.True(await HoldAsync(rig, null, 1_000m));
        Assert.Equal([("session a", 0m, 9m), ("session b", 0m, 9.5m)], Balances(rig, "each").Order());
        var standing = Assert.Single(await rig.Get<BudgetQueries>().AllAsync());
        Assert.Equal(("b", 2, 0), (standing.Period?.Session, standing.Sessions, standing.SessionsAtCap));
        await CleanAsync(rig);
    }

    [Fact]
    public async Task EachBudgetHoldsByItsOwnMeasureAndTheOverrunIsRecordedInFull()
    {
        await using var rig = new LedgerRig(store: store, now: Noon);
        await rig.SaveAsync(LedgerRig.Budget("worst", "100"));
        await rig.SaveAsync(LedgerRig.Budget("expected", "10") with { Hold = HoldKind.Expected });
        LedgerCall[] calls = [.. Enumerable.Range(0, 4).Select(_ => rig.Call(20m) with { Expected = Money.FromUsd(3m) })];
        var admitted = new List<bool>();
        foreach (var call in calls)
        {
            admitted.Add(await rig.HoldAsync(call));
        }
        Assert.Equal([true, true, true, false], admitted);
        Assert.Equal((60m, 9m), (Balances(rig, "worst")[0].Held, Balances(rig, "expected")[0].Held));
        var standing = (await rig.Get<BudgetQueries>().AllAsync())[0];
        Assert.EndsWith("May overrun by at most what is in flight: 3 calls hold $9.00 and can cost $60.00, so spend can come to $60.00, $50.00 beyond the cap.", BudgetSentence.Overrun(standing), StringComparison.Ordinal);
        foreach (var call in calls[..3])
        {
            await rig.SettleAsync(call, 7m);
        }
        Assert.Equal([("2026-11", 21m, 0m)], Balances(rig, "expected"));
        Assert.Equal([("2026-11", 21m, 0m)], Balances(rig, "worst"));
        await CleanAsync(rig);
    }

    [Fact]
    public async Task TheFormKnowsWhatTheLedgerHasBeforeTheBudgetIsSaved()
    {
        await using var rig = new LedgerRig(store: store, now: new DateTimeOffset(2026, 10, 20, 12, 0, 0, TimeSpan.Zero));
        await rig.SpendAsync(20m);
        rig.Clock.Now = Noon;
        await rig.SpendAsync(3m);
        await rig.SpendAsync(4m, "other");
        var budget = LedgerRig.Budget("b", "15") with { Scope = [new ScopeTerm(ScopeKind.Project, "chat-widget"), new ScopeTerm(ScopeKind.Model, "claude-haiku")] };
        var figures = await rig.Get<BudgetQueries>().FiguresAsync(budget);
        Assert.Equal(("2026-11", Money.FromUsd(3m), "2026-10", Money.FromUsd(20m)), (figures.Period?.Key, figures.Spent, figures.Before?.Key, figures.SpentBefore));
        Assert.Equal(
            ["Spent so far in 2026-11: $3.00. It counts from the start; $12.00 is left.", "Would have stopped calls in 2026-10: $20.00 was spent, $5.00 beyond the cap."],
            BudgetEffect.Of(null, budget, default, default, figures).Select(effect => effect.Text));
    }

    [Fact]
    public async Task TheSmallestRemainderIsNamedAndABudgetThatOnlyWarnsDecidesNothing()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("wide", "50", project: null));
        await rig.SaveAsync(LedgerRig.Budget("narrow", "20"));
        await rig.SaveAsync(LedgerRig.Budget("soft", "1") with { HardBlock = false });
        await rig.SpendAsync(5m);
        Assert.Equal((Money.FromUsd(13m), "narrow"), await RemainingAsync(rig, 2m));
        await rig.SpendAsync(34m, "other");
        Assert.Equal((Money.FromUsd(8m), "wide"), await RemainingAsync(rig, 1m));
        Assert.Equal((Money.FromUsd(5m), "wide"), await RemainingAsync(rig, 3m, "other"));
    }

    [Fact]
    public async Task OnlyWarningsForTheDashboardAreShownThereTheGravestFirst()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("a", "10") with { Thresholds = [new Threshold(50, Severity.Info), new Threshold(80, InApp: false)] });
        await rig.SaveAsync(LedgerRig.Budget("b", "10") with { Thresholds = [new Threshold(50, Severity.Critical), new Threshold(95)] });
        await rig.SaveAsync(LedgerRig.Budget("c", "10") with { Thresholds = [new Threshold(50, InApp: false)] });
        Assert.Empty(await rig.Get<BudgetQueries>().ReachedAsync());
        await rig.SpendAsync(9m);
        rig.Clock.Now += TimeSpan.FromSeconds(2);
        Assert.Equal([("b", 50), ("a", 50)], (await rig.Get<BudgetQueries>().ReachedAsync()).Select(one => (one.Standing.Definition.Id, one.Threshold.Percent)));
        rig.Clock.Now = new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Empty(await rig.Get<BudgetQueries>().ReachedAsync());
    }

    static async Task<(Money?, string?)> RemainingAsync(LedgerRig rig, decimal amount, string project = "chat-widget")
    {
        var reservation = await rig.Get<SpendLedger>().ReserveAsync(rig.Call(amount, project), null, true, (_, _) => throw new InvalidOperationException("Refused."));
        return (reservation.Remaining, reservation.RemainingOf);
    }

    static Task<bool> HoldAsync(LedgerRig rig, string? session, decimal amount)
    {
        var call = rig.Call(amount);
        return rig.HoldAsync(call with { For = call.For with { Session = session } });
    }

    static IReadOnlyList<(string Period, decimal Posted, decimal Held)> Balances(LedgerRig rig, string budget) =>
        [.. rig.Balances(budget).Select(row => (row.Period, new Money(row.PostedNanos).Usd, new Money(row.HeldNanos).Usd))];

    static async Task CleanAsync(LedgerRig rig)
    {
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
        Assert.DoesNotContain(report.Findings, finding => finding.Severity is FindingSeverity.Failure);
    }
}

public sealed class BudgetWindowTestsOnSqlite() : BudgetWindowTests(Store.Sqlite);

public sealed class BudgetWindowTestsOnPostgres() : BudgetWindowTests(Store.Postgres);
