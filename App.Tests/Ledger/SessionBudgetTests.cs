using Governance.Alerts;
using Governance.Audit;
using Governance.Budgets;
using Governance.Integrity;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Ledger;
using Microsoft.Data.Sqlite;

namespace Governance.Tests.Ledger;

/// <summary>Budgets that count each session by itself: a new session costs what an old one costs, and idle ones take up no room.</summary>
public abstract class SessionBudgetTests(Store store)
{
    [Fact]
    public async Task TheBalanceOfAnIdleSessionGoesAndComesBackWithWhatItSpent()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("each", "10") with { Window = BudgetWindow.Session });
        await SpendAsync(rig, "idle", 8m);
        await SpendAsync(rig, "busy", 1m);
        Assert.True(await HoldAsync(rig, "held", 2m));
        rig.Clock.Now = rig.Clock.Now.AddDays(3);
        await SpendAsync(rig, "busy", 1m);

        Assert.Equal(1, await rig.Get<IdleSessions>().RunAsync());

        Assert.Equal(["session busy", "session held"], rig.Balances("each").Select(balance => balance.Period).Order(StringComparer.Ordinal));
        Assert.True((await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null)).IsClean);
        Assert.False(await HoldAsync(rig, "idle", 3m));
        Assert.True(await HoldAsync(rig, "idle", 1.5m));
        Assert.Equal(0, await rig.Get<IdleSessions>().RunAsync());
        Assert.Empty((await rig.Get<Reconciliation>().RunAsync(Actor.System)).Drifts);
    }

    /// <summary>As the night does it: under its lease, which on PostgreSQL surrounds each work.</summary>
    [Fact]
    public async Task TheNightRemovesThemAndComesToItsEnd()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("each", "10") with { Window = BudgetWindow.Session });
        await SpendAsync(rig, "idle", 8m);
        rig.Clock.Now = rig.Clock.Now.AddDays(3);
        await rig.Get<NightlyRun>().RunAsync(CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Empty(rig.Balances("each"));
        Assert.Single(rig.Events(NightlyRun.FinishedAction));
    }

    [Fact]
    public async Task ManyIdleSessionsGoInSeveralTurns()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("each", "10") with { Window = BudgetWindow.Session });
        for (var i = 0; i < 450; i++)
        {
            await SpendAsync(rig, $"s{i}", 0.01m);
        }
        rig.Clock.Now = rig.Clock.Now.AddDays(3);
        Assert.Equal(450, await rig.Get<IdleSessions>().RunAsync());
        Assert.Empty(rig.Balances("each"));
    }

    /// <summary>A version that did not know the column runs beside this one while instances are exchanged.</summary>
    [Fact]
    public async Task AHoldThatNamesNoSessionIsCountedByItsCall()
    {
        await using var rig = new LedgerRig(store: store);
        Assert.True(await HoldAsync(rig, "a", 8m));
        Assert.True(await HoldAsync(rig, "b", 1m));
        rig.Tamper("UPDATE holds SET session = NULL");
        await rig.SaveAsync(LedgerRig.Budget("each", "10") with { Window = BudgetWindow.Session });
        Assert.False(await HoldAsync(rig, "a", 3m));
        Assert.True(await HoldAsync(rig, "b", 3m));
        Assert.True((await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null)).IsClean);
    }

    [Fact]
    public async Task AHoldUnderAnotherSessionThanItsCallsIsFound()
    {
        await using var rig = new LedgerRig(store: store);
        Assert.True(await HoldAsync(rig, "a", 8m));
        rig.Tamper("UPDATE holds SET session = 'b'");
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
        Assert.Contains(report.Findings, finding => finding.Message.Contains("filed under session 'b'", StringComparison.Ordinal));
    }

    /// <summary>What can be removed is what came to its end long ago; what still waits, however old, stays.</summary>
    [Fact]
    public async Task MailsThatCameToTheirEndAreKeptForAWhile()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("month", "10"));
        var (now, day) = (rig.Clock.Now.ToUnixTimeMilliseconds(), 24L * 60 * 60 * 1000);
        foreach (var (id, age, sent, givenUp) in ((string, long, string, string)[])[("sent", 91, "x", "NULL"), ("given-up", 91, "NULL", "x"), ("waits", 91, "NULL", "NULL"), ("new", 89, "x", "NULL")])
        {
            var at = now - (age * day);
            rig.Tamper($"INSERT INTO mail (message_id, recipient, subject, body, audit_id, created_at, next_try_at, tries, sent_at, given_up_at) VALUES ('{id}', 'jo@acme.test', '', '', (SELECT MIN(id) FROM audit), {at}, {at}, 1, {sent.Replace("x", $"{at}", StringComparison.Ordinal)}, {givenUp.Replace("x", $"{at}", StringComparison.Ordinal)})");
        }
        var work = new OldMailWork();
        rig.Get<JournalWriter>().Submit(work);
        Assert.Equal(2, await work.Committed);
        using var db = rig.Get<Reads>().Open();
        Assert.Equal(["new", "waits"], db.Mail.Select(mail => mail.MessageId).ToList().Order(StringComparer.Ordinal));
    }

    private protected static Task<bool> HoldAsync(LedgerRig rig, string session, decimal usd) => rig.HoldAsync(Of(rig, session, usd));

    static LedgerCall Of(LedgerRig rig, string session, decimal usd)
    {
        var call = rig.Call(usd);
        return call with { For = call.For with { Session = session } };
    }

    static async Task SpendAsync(LedgerRig rig, string session, decimal usd)
    {
        var call = Of(rig, session, usd);
        Assert.True(await rig.HoldAsync(call));
        await rig.SettleAsync(call, usd);
    }
}

/// <inheritdoc/>
public sealed class SessionBudgetTestsOnSqlite() : SessionBudgetTests(Store.Sqlite)
{
    /// <summary>However many calls of others are open or were corrected, none of them is looked at.</summary>
    [Theory]
    [InlineData(LedgerSpend.SessionHolds, "IX_holds_session")]
    [InlineData(LedgerSpend.SessionCorrections, "IX_usage_session")]
    public async Task ASessionIsFoundByItsIndex(string sql, string index)
    {
        await using var rig = new LedgerRig();
        await using var connection = new SqliteConnection(rig.Settings.ReadConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The product's own statement.
        command.CommandText = "EXPLAIN QUERY PLAN " + sql;
#pragma warning restore CA2100
        command.Parameters.AddWithValue("?1", 0L);
        command.Parameters.AddWithValue("?2", long.MaxValue);
        command.Parameters.AddWithValue("?3", "s");
        var plan = new List<string>();
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            plan.Add(rows.GetString(3));
        }
        Assert.Contains(plan, step => step.Contains(index, StringComparison.Ordinal));
        Assert.DoesNotContain(plan, step => step.StartsWith("SCAN", StringComparison.Ordinal));
    }
}

/// <inheritdoc/>
public sealed class SessionBudgetTestsOnPostgres() : SessionBudgetTests(Store.Postgres);
