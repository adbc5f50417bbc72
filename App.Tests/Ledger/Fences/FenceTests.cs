using Governance.Audit;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Integrity;
using Governance.Integrity.Checks;
using Governance.Integrity.Fences;
using Governance.Journal;
using Governance.Journal.Postgres;
using Governance.Ledger;
using Governance.Ledger.Fences;
using Governance.Ledger.Holds;
using Governance.Pricing;

namespace Governance.Tests.Ledger.Fences;

public sealed class FenceTests
{
    [Theory]
    [InlineData(1, 10, "aa", false)]
    [InlineData(1, 11, "aa", false)]
    [InlineData(1, 9, null, true)]
    [InlineData(1, 0, null, true)]
    [InlineData(1, 12, "bb", true)]
    [InlineData(2, 3, null, false)]
    public void ALedgerIsBehindItsMarkWhereItEndsEarlierOrDiffers(long epoch, long eventId, string? hash, bool behind) =>
        Assert.Equal(behind, new LedgerMark(1, 10, "aa", default).Behind(epoch, eventId, hash) is not null);

    [Fact]
    public void AnOlderEpochIsBehindHoweverLongItIs() => Assert.NotNull(new LedgerMark(2, 10, "aa", default).Behind(1, 99, "aa"));

    [Fact]
    public async Task WhatWasSpentMeanwhileCountsReachesThresholdsAndExplainsTheCap()
    {
        await using var rig = new LedgerRig(now: new DateTimeOffset(2026, 10, 22, 12, 0, 0, TimeSpan.Zero));
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "20"));
        await rig.SaveAsync(LedgerRig.Budget("all-month", "100", project: null));
        rig.Clock.Now = rig.Clock.Now.AddMonths(1);
        await rig.SpendAsync(1m);
        await RaiseAsync(rig);
        Assert.NotNull(rig.Get<FenceShelf>().Current);

        var sentence = await LiftAsync(rig, new SpentSince(Money.FromUsd(25m), "chat-widget"), new SpentSince(Money.FromUsd(2m), "search"));

        Assert.Equal("Calls are admitted again, in epoch 2: $27.00 that was spent since the older state counts now.", sentence);
        Assert.Null(rig.Get<FenceShelf>().Current);
        Assert.Equal((26_000_000_000, 28_000_000_000), (rig.Balances("chat-month")[^1].PostedNanos, rig.Balances("all-month")[^1].PostedNanos));
        Assert.NotEmpty(rig.Events("budget.threshold_reached"));
        Assert.False(await rig.HoldAsync(rig.Call(0.01m)));
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
        Assert.True(report.IsClean, string.Join('\n', report.Findings));
        Assert.Contains(report.Findings, finding => finding.Invariant == "I1" && finding.Message.Contains("entered by hand", StringComparison.Ordinal));
        Assert.Empty((await rig.Get<Reconciliation>().RunAsync(Actor.System)).Drifts);
    }

    [Fact]
    public async Task OnlyTheFirstLiftingEntersAnything()
    {
        await using var rig = new LedgerRig();
        await rig.SaveAsync(LedgerRig.Budget("all-month", "100", project: null));
        Assert.Null(await LiftAsync(rig, new SpentSince(Money.FromUsd(1m), "search")));
        await RaiseAsync(rig);
        await RaiseAsync(rig);
        var lifts = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => LiftAsync(rig, new SpentSince(Money.FromUsd(1m), "search"))));
        Assert.Single(lifts, sentence => sentence is not null);
        Assert.Equal(1_000_000_000, Assert.Single(rig.Balances("all-month")).PostedNanos);
        Assert.Single(rig.Events("ledger.fenced"));
        Assert.Single(rig.Events(FenceTable.LiftedAction));
    }

    [Fact]
    public async Task AFenceStandsOverARestartAndTheMarkMovesOnWhenItIsLifted()
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("governance-fence-").FullName;
        try
        {
            await using (var rig = new LedgerRig(folder))
            {
                await RaiseAsync(rig);
            }
            await using (var rig = new LedgerRig(folder))
            {
                Assert.NotNull(rig.Get<FenceShelf>().Current);
                await rig.Get<LedgerMarkKeeper>().KeepAsync();
                Assert.Null(rig.Get<LedgerMarkFile>().Read());
                await LiftAsync(rig);
                Assert.Equal(2, rig.Get<LedgerMarkFile>().Read()?.Epoch);
            }
            await using (var rig = new LedgerRig(folder))
            {
                Assert.Null(rig.Get<FenceShelf>().Current);
            }
        }
        finally
        {
            System.IO.Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task TwoWhoWriteTheMarkAtOnceDoNotMeetInTheFile()
    {
        await using var rig = new LedgerRig();
        await rig.SaveAsync(LedgerRig.Budget("all-month", "20", project: null));
        var (keeper, file) = (rig.Get<LedgerMarkKeeper>(), rig.Get<LedgerMarkFile>());
        for (var round = 0; round < 50; round++)
        {
            File.Delete(file.Path);
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(keeper.KeepAsync)));
            Assert.NotNull(file.Read());
        }
    }

    [Fact]
    public async Task AFenceIsLiftedAndSaysSoAlsoWhereTheMarkCannotBeWritten()
    {
        await using var rig = new LedgerRig();
        await rig.SaveAsync(LedgerRig.Budget("all-month", "20", project: null));
        await RaiseAsync(rig);
        var path = rig.Get<LedgerMarkFile>().Path;
        File.Delete(path);
        System.IO.Directory.CreateDirectory(path);
        Assert.StartsWith("Calls are admitted again", await LiftAsync(rig), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task ACallThatWasLetInBeforeTheFenceFellHoldsNothing(Store store)
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "20"));
        var holder = rig.Call(19.5m);
        Assert.True(await rig.HoldAsync(holder));
        var waiting = rig.Call(1m);
        var queue = rig.Get<HoldQueue>();
        using var place = queue.Arrive();
        var refused = await AttemptAsync(false);
        Assert.True(refused.IsHeld);
        var waited = queue.WaitAsync(place, refused, AttemptAsync, TimeSpan.FromMinutes(1), TimeProvider.System, CancellationToken.None).AsTask();
        await RaiseAsync(rig);
        await rig.SettleAsync(holder, 1m);
        Assert.True((await waited).IsFenced);
        Assert.False(await rig.HoldAsync(rig.Call(1m)));
        using var db = rig.Get<Reads>().Open();
        Assert.Empty(db.Holds);
        Assert.Equal(holder.Id.Value, Assert.Single(db.Usage).Id);

        ValueTask<Governance.Budgets.Balances.Reservation> AttemptAsync(bool isLast) =>
            rig.Get<SpendLedger>().ReserveAsync(waiting, null, true, (_, _) => throw new InvalidOperationException("It was recorded as refused."), patient: !isLast, place);
    }

    /// <summary>A call that was decided before is refused for the fence, which lasts, not for its age, which asks for another try.</summary>
    [Fact]
    public async Task WhoTakesPartAnewUnderAFenceSaysSo()
    {
        var connection = PostgresServer.Shared.NewDatabase();
        await using var living = new LedgerRig(connection: connection);
        await using var paused = new LedgerRig(connection: connection);
        await living.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        var decided = paused.Call(1m);
        living.Clock.Now += TimeSpan.FromSeconds(1);
        living.Stay(Instances.Lease);
        await living.Get<InstanceRecovery>().RunAsync();
        await RaiseAsync(living);

        // Its first group finds out that it was declared dead; the same call is asked for again.
        await Assert.ThrowsAsync<JournalUnavailableException>(() => paused.HoldAsync(decided));
        var reservation = await paused.Get<SpendLedger>().ReserveAsync(decided, null, true, (_, _) => throw new InvalidOperationException("It was recorded as refused."));

        Assert.True(reservation.IsFenced);
        Assert.NotNull(paused.Get<FenceShelf>().Current);
    }

    [Fact]
    public async Task AMarkThatCannotBeReadIsNoMark()
    {
        await using var rig = new LedgerRig();
        var file = rig.Get<LedgerMarkFile>();
        foreach (var text in (string[])["", "{", "[]", "null"])
        {
            await System.IO.File.WriteAllTextAsync(file.Path, text);
            Assert.Null(file.Read());
        }
    }

    static Task<Fence> RaiseAsync(LedgerRig rig) => rig.Get<JournalWriter>().ChangeAsync(change => FenceTable.Raise(change.Transaction, "a test.", null, Actor.System));

    static Task<string?> LiftAsync(LedgerRig rig, params SpentSince[] spent) =>
        rig.Get<FenceLifting>().LiftAsync(spent, "acme", new Actor(ActorKind.Member, "maria@acme.test"), () => rig.Call(1m).Id);
}
