using Governance.Audit;
using Governance.Budgets;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.Holds;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Governance.Tests.Ledger;

/// <summary>The failure matrix below the gateway: a store that cannot be written, a trail that takes nothing, a clock that is set.</summary>
public sealed class StoreTroubleTests
{
    static readonly Actor lisa = new(ActorKind.Member, "lisa@example.com");

    [Fact]
    public async Task AReadOnlyStoreIsNamedAndTakesWorkAgainByItself()
    {
        await using var rig = new LedgerRig();
        var watch = rig.Get<StoreWatch>();
        var connection = await ConnectionAsync(rig);
        var running = rig.Call(1m);
        Assert.True(await rig.HoldAsync(running));
        await SetAsync(rig, connection, "PRAGMA query_only=1");

        await Assert.ThrowsAsync<SqliteException>(() => rig.HoldAsync(rig.Call(1m)));
        Assert.Contains("readonly", watch.Trouble, StringComparison.Ordinal);
        await Assert.ThrowsAsync<SqliteException>(() => rig.SaveAsync(LedgerRig.Budget("chat-month", "50")));
        await watch.LookAsync();
        Assert.NotNull(watch.Trouble);
        rig.Get<SpendLedger>().Settle(running, new CallResult { Outcome = UsageOutcome.Posted, Cost = Money.FromUsd(0.5m), End = "completed" }, null);

        await SetAsync(rig, connection, "PRAGMA query_only=0");
        await watch.LookAsync();
        Assert.Null(watch.Trouble);
        Assert.True(await rig.HoldAsync(rig.Call(1m)));
        using var db = rig.Get<Reads>().Open();
        await Eventually.IsTrueAsync(() => db.Usage.Any(row => row.Id == running.Id.Value));
        await CleanAsync(rig);
    }

    [Fact]
    public async Task AFullStoreRefusesWhatDoesNotFitAndTakesWorkAgainByItself()
    {
        await using var rig = new LedgerRig();
        var connection = await ConnectionAsync(rig);
        await SetAsync(rig, connection, "PRAGMA max_page_count=1");
        var admitted = 0;
        var full = await Assert.ThrowsAsync<SqliteException>(async () =>
        {
            while (admitted < 10_000 && await rig.HoldAsync(rig.Call(0.01m)))
            {
                admitted++;
            }
        });
        Assert.Equal(13, full.SqliteErrorCode);
        Assert.Contains("full", rig.Get<StoreWatch>().Trouble, StringComparison.Ordinal);
        await SetAsync(rig, connection, "PRAGMA max_page_count=1000000");
        await rig.Get<StoreWatch>().LookAsync();
        Assert.Null(rig.Get<StoreWatch>().Trouble);
        Assert.True(await rig.HoldAsync(rig.Call(0.01m)));
        using var db = rig.Get<Reads>().Open();
        Assert.Equal(admitted + 1, db.Holds.Count());
    }

    [Fact]
    public async Task NothingIsWrittenIntoADatabaseWhoseFileIsGone()
    {
        await using var rig = new LedgerRig();
        Assert.True(await rig.HoldAsync(rig.Call(1m)));
        var aside = rig.Settings.File + ".aside";
        File.Move(rig.Settings.File, aside);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => rig.HoldAsync(rig.Call(1m)));
        Assert.Contains("is not there any more", rig.Get<StoreWatch>().Trouble, StringComparison.Ordinal);
        File.Move(aside, rig.Settings.File);
        await rig.Get<StoreWatch>().LookAsync();
        Assert.Null(rig.Get<StoreWatch>().Trouble);
        Assert.True(await rig.HoldAsync(rig.Call(1m)));
    }

    /// <summary>Whoever comes first, a look or a call: both say the same.</summary>
    [Fact]
    public async Task AFolderThatIsGoneIsNamedBeforeACallTriesIt()
    {
        await using var rig = new LedgerRig();
        rig.Get<IOptions<StoreWatchSettings>>().Value.FreeBytesLeast = 1;
        var watch = rig.Get<StoreWatch>();
        Assert.True(await rig.HoldAsync(rig.Call(1m)));
        var folder = Path.GetDirectoryName(rig.Settings.File)!;
        var aside = folder + ".aside";
        Directory.Move(folder, aside);
        await watch.LookAsync();
        Assert.Equal($"the folder of the database, {folder}, is not there any more", watch.Trouble);
        Directory.Move(aside, folder);
        await watch.LookAsync();
        Assert.Null(watch.Trouble);
        Assert.True(await rig.HoldAsync(rig.Call(1m)));
    }

    /// <summary>The event is in the transaction of what it tells, so that neither is there without the other.</summary>
    [Fact]
    public async Task WhatTheTrailDoesNotTakeDoesNotHappen()
    {
        await using var rig = new LedgerRig();
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        var running = rig.Call(1m);
        Assert.True(await rig.HoldAsync(running));
        rig.Tamper("CREATE TRIGGER audit_is_broken BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no room in the trail'); END");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => rig.SaveAsync(LedgerRig.Budget("chat-month", "60")));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => rig.HoldAsync(rig.Call(100m)));
        var intervened = rig.Call(1m);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => rig.Get<SpendLedger>().ReserveAsync(intervened, Intervention(intervened), true, (_, _) => throw new InvalidOperationException()).AsTask());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => rig.SettleAsync(running, 0.5m));
        await rig.Get<StoreWatch>().LookAsync();
        Assert.Contains("the audit trail cannot be written: ", rig.Get<StoreWatch>().Trouble, StringComparison.Ordinal);
        using (var db = rig.Get<Reads>().Open())
        {
            Assert.Equal(Money.FromUsd(50), db.Budgets.Single().Definition.Cap);
            Assert.Equal(running.Id.Value, db.Holds.Single().Id);
            Assert.Empty(db.Usage);
        }
        Assert.Equal(Money.FromUsd(50), rig.Get<BudgetShelf>().Current.All.Single().Definition.Cap);

        rig.Tamper("DROP TRIGGER audit_is_broken");
        await rig.Get<StoreWatch>().LookAsync();
        Assert.Null(rig.Get<StoreWatch>().Trouble);
        await rig.SettleAsync(running, 0.5m);
        Assert.True(await rig.SaveAsync(LedgerRig.Budget("chat-month", "60")));
        await CleanAsync(rig);
    }

    [Fact]
    public async Task BelowTheLeastSpaceEditsAreRefusedAndRunningCallsAreStillSettled()
    {
        await using var rig = new LedgerRig();
        var settings = rig.Get<IOptions<StoreWatchSettings>>().Value;
        var running = rig.Call(1m);
        Assert.True(await rig.HoldAsync(running));
        var enough = settings.FreeBytesLeast;
        settings.FreeBytesLeast = long.MaxValue;
        await rig.Get<StoreWatch>().LookAsync();
        Assert.Contains("MB left", rig.Get<StoreWatch>().Trouble, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => rig.SaveAsync(LedgerRig.Budget("chat-month", "50")));
        await rig.SettleAsync(running, 0.5m);
        settings.FreeBytesLeast = enough;
        await rig.Get<StoreWatch>().LookAsync();
        Assert.Null(rig.Get<StoreWatch>().Trouble);
        Assert.True(await rig.SaveAsync(LedgerRig.Budget("chat-month", "50")));
    }

    [Fact]
    public async Task AClockThatIsSetExpiresNoHoldEarlyOrLateAndIsTold()
    {
        await using var rig = new LedgerRig();
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        var watch = rig.Get<StoreWatch>();
        var expiry = rig.Get<HoldExpiry>();
        await watch.LookAsync();
        Assert.True(await rig.HoldAsync(rig.Call(1m)));
        rig.Clock.Now += TimeSpan.FromHours(2.5);
        await watch.LookAsync();
        Assert.Null(watch.Stepped);

        rig.Clock.Step(TimeSpan.FromHours(1));
        Assert.Equal(0, await expiry.RunAsync());
        await watch.LookAsync();
        Assert.StartsWith("The clock was set forward by 3,600 s", watch.Stepped!.Text, StringComparison.Ordinal);
        Assert.True(await rig.HoldAsync(rig.Call(1m)));

        rig.Clock.Step(TimeSpan.FromHours(-2));
        await watch.LookAsync();
        Assert.StartsWith("The clock was set back by 7,200 s", watch.Stepped!.Text, StringComparison.Ordinal);
        Assert.Equal(0, await expiry.RunAsync());
        rig.Clock.Now += TimeSpan.FromHours(0.6);
        Assert.Equal(1, await expiry.RunAsync());
        rig.Clock.Now += TimeSpan.FromHours(1);
        await watch.LookAsync();
        Assert.Null(watch.Stepped);
    }

    [Fact]
    public async Task AClockThatIsSetBackOverMidnightOfTheMonthTakesNoCallBackIntoTheOldPeriod()
    {
        await using var rig = new LedgerRig(now: new DateTimeOffset(2026, 11, 30, 23, 30, 0, TimeSpan.Zero));
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        await rig.SpendAsync(1m);
        rig.Clock.Step(TimeSpan.FromHours(1));
        await rig.SpendAsync(2m);
        rig.Clock.Step(TimeSpan.FromHours(-1));
        await rig.SpendAsync(4m);
        Assert.Equal([("2026-11", 1_000_000_000L), ("2026-12", 6_000_000_000L)], rig.Balances("chat-month").Select(balance => (balance.Period, balance.PostedNanos)));
        using var db = rig.Get<Reads>().Open();
        var times = db.Audit.OrderBy(row => row.Id).Select(row => row.AtMilliseconds).ToList();
        Assert.Equal(times.Order(), times);
        await CleanAsync(rig);
    }

    static AuditEvent Intervention(LedgerCall call) => new()
    {
        Chain = call.For.Project, Category = AuditCategory.Intervened, Action = "call.intervened", Actor = lisa, TargetKind = "call", TargetId = "x", Sentence = "A call was changed.",
    };

    /// <summary>The journal's own connection, so that a test can make it as a broken disk would.</summary>
    static async Task<SqliteConnection> ConnectionAsync(LedgerRig rig)
    {
        SqliteConnection? connection = null;
        await rig.Get<JournalWriter>().ChangeAsync(change => connection = (SqliteConnection)change.Db.Database.GetDbConnection());
        return connection!;
    }

    static async Task SetAsync(LedgerRig rig, SqliteConnection connection, string pragma)
    {
        var gate = rig.Get<JournalWriter>().Gate;
        await gate.WaitAsync();
        try
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are literals of these tests.
            command.CommandText = pragma;
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }
        finally
        {
            gate.Release();
        }
    }

    static async Task CleanAsync(LedgerRig rig)
    {
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
        Assert.True(report.IsClean, string.Join('\n', report.Findings));
    }
}
