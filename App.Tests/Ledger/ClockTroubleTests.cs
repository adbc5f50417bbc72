using Governance.Alerts;
using Governance.Audit;
using Governance.Budgets;
using Governance.Ledger;
using Governance.Tests.Alerts;
using Microsoft.EntityFrameworkCore;

namespace Governance.Tests.Ledger;

/// <summary>A mail server for all tests of a class; every test has a mailbox of its own.</summary>
public sealed class ClockMailHost : IAsyncLifetime
{
    readonly int port = Ports.Free();

    internal SmtpServer Server { get; private set; } = null!;

    internal MailSettings Settings => new() { Host = "127.0.0.1", Port = port, From = "governance@example.com", UseTls = false };

    public async Task InitializeAsync() => Server = await SmtpServer.StartAsync(port);

    public Task DisposeAsync()
    {
        Server.Dispose();
        return Task.CompletedTask;
    }
}

/// <summary>
/// Three instances on one PostgreSQL database, of which one host's clock, all hosts' clocks, the database's or all of them are wrong: a month for a moment, nearly a day
/// for some seconds, five years at the start, a little more every hour.
/// </summary>
public sealed partial class ClockTroubleTests(ClockMailHost mail) : IClassFixture<ClockMailHost>
{
    const string Month = "chat-month";
    const string Day = "search-day";
    const string ByMonth = "chat-widget";
    const string ByDay = "search";

    /// <summary>So long an instance may take to do again what a clock has kept it from.</summary>
    static readonly TimeSpan soon = TimeSpan.FromMinutes(1);

    /// <summary>Twelve hours before a month ends, and with it a day and a week.</summary>
    static readonly DateTimeOffset november = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    static readonly DateTimeOffset december = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    readonly string mailbox = $"{Guid.NewGuid():N}@example.com";

    public static TheoryData<Clocks, double, double> Jumps()
    {
        var data = new TheoryData<Clocks, double, double>();
        foreach (var who in Enum.GetValues<Clocks>())
        {
            foreach (var (hours, seconds) in (ReadOnlySpan<(double, double)>)[(31 * 24, 0.2), (-31 * 24, 0.2), (22.5, 12), (-22.5, 12)])
            {
                data.Add(who, hours, seconds);
            }
        }
        return data;
    }

    /// <summary>What the tests rest on: the product is told what was put there, and by every connection of its own.</summary>
    [Fact]
    public void TheDatabasesClockIsTheTests()
    {
        var faked = new FakedDatabaseClock(november);
        var settings = new JournalSettings(faked.Connection);
        faked.Move(TimeSpan.FromDays(31));
        foreach (var connection in (string[])[settings.WriteConnectionString, settings.ReadConnectionString, settings.SignInConnectionString])
        {
            Assert.Equal(november.AddDays(31).UtcDateTime, PostgresServer.Ask(connection, "SELECT clock_timestamp()"));
        }
        Assert.Equal(november.AddDays(31), faked.Told);
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task AClockThatJumpsAndIsPutRightMovesNothing(Clocks who, double hours, double seconds)
    {
        await using var three = await FilledAsync(hours > 0 ? november : december);
        three.Jump(who, TimeSpan.FromHours(hours));
        for (var look = 1; look <= 4; look++)
        {
            await three.PassAsync(TimeSpan.FromSeconds(seconds / 4));
            await CapsHoldAsync(three);
        }
        // The last that happens with the wrong clock: a warning comes due, and one of three dies with a call in its hands.
        var abandoned = three.Call(2, ByMonth, 0.5m);
        Assert.True(await three[2].HoldAsync(abandoned));
        three.Silence(2);
        Assert.True(await three.SpendAsync(1, ByMonth, 0.6m));
        Told(three, who);

        three.Jump(who, TimeSpan.FromHours(-hours));
        await CapsHoldAsync(three);
        await three.PassAsync(soon);

        await CapsHoldAsync(three);
        await MailAsync();
        Assert.Empty(Open(three));
        Assert.Equal(UsageOutcome.Assumed, Entry(three, abandoned).Outcome);
        Assert.Single(three[0].Events("ledger.recovered"));
        await BooksAsync(three, monthly: 7.5m + 0.6m + 0.5m + (0.01m * Small(three)), daily: 4.5m);
    }

    /// <summary>Three instances that have spent most of a month's $10, which one more dollar warns of, and of a day's $5.</summary>
    async Task<ThreeInstances> FilledAsync(DateTimeOffset now, int count = 3)
    {
        var three = new ThreeInstances(now, mail.Settings);
        three.Start(count);
        await FillAsync(three);
        return three;
    }

    async Task FillAsync(ThreeInstances three)
    {
        await three[0].SaveAsync(LedgerRig.Budget(Month, "10", ByMonth) with { AlertEmail = mailbox, Thresholds = [new Threshold(80)] });
        await three[0].SaveAsync(LedgerRig.Budget(Day, "5", ByDay) with { Window = BudgetWindow.CalendarDay, Thresholds = [] });
        for (var call = 0; call < 3; call++)
        {
            Assert.True(await three.SpendAsync(call % three.Count, ByMonth, 2.5m));
            Assert.True(await three.SpendAsync(call % three.Count, ByDay, 1.5m));
        }
        // Long enough for each to know the others, and to have found the database's clock right.
        await three.PassAsync(LedgerTime.ConfirmedAfter + ThreeInstances.Round);
    }

    /// <summary>Whoever asks, on whichever living instance: what is beyond the cap is refused, and what is left of it is there.</summary>
    static async Task CapsHoldAsync(ThreeInstances three)
    {
        foreach (var at in three.Living.ToList())
        {
            Assert.False(await three.HoldAsync(at, ByMonth, 3m));
            Assert.False(await three.HoldAsync(at, ByDay, 1m));
            Assert.True(await three.SpendAsync(at, ByMonth, 0.01m));
            Assert.InRange(three.Error(at), TimeSpan.FromSeconds(-1.1), TimeSpan.FromSeconds(1.1));
        }
    }

    /// <summary>The warning has gone out, once. The server has it; that it has is read from its output.</summary>
    async Task MailAsync()
    {
        for (var look = 0; look < 100 && !mail.Server.Received.Any(IsOurs); look++)
        {
            await Task.Delay(50);
        }
        Assert.StartsWith("Warning: chat-widget reached 80 %", Assert.Single(mail.Server.Received, IsOurs).Subject, StringComparison.Ordinal);

        bool IsOurs(ReceivedMail received) => received.To.Contains(mailbox);
    }

    /// <summary>While the clock is wrong: where the ledger reads it, whoever asks for readiness or looks at a page is told; where only a host's is wrong, that host's log is.</summary>
    static void Told(ThreeInstances three, Clocks who)
    {
        foreach (var at in three.Living)
        {
            var isRead = who is Clocks.Database or Clocks.Everything;
            var isOwn = who is Clocks.AllHosts or Clocks.Everything || (who is Clocks.OneHost && at == 0);
            Assert.Equal(isRead, three.Warnings(at).Any(text => text.StartsWith("The clock was set", StringComparison.Ordinal)));
            Assert.Equal(isOwn, three.LogOf(at).Any(line => line.Text.StartsWith("This machine's clock is", StringComparison.Ordinal)));
        }
    }

    /// <summary>Every entry lies where it was made, every cap counted one period, and what verifies the ledger has nothing against it.</summary>
    static async Task BooksAsync(ThreeInstances three, decimal monthly, decimal daily)
    {
        Assert.All(three.Instants(), at => Assert.InRange(at, three.Begun.AddSeconds(-2), three.Now.AddSeconds(2)));
        var (month, day) = (Spent(three, Month), Spent(three, Day));
        Assert.Equal((three.Begun.UtcDateTime.ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture), monthly), Assert.Single(month));
        Assert.Equal((three.Begun.UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), daily), Assert.Single(day));
        var report = await three.VerifyAsync();
        Assert.True(report.IsClean, string.Join('\n', report.Findings));
        foreach (var at in three.Living)
        {
            Assert.Null(three[at].Get<Governance.Gateway.CallIds>().Ahead);
            Assert.Null(three[at].Get<FenceShelf>().Current);
        }
    }

    /// <summary>What every period came to in which anything was spent or is held.</summary>
    static IReadOnlyList<(string Period, decimal Usd)> Spent(ThreeInstances three, string budget) =>
        [.. three[0].Balances(budget).Where(balance => balance.PostedNanos + balance.HeldNanos != 0).Select(balance => (balance.Period, (balance.PostedNanos + balance.HeldNanos) / 1_000_000_000m))];

    static int Small(ThreeInstances three)
    {
        using var db = three[0].Get<Reads>().Open();
        return db.Usage.Count(row => row.CostNanos == 10_000_000);
    }

    static List<long> Open(ThreeInstances three)
    {
        using var db = three[0].Get<Reads>().Open();
        return [.. db.Holds.Select(hold => hold.Id)];
    }

    static UsageRow Entry(ThreeInstances three, LedgerCall call)
    {
        using var db = three[0].Get<Reads>().Open();
        return db.Usage.AsNoTracking().Single(row => row.Id == call.Id.Value);
    }
}
