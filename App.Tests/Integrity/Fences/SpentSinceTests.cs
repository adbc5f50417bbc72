using Governance.Audit;
using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Integrity;
using Governance.Integrity.Checks;
using Governance.Integrity.Fences;
using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Ledger.Fences;
using Governance.Pricing;
using Governance.Projects;
using Governance.Tests.Ledger;

namespace Governance.Tests.Integrity.Fences;

/// <summary>Spend that is entered when a fence is lifted is spend like any other: for every budget that can know it, every sum and every proof.</summary>
public abstract class SpentSinceTests(Store store)
{
    static readonly DateTimeOffset s_start = new(2026, 10, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task EveryBudgetThatCanKnowItCountsIt()
    {
        await using var rig = new LedgerRig(store: store, now: s_start);
        BudgetDefinition Of(string id, params (ScopeKind Kind, string Id)[] scope) => LedgerRig.Budget(id, "50", null) with { Scope = [.. scope.Select(term => new ScopeTerm(term.Kind, term.Id))] };
        BudgetDefinition[] counting =
        [
            Of("all"), Of("tenant", (ScopeKind.Tenant, "acme")), Of("project", (ScopeKind.Project, "chat-widget")), Of("department", (ScopeKind.Department, "sales")), Of("customer", (ScopeKind.Customer, "globex")),
            Of("vendor", (ScopeKind.Vendor, "anthropic")), Of("both", (ScopeKind.Department, "sales"), (ScopeKind.Project, "chat-widget")),
            Of("week") with { Window = BudgetWindow.CalendarWeek }, Of("day") with { Window = BudgetWindow.CalendarDay }, Of("rolling") with { Window = BudgetWindow.RollingDays, RollingDays = 7 },
        ];
        BudgetDefinition[] blind = [Of("employee", (ScopeKind.Employee, "jo")), Of("key", (ScopeKind.Key, "key-1")), Of("model", (ScopeKind.Model, "claude")), Of("elsewhere", (ScopeKind.Department, "support"))];
        foreach (var budget in counting.Concat(blind))
        {
            await rig.SaveAsync(budget);
        }
        // The backup is of the month before: what was spent since counts in the periods that run when it is entered.
        rig.Clock.Now = s_start.AddMonths(1);
        await RaiseAsync(rig);
        await LiftAsync(rig, new SpentSince(Money.FromUsd(7m), "chat-widget") { Department = "sales", Customer = "globex", Vendor = "anthropic" });

        Assert.All(counting, budget => Assert.Equal((budget.Id, 7_000_000_000), (budget.Id, rig.Balances(budget.Id)[^1].PostedNanos)));
        Assert.All(counting.Take(7), budget => Assert.Equal((budget.Id, 0), (budget.Id, rig.Balances(budget.Id)[0].PostedNanos)));
        Assert.All(blind, budget => Assert.DoesNotContain(rig.Balances(budget.Id), balance => balance.PostedNanos > 0));
        Assert.Equal(
            [.. counting.Select(budget => (budget.Id, true)), .. blind.Select(budget => (budget.Id, budget.Id == "elsewhere"))],
            counting.Concat(blind).Select(budget => (budget.Id, budget.Scope.All(term => SpentSince.Knows(term.Kind)))));
        Assert.Empty((await rig.Get<Reconciliation>().RunAsync(Actor.System)).Drifts);
        await CleanAsync(rig, "7.00 USD by chat-widget");
        // A budget that comes later counts it from the ledger.
        await rig.SaveAsync(Of("later", (ScopeKind.Department, "sales")));
        Assert.Equal(7_000_000_000, rig.Balances("later")[^1].PostedNanos);
    }

    [Fact]
    public async Task TheCapStopsWhatItLeavesNoRoomForAndWarnsAsEver()
    {
        await using var rig = new LedgerRig(store: store, now: s_start);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "10"));
        await rig.SaveAsync(LedgerRig.Budget("search-month", "10", "search"));
        await RaiseAsync(rig);
        await LiftAsync(rig, new SpentSince(Money.FromUsd(9.5m), "chat-widget"), new SpentSince(Money.FromUsd(1m), "search"));
        Assert.False(await rig.HoldAsync(rig.Call(1m)));
        Assert.True(await rig.HoldAsync(rig.Call(1m, "search")));
        Assert.Contains(rig.Events(ThresholdNotice.Action), told => told.Project == "chat-widget");
        Assert.Equal(["chat-widget", "search"], rig.Events(SpentElsewhere.Action).Select(told => told.Chain));
        await CleanAsync(rig, "9.50 USD by chat-widget, 1.00 USD by search");
    }

    [Fact]
    public async Task TheMonthHasItAsSpendAndNotAsACall()
    {
        await using var rig = new LedgerRig(store: store, now: s_start);
        var call = await rig.SpendAsync(2m);
        rig.Clock.Now += TimeSpan.FromHours(2);
        var tally = new SpendTally(rig.Get<Reads>(), rig.Clock);
        Assert.Equal(Money.FromUsd(2m), tally.Read().All.Cost);
        await RaiseAsync(rig);
        // Made long before it could be written: everything of that time was taken for final.
        var early = CallId.Next(call.Id, s_start.AddHours(1));
        await rig.Get<FenceLifting>().LiftAsync([new SpentSince(Money.FromUsd(3m), "chat-widget")], "acme", Actor.System, () => early);
        foreach (var month in new[] { tally.Read(), new SpendTally(rig.Get<Reads>(), rig.Clock).Read() })
        {
            Assert.Equal(new ProjectSpend(Money.FromUsd(5m), 1, 0, call.Id), month.All);
            Assert.Equal(month.All, month.Projects["chat-widget"]);
        }
    }

    [Fact]
    public async Task SharesAreThoseOfTheLastDaysThatTheLedgerKnows()
    {
        await using var rig = new LedgerRig(store: store, now: s_start);
        Assert.Equal((null, 0), ((await rig.Get<RecentSpendQueries>().ReadAsync()).Until, (await rig.Get<RecentSpendQueries>().ReadAsync()).Projects.Count));
        await rig.SpendAsync(50m, "old");
        rig.Clock.Now = s_start.AddDays(31);
        await rig.SpendAsync(3m);
        await rig.CorrectAsync(1.5m, "search");
        await rig.SpendAsync(0m, "free");
        var last = rig.Clock.Now;
        // The backup lay about for a year, and something was entered by hand before.
        rig.Clock.Now = last.AddYears(1);
        await RaiseAsync(rig);
        await LiftAsync(rig, new SpentSince(Money.FromUsd(99m), "old"));

        var recent = await rig.Get<RecentSpendQueries>().ReadAsync();
        Assert.Equal(last, recent.Until);
        Assert.Equal([("chat-widget", Money.FromUsd(3m)), ("search", Money.FromUsd(1.5m))], recent.Projects.Where(part => part.Value > Money.Zero).OrderBy(part => part.Key, StringComparer.Ordinal).Select(part => (part.Key, part.Value)));
    }

    [Theory]
    [InlineData("UPDATE usage SET project = 'search' WHERE outcome = 6", "no lifting of a fence tells of it so")]
    [InlineData("DELETE FROM usage WHERE outcome = 6", "is not there")]
    public async Task VerificationSeesWhatDiffersFromWhatWasEntered(string damage, string says)
    {
        await using var rig = new LedgerRig(store: store, now: s_start);
        await RaiseAsync(rig);
        await LiftAsync(rig, new SpentSince(Money.FromUsd(9.5m), "chat-widget"));
        await CleanAsync(rig, "9.50 USD by chat-widget");
        rig.Tamper(store is Store.Sqlite ? $"DROP TRIGGER usage_no_update; DROP TRIGGER usage_no_delete; {damage}" : $"ALTER TABLE usage DISABLE TRIGGER ALL; {damage}");
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
        Assert.Contains(report.Findings, finding => finding is { Severity: FindingSeverity.Failure, Invariant: VerificationFences.Invariant } && finding.Message.Contains(says, StringComparison.Ordinal));
    }

    static async Task CleanAsync(LedgerRig rig, string entered)
    {
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
        Assert.True(report.IsClean, string.Join('\n', report.Findings));
        Assert.Contains(report.Findings, finding => finding.Invariant == VerificationFences.Invariant && finding.Message.Contains(entered, StringComparison.Ordinal));
    }

    static Task<Fence> RaiseAsync(LedgerRig rig) => rig.Get<JournalWriter>().ChangeAsync(change => FenceTable.Raise(change.Transaction, "a test.", null, Actor.System));

    static Task<string?> LiftAsync(LedgerRig rig, params SpentSince[] spent) =>
        rig.Get<FenceLifting>().LiftAsync(spent, "acme", new Actor(ActorKind.Member, "maria@acme.test"), () => rig.Call(1m).Id);
}

public sealed class SpentSinceTestsOnSqlite() : SpentSinceTests(Store.Sqlite);

public sealed class SpentSinceTestsOnPostgres() : SpentSinceTests(Store.Postgres);
