using Governance.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Quartz;

namespace Governance.Tests.Ledger;

public abstract class LedgerJobsTests(Store store)
{
    [Fact]
    public async Task ReconciliationFiresAtTwoInUtcEveryNight()
    {
        await using var rig = new LedgerRig(store: store);
        var scheduler = await rig.Get<ISchedulerFactory>().GetScheduler();
        await rig.Host.StartAsync();
        try
        {
            var trigger = await scheduler.GetTrigger(new TriggerKey("reconciliation"));
            Assert.NotNull(trigger);
            var after = new DateTimeOffset(2027, 3, 27, 12, 0, 0, TimeSpan.Zero);
            var nights = new List<DateTimeOffset?>();
            for (var night = 0; night < 3; night++)
            {
                nights.Add(trigger.GetFireTimeAfter(after));
                after = nights[^1]!.Value;
            }
            Assert.Equal([At(28), At(29), At(30)], nights);
        }
        finally
        {
            await rig.Host.StopAsync();
        }

        static DateTimeOffset? At(int day) => new DateTimeOffset(2027, 3, day, 2, 0, 0, TimeSpan.Zero);
    }

    [Fact]
    public async Task StartReconcilesAndTheNightlyJobReconcilesAgain()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        await rig.SpendAsync(1m);
        rig.Tamper("UPDATE balances SET posted_nanos = 0");
        await rig.Host.StartAsync();
        try
        {
            await UntilAsync(() => rig.Events("ledger.reconciled").Count == 1);
            Assert.Equal(1_000_000_000, Assert.Single(rig.Balances("chat-month")).PostedNanos);
            var scheduler = await rig.Get<ISchedulerFactory>().GetScheduler();
            var job = (await scheduler.GetTrigger(new TriggerKey("reconciliation")))!.JobKey;
            await scheduler.TriggerJob(job);
            await UntilAsync(() => rig.Events("ledger.reconciled").Count == 2);
        }
        finally
        {
            await rig.Host.StopAsync();
        }
    }

    [Fact]
    public async Task ExpiredHoldsCountInFullAndOnce()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        var forgotten = rig.Call(2m);
        Assert.True(await rig.HoldAsync(forgotten));
        Assert.Equal(0, await rig.Get<HoldExpiry>().RunAsync());
        rig.Clock.Now += TimeSpan.FromHours(4);
        Assert.True(await rig.HoldAsync(rig.Call(3m)));

        Assert.Equal(1, await rig.Get<HoldExpiry>().RunAsync());
        Assert.Equal(0, await rig.Get<HoldExpiry>().RunAsync());

        await rig.SettleAsync(forgotten, 0.5m);
        var balance = Assert.Single(rig.Balances("chat-month"));
        // What had been counted in full turns out to have cost less: recorded as it came, once.
        Assert.Equal((500_000_000, 3_000_000_000), (balance.PostedNanos, balance.HeldNanos));
        Assert.Equal("1 hold outlived its time; $2.00 counts as spent.", Assert.Single(rig.Events("ledger.holds_expired")).Sentence);
        Assert.True((await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null)).IsClean);
    }

    static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 200 && !condition(); i++)
        {
            await Task.Delay(50);
        }
        Assert.True(condition());
    }
}

public sealed class LedgerJobsTestsOnSqlite() : LedgerJobsTests(Store.Sqlite);

public sealed class LedgerJobsTestsOnPostgres() : LedgerJobsTests(Store.Postgres)
{
    /// <summary>The store is away at two at night.</summary>
    [Fact]
    public async Task TheNightlyJobWaitsForTheStoreAndNoLongerThanTheProcessLives()
    {
        await using var rig = new LedgerRig(store: Store.Postgres);
        rig.Tamper("ALTER TABLE leases RENAME TO leases_away");
        var run = ActivatorUtilities.CreateInstance<ReconciliationJob>(rig.Host.Services).Execute(null!).AsTask();
        await Task.Delay(500);
        Assert.False(run.IsCompleted);
        rig.Get<IHostApplicationLifetime>().StopApplication();
        await run.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(rig.Events("ledger.reconciled"));
    }
}
