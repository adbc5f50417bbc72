using Governance.Audit;
using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Governance.Integrity.Checks;
using Governance.Ledger;
using Governance.Ledger.Holds;
using Governance.Ledger.Requests;
using Governance.Projects;

namespace Governance.Tests.Ledger.Holds;

/// <summary>Waiting for holds in flight: in order, bounded, and never an admission that the database would not have made.</summary>
public abstract class HoldQueueTests(Store store)
{
    static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task WhoeverCameFirstIsAdmittedFirst()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("b", "10"));
        var first = rig.Call(6m);
        Assert.True(await rig.HoldAsync(first));
        var (second, third) = (rig.Call(6m), rig.Call(6m));
        var waiting = WaitAsync(rig, second, Long);
        await Eventually.IsTrueAsync(() => rig.Get<HoldQueue>().Count > 0);
        var behind = WaitAsync(rig, third, Long);
        await Task.Delay(400);
        Assert.False(waiting.IsCompleted || behind.IsCompleted);
        await rig.SettleAsync(first, 1m);
        Assert.Null((await waiting).Refusal);
        Assert.False(behind.IsCompleted);
        await rig.SettleAsync(second, 1m);
        Assert.Null((await behind).Refusal);
        Assert.Equal((2_000_000_000, 6_000_000_000), (rig.Balances("b")[0].PostedNanos, rig.Balances("b")[0].HeldNanos));
        Assert.Equal(0, rig.Get<HoldQueue>().Count);
        Assert.Empty(rig.Events("call.refused"));
    }

    [Fact]
    public async Task WhoeverRunsOutOfPatienceIsRefusedAndThatIsOnRecordOnce()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("b", "10"));
        Assert.True(await rig.HoldAsync(rig.Call(6m)));
        var refused = await WaitAsync(rig, rig.Call(6m), TimeSpan.FromMilliseconds(400));
        Assert.True(refused.IsHeld);
        Assert.Single(rig.Events("call.refused"));
        Assert.Equal(6_000_000_000, rig.Balances("b")[0].HeldNanos);
        Assert.Equal(0, rig.Get<HoldQueue>().Count);
    }

    [Fact]
    public async Task WhereSpendAndNotHoldsTakeTheRoomNobodyWaitsOn()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("b", "10"));
        var first = rig.Call(6m);
        Assert.True(await rig.HoldAsync(first));
        var waiting = WaitAsync(rig, rig.Call(6m), Long);
        await rig.SettleAsync(first, 5m);
        var refused = await waiting;
        Assert.Equal(BudgetRefusal.Exceeded, refused.Refusal?.DenyCode);
        Assert.Single(rig.Events("call.refused"));
    }

    [Fact]
    public async Task WhoeverLeavesHoldsNothingAndLetsTheNextGoOn()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("b", "10"));
        var first = rig.Call(6m);
        Assert.True(await rig.HoldAsync(first));
        using var left = new CancellationTokenSource();
        var leaver = WaitAsync(rig, rig.Call(9m), Long, left.Token);
        var stayer = WaitAsync(rig, rig.Call(6m), Long);
        await Eventually.IsTrueAsync(() => rig.Get<HoldQueue>().Count == 2);
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaver);
        await rig.SettleAsync(first, 1m);
        Assert.Null((await stayer).Refusal);
        Assert.Equal(6_000_000_000, rig.Balances("b")[0].HeldNanos);
        Assert.Equal(0, rig.Get<HoldQueue>().Count);
    }

    [Fact]
    public async Task AFullQueueRefusesAtOnce()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("b", "10"));
        rig.Get<HoldQueue>().MaxWaiting = 1;
        var first = rig.Call(6m);
        Assert.True(await rig.HoldAsync(first));
        var waiting = WaitAsync(rig, rig.Call(6m), Long);
        await Eventually.IsTrueAsync(() => rig.Get<HoldQueue>().Count > 0);
        Assert.True((await WaitAsync(rig, rig.Call(6m), Long)).IsHeld);
        Assert.False(waiting.IsCompleted);
        await rig.SettleAsync(first, 1m);
        Assert.Null((await waiting).Refusal);
    }

    [Fact]
    public async Task AHundredThatFitOneAtATimeAllGetThrough()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("b", "10"));
        LedgerCall[] calls = [.. Enumerable.Range(0, 100).Select(_ => rig.Call(6m))];
        await Task.WhenAll(calls.Select(async call =>
        {
            Assert.Null((await WaitAsync(rig, call, Long)).Refusal);
            await rig.SettleAsync(call, 0.01m);
        }));
        Assert.Equal((1_000_000_000, 0), (rig.Balances("b")[0].PostedNanos, rig.Balances("b")[0].HeldNanos));
        Assert.True((await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null)).IsClean);
    }

    /// <summary>In this process's own order: what was given back goes to who waits for it, and to nobody who comes later.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhoeverWaitsIsNotPassedByANewcomerHoweverSmall(bool patient)
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("b", "10"));
        var (first, other) = (rig.Call(5m), rig.Call(3m));
        Assert.True(await rig.HoldAsync(first));
        Assert.True(await rig.HoldAsync(other));
        var large = rig.Call(7m);
        var waiting = WaitAsync(rig, large, Long);
        await CountAsync(rig, 1);
        // There is room for a dollar, but it is the waiting one that is next.
        var small = rig.Call(1m);
        var newcomer = patient ? WaitAsync(rig, small, Long) : TryAsync(rig, small);
        if (patient)
        {
            await CountAsync(rig, 2);
        }
        else
        {
            var refused = await newcomer;
            Assert.Equal((true, true, "b"), (refused.IsHeld, refused.Refusal!.IsQueued, refused.Refusal.BudgetId));
            Assert.StartsWith("Calls that came earlier wait for room under the monthly cap of $10.00 of project chat-widget", refused.Refusal.Message, StringComparison.Ordinal);
            Assert.Equal(UsageOutcome.Refused, (await rig.Get<UsageQueries>().FindAsync(small.Id))!.Outcome);
        }
        await rig.SettleAsync(other, 1m);
        Assert.False(waiting.IsCompleted);
        await rig.SettleAsync(first, 1m);
        Assert.Null((await waiting).Refusal);
        if (patient)
        {
            await CountAsync(rig, 1);
        }
        await rig.SettleAsync(large, 1m);
        Assert.True(!patient || (await newcomer).IsAdmitted);
        await CountAsync(rig, 0);
        Assert.True((await TryAsync(rig, rig.Call(1m))).IsAdmitted);
    }

    [Fact]
    public async Task WhoeverRunsOutOfPatienceFreesTheLine()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("b", "10"));
        Assert.True(await rig.HoldAsync(rig.Call(6m)));
        var impatient = WaitAsync(rig, rig.Call(9m), TimeSpan.FromMilliseconds(300));
        await CountAsync(rig, 1);
        var behind = WaitAsync(rig, rig.Call(3m), Long);
        Assert.True((await impatient).IsHeld);
        Assert.Null((await behind).Refusal);
        Assert.Equal(0, rig.Get<HoldQueue>().Count);
    }

    /// <summary>A wait concerns the budget that has no room, and nobody whom that one does not count.</summary>
    [Fact]
    public async Task OtherBudgetsAreNotHeldUp()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("a", "10", "alpha"));
        await rig.SaveAsync(LedgerRig.Budget("everything", "100", null));
        var first = rig.Call(6m, "alpha");
        Assert.True(await rig.HoldAsync(first));
        var waiting = WaitAsync(rig, rig.Call(6m, "alpha"), Long);
        await CountAsync(rig, 1);
        Assert.True((await TryAsync(rig, rig.Call(20m, "beta"))).IsAdmitted);
        Assert.False((await TryAsync(rig, rig.Call(1m, "alpha"))).IsAdmitted);
        await rig.SettleAsync(first, 1m);
        Assert.Null((await waiting).Refusal);
    }

    /// <summary>A call keeps its place for every budget that had no room: else the one would be taken while it waits for the other, for ever.</summary>
    [Fact]
    public async Task WhoeverWaitsForTwoBudgetsKeepsItsPlaceForBoth()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("a", "10", "alpha"));
        await rig.SaveAsync(LedgerRig.Budget("model", "100", null) with { Scope = [new ScopeTerm(ScopeKind.Model, "claude-haiku-4-5")] });
        var (inAlpha, inBeta) = (rig.Call(6m, "alpha"), rig.Call(84m, "beta"));
        Assert.True(await rig.HoldAsync(inAlpha));
        Assert.True(await rig.HoldAsync(inBeta));
        var waiting = WaitAsync(rig, rig.Call(9m, "alpha"), Long);
        await CountAsync(rig, 1);
        Assert.True((await TryAsync(rig, rig.Call(8m, "beta"))).IsAdmitted);
        // From now on its own budget has room, but the model's has none.
        await rig.SettleAsync(inAlpha, 0.5m);
        await Eventually.IsTrueAsync(async () => (await TryAsync(rig, rig.Call(0.01m, "beta"))).Refusal is { IsQueued: true, BudgetId: "model" });
        var other = rig.Call(1m, "alpha");
        var refused = await TryAsync(rig, other with { For = other.For with { Model = "claude-opus-5" } });
        Assert.True(refused.Refusal is { IsQueued: true, BudgetId: "a" });
        Assert.False(waiting.IsCompleted);
        await rig.SettleAsync(inBeta, 0.5m);
        Assert.Null((await waiting).Refusal);
        Assert.Equal(0, rig.Get<HoldQueue>().Count);
    }

    /// <summary>Many that want one budget, some of them several, at once: everybody gets through, and the books are right.</summary>
    [Fact]
    public async Task NoTwoWaitForEachOther()
    {
        await using var rig = new LedgerRig(store: store);
        foreach (var (id, project) in new[] { ("a", "alpha"), ("b", "beta"), ("everything", null) })
        {
            await rig.SaveAsync(LedgerRig.Budget(id, "10", project));
        }
        LedgerCall[] calls = [.. Enumerable.Range(0, 90).Select(number => rig.Call(1m + (number % 8), number % 3 == 0 ? "alpha" : number % 3 == 1 ? "beta" : "gamma"))];
        await Task.WhenAll(calls.Select(async call =>
        {
            Assert.Null((await WaitAsync(rig, call, Long)).Refusal);
            await rig.SettleAsync(call, 0.01m);
        }));
        Assert.Equal((900_000_000, 0), (rig.Balances("everything")[0].PostedNanos, rig.Balances("everything")[0].HeldNanos));
        Assert.Equal(0, rig.Get<HoldQueue>().Count);
    }

    static Task CountAsync(LedgerRig rig, int count) => Eventually.IsTrueAsync(() => Task.FromResult(rig.Get<HoldQueue>().Count == count));

    static async Task<Reservation> WaitAsync(LedgerRig rig, LedgerCall call, TimeSpan patience, CancellationToken left = default)
    {
        using var place = rig.Get<HoldQueue>().Arrive();
        var first = await Attempt(false);
        return first.IsHeld ? await rig.Get<HoldQueue>().WaitAsync(place, first, Attempt, patience, TimeProvider.System, left) : first;

        ValueTask<Reservation> Attempt(bool last) => rig.Get<SpendLedger>().ReserveAsync(call, null, true, Refused, patient: !last, place);
    }

    /// <summary>A call whose project lets it wait for nobody.</summary>
    static async Task<Reservation> TryAsync(LedgerRig rig, LedgerCall call) => await rig.Get<SpendLedger>().ReserveAsync(call, null, true, Refused);

    static AuditEvent Refused(LedgerCall refused, Reservation reservation) => new()
    {
        Chain = refused.For.Project,
        Category = AuditCategory.Blocked,
        Action = "call.refused",
        Actor = new Actor(ActorKind.Key, refused.For.Key),
        Project = refused.For.Project,
        TargetKind = "budget",
        TargetId = "any",
        RequestId = refused.Id.ToString(),
        Sentence = "A call was refused.",
    };
}

public sealed class HoldQueueTestsOnSqlite() : HoldQueueTests(Store.Sqlite);

public sealed class HoldQueueTestsOnPostgres() : HoldQueueTests(Store.Postgres);
