using Governance.Audit;
using Governance.Gateway;
using Governance.Integrity.Checks;
using Governance.Integrity.Fences;
using Governance.Journal;
using Governance.Ledger.Entries;
using Governance.Ledger.Fences;
using Governance.Shell.Controls;

namespace Governance.Tests.Ledger.Fences;

/// <summary>A start whose clock is far from the newest entry takes no calls until somebody has looked at the clock.</summary>
public abstract class ClockGapTests(Store store)
{
    static readonly DateTimeOffset november = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(31, "31 days after")]
    [InlineData(-31, "31 days before")]
    [InlineData(5 * 365, "1,825 days after")]
    [InlineData(1.5, "36 hours after")]
    [InlineData(0.9, null)]
    [InlineData(-0.9, null)]
    public async Task AClockThatIsFarFromTheNewestEntryStopsCalls(double days, string? says)
    {
        await using var kept = new Kept(store);
        await kept.SpendAsync(november);
        await using var rig = kept.Start(november.AddDays(days));
        var fence = rig.Get<FenceShelf>().Current;
        Assert.Equal(says is null, fence is null);
        Assert.Equal(says is null, await rig.HoldAsync(rig.Call(0.01m)));
        if (fence is not null)
        {
            Assert.True(ClockGap.IsReason(fence.Reason));
            Assert.Contains(says!, fence.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AnEmptyLedgerHasNoNewestEntry()
    {
        await using var kept = new Kept(store);
        await using (kept.Start(november))
        {
        }
        await using var rig = kept.Start(november.AddYears(5));
        Assert.Null(rig.Get<FenceShelf>().Current);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(-31)]
    public async Task WhoeverSaysThatTheClockIsRightIsNotAskedAgain(int days)
    {
        await using var kept = new Kept(store);
        await kept.SpendAsync(november);
        await using (var rig = kept.Start(november.AddDays(days)))
        {
            var sentence = await rig.Get<FenceLifting>().LiftAsync([], "acme", Actor.System, () => throw new InvalidOperationException());
            Assert.Contains("the clock was said to be right", sentence, StringComparison.Ordinal);
            Assert.Null(rig.Get<FenceShelf>().Current);
        }
        await using (var rig = kept.Start(november.AddDays(days).AddHours(3)))
        {
            Assert.Null(rig.Get<FenceShelf>().Current);
            Assert.True((await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null)).IsClean);
        }
    }

    /// <summary>As where a battery is empty, and a machine always starts with the same date.</summary>
    [Theory]
    [InlineData(31)]
    [InlineData(-31)]
    public async Task WhatAWrongClockLeftInTheTrailIsNoWitnessForIt(int days)
    {
        await using var kept = new Kept(store);
        await kept.SpendAsync(november);
        await using (var rig = kept.Start(november.AddDays(days)))
        {
            Assert.NotNull(rig.Get<FenceShelf>().Current);
        }
        await using (var rig = kept.Start(november.AddHours(1)))
        {
            Assert.NotNull(await rig.Get<FenceLifting>().LiftAsync([], "acme", Actor.System, () => throw new InvalidOperationException()));
            await rig.SpendAsync(1m);
        }
        await using (var rig = kept.Start(november.AddDays(days).AddMinutes(1)))
        {
            Assert.True(ClockGap.IsReason(rig.Get<FenceShelf>().Current?.Reason ?? ""));
            Assert.False(await rig.HoldAsync(rig.Call(0.01m)));
        }
    }

    [Fact]
    public async Task VerifySaysThatEntriesLieAhead()
    {
        await using var kept = new Kept(store);
        await kept.SpendAsync(november);
        await using var rig = kept.Start(november.AddHours(1));
        Assert.True((await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null, wall: november.AddHours(1))).IsClean);
        var ahead = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null, wall: november.AddDays(-3));
        Assert.Equal("I9", Assert.Single(ahead.Findings, finding => finding.Severity is FindingSeverity.Failure).Invariant);
    }

    /// <summary>An entry that a wrong clock made does not lead the calls after it into its own period.</summary>
    [Theory]
    [InlineData(31, false)]
    [InlineData(0.5, true)]
    public void IdsDoNotFollowAnIdThatLiesMoreThanADayAhead(double days, bool follows)
    {
        var clock = new SetClock(november);
        var ids = new CallIds(clock);
        var ahead = CallId.FirstAt(november.AddDays(days));
        ids.StartAfter(ahead);
        var given = Enumerable.Range(0, 1_000).Select(_ => ids.Next()).ToList();
        Assert.Equal(1_000, given.Distinct().Count());
        Assert.All(given, id => Assert.InRange(id.At, follows ? ahead.At : november, (follows ? ahead.At : november).AddMilliseconds(1)));
        Assert.Equal(ahead.At, ids.Ahead);
    }

    /// <summary>Where instances share a clock nothing lies ahead of it by more than a moment; where there is only the machine's it may have been set back.</summary>
    [Theory]
    [InlineData(31 * 24 * 60, false, false)]
    [InlineData(22.5 * 60, true, false)]
    [InlineData(2, true, false)]
    [InlineData(0.5, true, true)]
    public async Task ACallWhoseInstantLiesAheadOfTheLedgersClockIsNotTaken(double minutes, bool alone, bool shared)
    {
        await using var rig = new LedgerRig(store: store, now: november);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        var call = rig.Call(1m) with { Id = CallId.FirstAt(november.AddMinutes(minutes)) };
        if (store is Store.Sqlite ? alone : shared)
        {
            Assert.True(await rig.HoldAsync(call));
        }
        else
        {
            await Assert.ThrowsAsync<JournalUnavailableException>(async () => await rig.HoldAsync(call));
            // Time does not go on from what was refused.
            await rig.SpendAsync(1m);
            Assert.All(rig.Events("budget.created").Concat(rig.Events("ledger.sealed")), told => Assert.True(told.At < november.AddMinutes(1)));
        }
        Assert.True(await rig.HoldAsync(rig.Call(1m)));
    }

    [Fact]
    public async Task AnIdThatAnEntryHasIsNotHeldAgain()
    {
        await using var rig = new LedgerRig(store: store, now: november);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        var call = rig.Call(1m);
        Assert.True(await rig.HoldAsync(call));
        await rig.SettleAsync(call, 0.5m);
        await Assert.ThrowsAsync<JournalUnavailableException>(async () => await rig.HoldAsync(call with { Estimate = Money.FromUsd(2m) }));
        Assert.Equal(0, Assert.Single(rig.Balances("chat-month")).HeldNanos);
    }

    /// <summary>A database that is started again and again.</summary>
    sealed class Kept(Store store) : IAsyncDisposable
    {
        readonly DirectoryInfo folder = System.IO.Directory.CreateTempSubdirectory("governance-clock-");
        readonly string? connection = store is Store.Postgres ? PostgresServer.Shared.NewDatabase() : null;

        public LedgerRig Start(DateTimeOffset now) => new(folder.FullName, now: now, store: store, connection: connection);

        public async Task SpendAsync(DateTimeOffset now)
        {
            await using var rig = Start(now);
            await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
            await rig.SpendAsync(1m);
        }

        public ValueTask DisposeAsync()
        {
            folder.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}

public sealed class ClockGapTestsOnSqlite() : ClockGapTests(Store.Sqlite);

public sealed class ClockGapTestsOnPostgres() : ClockGapTests(Store.Postgres);
