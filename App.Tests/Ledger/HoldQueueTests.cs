using Governance.Audit;
using Governance.Budgets;
using Governance.Ledger;
using Governance.Pricing;

namespace Governance.Tests.Ledger;

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
        while (rig.Get<HoldQueue>().Count == 0)
        {
            await Task.Delay(5);
        }
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
        await Task.Delay(100);
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
        rig.Get<HoldQueue>().Most = 1;
        var first = rig.Call(6m);
        Assert.True(await rig.HoldAsync(first));
        var waiting = WaitAsync(rig, rig.Call(6m), Long);
        while (rig.Get<HoldQueue>().Count == 0)
        {
            await Task.Delay(5);
        }
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

    static async Task<Reservation> WaitAsync(LedgerRig rig, LedgerCall call, TimeSpan patience, CancellationToken left = default)
    {
        var first = await Attempt(false);
        return first.IsHeld ? await rig.Get<HoldQueue>().WaitAsync(first, Attempt, patience, TimeProvider.System, left) : first;

        ValueTask<Reservation> Attempt(bool last) => rig.Get<SpendLedger>().ReserveAsync(call, null, true, (refused, _) => new AuditEvent
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
        }, patient: !last);
    }
}

public sealed class HoldQueueTestsOnSqlite() : HoldQueueTests(Store.Sqlite);

public sealed class HoldQueueTestsOnPostgres() : HoldQueueTests(Store.Postgres);
