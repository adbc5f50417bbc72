using Governance.Audit;
using Governance.Integrity;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Journal.Postgres;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Ledger.Holds;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Governance.Tests.Ledger;

/// <summary>Several instances in one process on one PostgreSQL database, with clocks that the test moves.</summary>
public sealed class InstancesTests
{
    [Fact]
    public async Task InstancesTogetherNeverExceedACap()
    {
        var connection = PostgresServer.Shared.NewDatabase();
        await using var first = new LedgerRig(connection: connection);
        await using var second = new LedgerRig(connection: connection);
        await using var third = new LedgerRig(connection: connection);
        await first.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        LedgerRig[] rigs = [first, second, third];
        var at = 0;
        var admitted = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => Task.Run(async () =>
        {
            var rig = rigs[i % 3];
            var call = rig.Call(1m) with { Id = new CallId(CallId.FirstAt(rig.Clock.Now).Value + Interlocked.Increment(ref at)) };
            if (!await rig.HoldAsync(call))
            {
                return 0;
            }
            if (i % 2 == 0)
            {
                await rig.SettleAsync(call, 1m);
            }
            return 1;
        })));
        Assert.Equal(49, admitted.Sum());
        var balance = Assert.Single(first.Balances("chat-month"));
        Assert.Equal(49_000_000_000, balance.PostedNanos + balance.HeldNanos);
        var report = await Verification.VerifyAsync(first.Settings.ReadConnectionString, null);
        Assert.True(report.IsClean, string.Join('\n', report.Findings));
    }

    [Fact]
    public async Task AnEditElsewhereIsInForceWithTheNextGroupHere()
    {
        var connection = PostgresServer.Shared.NewDatabase();
        await using var here = new LedgerRig(connection: connection);
        await using var there = new LedgerRig(connection: connection);
        await here.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        Assert.True(await here.HoldAsync(here.Call(20m)));
        await there.SaveAsync(LedgerRig.Budget("chat-month", "10"));
        Assert.False(await here.HoldAsync(here.Call(1m)));
        await there.SaveAsync(LedgerRig.Budget("chat-month", "30"));
        Assert.True(await here.HoldAsync(here.Call(1m)));
    }

    [Fact]
    public async Task HoldsOfADeadInstanceAreResolvedByAnotherAndThoseOfALivingOneAreNot()
    {
        var connection = PostgresServer.Shared.NewDatabase();
        await using var living = new LedgerRig(connection: connection);
        var dead = new LedgerRig(connection: connection);
        await living.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        Assert.True(await dead.HoldAsync(dead.Call(2m)));
        dead.Clock.Now += TimeSpan.FromMilliseconds(1);
        living.Clock.Now += TimeSpan.FromSeconds(1);
        var own = living.Call(3m);
        Assert.True(await living.HoldAsync(own));

        Assert.Equal(0, await living.Get<InstanceRecovery>().RunAsync());
        living.Stay(Instances.Lease);
        Assert.Equal(1, await living.Get<InstanceRecovery>().RunAsync());

        Assert.Equal([own.Id.Value], Holds(living));
        Assert.Single(living.Events("ledger.recovered"));
        await living.SettleAsync(own, 3m);
        Assert.Equal((5_000_000_000, 0), living.Balances("chat-month").Select(balance => (balance.PostedNanos, balance.HeldNanos)).Single());

        // It was only paused: what it decides with what it remembers is refused once, then it goes on as somebody new.
        await Assert.ThrowsAsync<JournalUnavailableException>(() => dead.HoldAsync(dead.Call(1m)));
        await Assert.ThrowsAsync<JournalUnavailableException>(() => dead.HoldAsync(dead.Call(1m)));
        var before = dead.Get<JournalWriter>().Instance;
        dead.Clock.Now += TimeSpan.FromSeconds(20);
        Assert.True(await dead.HoldAsync(dead.Call(1m)));
        using (var db = living.Get<Reads>().Open())
        {
            Assert.Equal(2, db.Instances.Count(instance => instance.EndedMilliseconds == null));
            Assert.Equal(before, db.Holds.Single().Instance);
        }
        await dead.DisposeAsync();
        Assert.Equal(1, await living.Get<InstanceRecovery>().RunAsync());
    }

    [Fact]
    public async Task WhoComesBackFirstAfterAnOutageDeclaresNobodyDeadBeforeItHasWatchedForAWholeLease()
    {
        var connection = PostgresServer.Shared.NewDatabase();
        await using var first = new LedgerRig(connection: connection);
        await using var second = new LedgerRig(connection: connection);
        await first.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        first.Stay(Instances.Lease);
        var call = second.Call(2m);
        Assert.True(await second.HoldAsync(call));
        // Nobody can give a sign for a minute.
        first.Clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(0, await first.Get<InstanceRecovery>().RunAsync());
        first.Stay(TimeSpan.FromSeconds(9));
        Assert.Equal(0, await first.Get<InstanceRecovery>().RunAsync());
        // A third one that has only just come knows even less.
        await using var third = new LedgerRig(connection: connection, now: first.Clock.Now);
        Assert.Equal([call.Id.Value], Holds(first));
        using (var db = first.Get<Reads>().Open())
        {
            Assert.Equal(3, db.Instances.Count(instance => instance.EndedMilliseconds == null));
        }
        // Whoever then stays silent for as long as somebody watches is dead after all.
        first.Stay(TimeSpan.FromSeconds(9));
        Assert.Equal(1, await first.Get<InstanceRecovery>().RunAsync());
        Assert.Empty(Holds(first));
    }

    /// <summary>Signs of life are told apart, not compared with a clock: neither a clock that is set nor one that stands kills anybody.</summary>
    [Theory]
    [InlineData(60_000)]
    [InlineData(-60_000)]
    public async Task AClockOfTheDatabaseThatIsSetKillsNobody(int by)
    {
        var connection = PostgresServer.Shared.NewDatabase();
        await using var watching = new LedgerRig(connection: connection);
        await using var quiet = new LedgerRig(connection: connection);
        Assert.NotNull(await quiet.Get<Leases>().TakeAsync("mail"));
        watching.Stay(Instances.Lease - TimeSpan.FromSeconds(3));
        watching.Tamper($"UPDATE journal_turn SET at_milliseconds = at_milliseconds + {by}; UPDATE instances SET heartbeat_milliseconds = heartbeat_milliseconds - {Math.Abs(by)} WHERE id = '{quiet.Get<JournalWriter>().Instance}'");
        watching.Stay(TimeSpan.FromSeconds(3));
        // The lease may have run out by that clock; whoever takes it then has another token, and nobody is dead.
        await watching.Get<Leases>().TakeAsync("mail");
        Assert.Equal(0, await watching.Get<InstanceRecovery>().RunAsync());
        using var db = watching.Get<Reads>().Open();
        Assert.Equal(2, db.Instances.Count(instance => instance.EndedMilliseconds == null));
    }

    /// <summary>Runs that ended each before anybody could watch for a whole lease.</summary>
    [Fact]
    public async Task HoweverManyRunsEndedUnwatchedAnotherOneStarts()
    {
        var connection = PostgresServer.Shared.NewDatabase();
        PostgresServer.Execute(connection, "INSERT INTO instances (id, number, started_milliseconds, heartbeat_milliseconds, last_group) SELECT 'old-' || n, n, n + 1, n + 1, 0 FROM generate_series(0, 1023) n");
        await using var rig = new LedgerRig(connection: connection);
        Assert.Equal(0, rig.Get<JournalWriter>().InstanceNumber);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        Assert.True(await rig.HoldAsync(rig.Call(1m)));
    }

    [Fact]
    public async Task WhoWasDeclaredDeadAndLivesKeepsWhatNobodyHasResolvedYet()
    {
        var connection = PostgresServer.Shared.NewDatabase();
        await using var living = new LedgerRig(connection: connection);
        await using var paused = new LedgerRig(connection: connection);
        await living.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        var call = paused.Call(2m);
        Assert.True(await paused.HoldAsync(call));
        var before = paused.Get<JournalWriter>().Instance;
        living.Tamper($"UPDATE instances SET ended_milliseconds = 1 WHERE id = '{before}'");
        await Assert.ThrowsAsync<JournalUnavailableException>(() => paused.HoldAsync(paused.Call(1m)));
        await Assert.ThrowsAsync<JournalUnavailableException>(() => paused.HoldAsync(paused.Call(1m)));
        paused.Clock.Now += TimeSpan.FromSeconds(1);
        Assert.True(await paused.HoldAsync(paused.Call(1m)));
        Assert.NotEqual(before, paused.Get<JournalWriter>().Instance);
        Assert.Equal(0, await living.Get<InstanceRecovery>().RunAsync());
        await paused.SettleAsync(call, 0.5m);
        Assert.Equal((500_000_000, 1_000_000_000), living.Balances("chat-month").Select(balance => (balance.PostedNanos, balance.HeldNanos)).Single());
        Assert.Empty(living.Events("ledger.recovered"));
    }

    [Fact]
    public async Task AHolderThatWasPausedBeyondItsLeaseCannotWriteUnderIt()
    {
        var connection = PostgresServer.Shared.NewDatabase();
        await using var first = new LedgerRig(connection: connection);
        await using var second = new LedgerRig(connection: connection);
        var old = await first.Get<Leases>().TakeAsync("mail");
        Assert.NotNull(old);
        Assert.Null(await second.Get<Leases>().TakeAsync("mail"));
        // It gives signs of life, but does not prolong the lease.
        first.Clock.Now += TimeSpan.FromSeconds(31);
        second.Clock.Now += TimeSpan.FromSeconds(31);
        await first.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        var young = await second.Get<Leases>().TakeAsync("mail");
        Assert.Equal(old.Token + 1, young?.Token);

        var late = old.Fence(new TellWork(Event("late")));
        first.Get<JournalWriter>().Submit(late);
        await Assert.ThrowsAsync<LeaseLostException>(async () => await late.Committed);
        var punctual = young!.Fence(new TellWork(Event("punctual")));
        second.Get<JournalWriter>().Submit(punctual);
        Assert.True(await punctual.Committed);
        Assert.Equal("punctual", Assert.Single(first.Events("test.told")).Sentence);
    }

    [Fact]
    public async Task ALeaseOfWhoGivesNoSignOfLifePassesOnBeforeItRunsOut()
    {
        var connection = PostgresServer.Shared.NewDatabase();
        await using var silent = new LedgerRig(connection: connection);
        await using var living = new LedgerRig(connection: connection);
        var old = await silent.Get<Leases>().TakeAsync("mail", TimeSpan.FromHours(6));
        Assert.Null(await living.Get<Leases>().TakeAsync("mail"));
        living.Stay(Instances.Lease + TimeSpan.FromSeconds(1));
        Assert.Equal(old!.Token + 1, (await living.Get<Leases>().TakeAsync("mail"))?.Token);
        var late = old.Fence(new TellWork(Event("late")));
        silent.Get<JournalWriter>().Submit(late);
        await Assert.ThrowsAsync<JournalUnavailableException>(async () => await late.Committed);
        Assert.Empty(living.Events("test.told"));
    }

    [Fact]
    public async Task TheNightlyRunHappensOnceForAllInstances()
    {
        var connection = PostgresServer.Shared.NewDatabase();
        await using var first = new LedgerRig(connection: connection);
        await using var second = new LedgerRig(connection: connection);
        await using var third = new LedgerRig(connection: connection);
        LedgerRig[] rigs = [first, second, third];
        for (var night = 1; night <= 2; night++)
        {
            await Task.WhenAll(rigs.Select(rig => Task.Run(() => rig.Get<NightlyRun>().RunAsync(CancellationToken.None))));
            Assert.Equal(night, first.Events("ledger.reconciled").Count);
            foreach (var rig in rigs)
            {
                rig.Clock.Now += TimeSpan.FromDays(1);
            }
            // All give signs of life on the next day before any of them looks who does.
            foreach (var rig in rigs)
            {
                await rig.SaveAsync(LedgerRig.Budget(rig.Get<JournalWriter>().Instance, "50"));
            }
        }
    }

    [Fact]
    public async Task NumbersOfInstancesThatStartTogetherDiffer()
    {
        var connection = PostgresServer.Shared.NewDatabase();
        var rigs = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => new LedgerRig(connection: connection))));
        try
        {
            var clock = TimeProvider.System;
            Assert.Equal(6, rigs.Select(rig => rig.Get<JournalWriter>().InstanceNumber).Distinct().Count());
            var ids = rigs.SelectMany(rig =>
            {
                var next = new Governance.Gateway.CallIds(clock, rig.Get<JournalWriter>());
                return Enumerable.Range(0, 5000).Select(_ => next.Next()).ToList();
            }).ToList();
            Assert.Equal(ids.Count, ids.Distinct().Count());
        }
        finally
        {
            foreach (var rig in rigs)
            {
                await rig.DisposeAsync();
            }
        }
    }

    [Fact]
    public void AFreshDatabaseIsBroughtToThisVersionByManyAtOnce()
    {
        var connection = PostgresServer.Shared.EmptyDatabase();
        Parallel.For(0, 4, _ => Database.Take(new JournalSettings(connection)).Dispose());
        using var db = new Reads(new JournalSettings(connection)).Open();
        Assert.False(db.Database.HasPendingModelChanges());
        Assert.Empty(db.Database.GetPendingMigrations());
    }

    [Theory]
    [InlineData("UPDATE audit SET sentence = 'other'")]
    [InlineData("DELETE FROM usage")]
    [InlineData("TRUNCATE threshold_claims")]
    [InlineData("TRUNCATE audit")]
    public async Task WhatIsOnlyAppendedToCannotBeChangedOnPostgres(string sql)
    {
        await using var rig = new LedgerRig(store: Store.Postgres);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        await rig.SpendAsync(45m);
        var refused = Assert.Throws<Npgsql.PostgresException>(() => rig.Tamper(sql));
        Assert.Contains("append-only", refused.MessageText, StringComparison.Ordinal);
        var reader = Assert.Throws<Npgsql.PostgresException>(() => PostgresServer.Execute(rig.Settings.ReadConnectionString, "DELETE FROM holds"));
        Assert.Equal("25006", reader.SqlState);
    }

    [Theory]
    [InlineData("UPDATE usage SET cost_nanos = 1", "seal")]
    [InlineData("UPDATE audit SET hash = '\\x00' WHERE id = 2", "I12")]
    [InlineData("UPDATE balances SET posted_nanos = posted_nanos + 1", "I2")]
    public async Task VerificationFindsWhatWasChangedOnPostgres(string sql, string invariant)
    {
        await using var rig = new LedgerRig(store: Store.Postgres);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        await rig.SpendAsync(1m);
        await rig.SpendAsync(45m);
        Assert.True((await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null)).IsClean);
        rig.Tamper("ALTER TABLE usage DISABLE TRIGGER ALL; ALTER TABLE audit DISABLE TRIGGER ALL; " + sql);
        Assert.Contains((await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null)).Findings, finding => finding.Invariant == invariant);
    }

    static List<long> Holds(LedgerRig rig)
    {
        using var db = rig.Get<Reads>().Open();
        return [.. db.Holds.Select(hold => hold.Id)];
    }

    static AuditEvent Event(string sentence) => new()
    {
        Chain = AuditEvent.SystemChain,
        Category = AuditCategory.System,
        Action = "test.told",
        Actor = Actor.System,
        TargetKind = "test",
        TargetId = "test",
        Sentence = sentence,
    };
}
