using Governance.Audit;
using Governance.Ledger;
using Governance.Pricing;

namespace Governance.Tests.Ledger;

public abstract class ReplayTests(Store store)
{
    /// <summary>The ledger was taken for unreachable, but the hold had arrived; or a process died between the replay and the end of its file.</summary>
    [Fact]
    public async Task AnEndThatOnlyTheOpenWindowKnowsCountsOnceForACallWhoseHoldIsThereAlready()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("month", "50"));
        var call = rig.Call(5m);
        Assert.True(await rig.HoldAsync(call));
        var ended = new WindowCall(call, null, new CallResult { Outcome = UsageOutcome.Posted, Cost = Money.FromUsd(7m), Flags = UsageFlags.Overrun, Status = 200, End = "Completed" }, null);
        for (var delivery = 0; delivery < 3; delivery++)
        {
            var work = new ReplayWork(rig.Get<SpendLedger>(), [ended]);
            rig.Get<Journal>().Submit(work);
            Assert.Equal(0, await work.Committed);
        }
        var balance = Assert.Single(rig.Balances("month"));
        Assert.Equal((7_000_000_000, 0), (balance.PostedNanos, balance.HeldNanos));
        Assert.True((await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null)).IsClean);
    }
}

public sealed class ReplayTestsOnSqlite() : ReplayTests(Store.Sqlite);

public sealed class ReplayTestsOnPostgres() : ReplayTests(Store.Postgres);
