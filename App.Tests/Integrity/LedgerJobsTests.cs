using Governance.Integrity;
using Governance.Integrity.Checks;
using Governance.Ledger.Holds;
using Governance.Tests.Ledger;
using Hangfire;
using Hangfire.Storage;
using Microsoft.Extensions.Hosting;

namespace Governance.Tests.Integrity;

public abstract class LedgerJobsTests(Store store)
{
    [Fact]
    public async Task TheNightIsPlannedForTwoInUtc()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.Host.StartAsync();
        try
        {
            using var storage = rig.Get<JobStorage>().GetConnection();
            var job = Assert.Single(storage.GetRecurringJobs());
            Assert.Equal((LedgerJobs.Night, "0 2 * * *", TimeZoneInfo.Utc.Id), (job.Id, job.Cron, job.TimeZoneId));
            Assert.Equal((2, 0), (job.NextExecution!.Value.Hour, job.NextExecution.Value.Minute));
            Assert.Equal(typeof(NightlyRun), job.Job.Type);
        }
        finally
        {
            await rig.Host.StopAsync();
        }
    }

    [Fact]
    public async Task StartReconcilesAndTheNightlyJobReconcilesAgainAndOnce()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        await rig.SpendAsync(1m);
        rig.Tamper("UPDATE balances SET posted_nanos = 0");
        await rig.Host.StartAsync();
        try
        {
            await Eventually.IsTrueAsync(() => rig.Events("ledger.reconciled").Count == 1);
            Assert.Equal(1_000_000_000, Assert.Single(rig.Balances("chat-month")).PostedNanos);
            rig.Get<IRecurringJobManager>().Trigger(LedgerJobs.Night);
            await Eventually.IsTrueAsync(() => rig.Events(NightlyRun.FinishedAction).Count == 1);
            Assert.Equal(2, rig.Events("ledger.reconciled").Count);
            Assert.Equal("2026-11-22", rig.Events(NightlyRun.FinishedAction).Single().TargetId);
            // The same night again does nothing.
            await rig.Get<NightlyRun>().RunAsync(CancellationToken.None);
            Assert.Equal(2, rig.Events("ledger.reconciled").Count);
        }
        finally
        {
            await rig.Host.StopAsync();
        }
    }

    [Fact]
    public async Task ANightRunsInItsOwnHostWhateverOtherHostsOfTheProcessDo()
    {
        await using var rig = new LedgerRig(store: store);
        rig.Get<IGlobalConfiguration>();
        await using (var other = new LedgerRig(store: store))
        {
            other.Get<IGlobalConfiguration>();
            await rig.Host.StartAsync();
        }
        try
        {
            rig.Get<IRecurringJobManager>().Trigger(LedgerJobs.Night);
            await Eventually.IsTrueAsync(() => rig.Events(NightlyRun.FinishedAction).Count == 1);
        }
        finally
        {
            await rig.Host.StopAsync();
        }
    }

    /// <summary>Whatever a scheduler thinks of it: by the ledger's clock every night is due until it is done.</summary>
    [Fact]
    public async Task ANightIsDueFromTwoUntilItIsDone()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        var night = rig.Get<NightlyRun>();
        // The ledger is younger than the night.
        Assert.False(await night.IsDueAsync());
        rig.Clock.Now = new DateTimeOffset(2026, 11, 23, 1, 59, 59, TimeSpan.Zero);
        Assert.False(await night.IsDueAsync());
        rig.Clock.Now = new DateTimeOffset(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);
        Assert.True(await night.IsDueAsync());
        await night.RunAsync(CancellationToken.None);
        Assert.False(await night.IsDueAsync());
        rig.Clock.Now += TimeSpan.FromHours(23.9);
        Assert.False(await night.IsDueAsync());
        rig.Clock.Now += TimeSpan.FromHours(0.2);
        Assert.True(await night.IsDueAsync());
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
        var run = rig.Get<NightlyRun>().RunAsync(CancellationToken.None);
        await Task.Delay(500);
        Assert.False(run.IsCompleted);
        rig.Get<IHostApplicationLifetime>().StopApplication();
        await run.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(rig.Events("ledger.reconciled"));
    }
}
