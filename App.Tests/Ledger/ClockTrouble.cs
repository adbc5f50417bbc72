using Governance.Alerts;
using Governance.Budgets;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Ledger.Fences;
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

/// <summary>Three instances on one PostgreSQL database, some of whose clocks are wrong: how they are filled, and what must hold whatever the clocks do.</summary>
public abstract class ClockTrouble(ClockMailHost mail) : IClassFixture<ClockMailHost>
{
    protected const string Month = "chat-month";
    protected const string Day = "search-day";
    protected const string ByMonth = "chat-widget";
    protected const string ByDay = "search";

    /// <summary>So long an instance may take to do again what a clock has kept it from.</summary>
    private protected static readonly TimeSpan soon = TimeSpan.FromMinutes(1);

    /// <summary>Twelve hours before a month ends, and with it a day and a week.</summary>
    private protected static readonly DateTimeOffset november = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private protected static readonly DateTimeOffset december = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    private protected ClockMailHost Mail => mail;

    protected string Mailbox { get; } = $"{Guid.NewGuid():N}@example.com";

    /// <summary>Three instances that have spent most of a month's $10, which one more dollar warns of, and of a day's $5.</summary>
    private protected async Task<ThreeInstances> FilledAsync(DateTimeOffset now, int count = 3)
    {
        var three = new ThreeInstances(now, mail.Settings);
        three.Start(count);
        await FillAsync(three);
        return three;
    }

    private protected async Task FillAsync(ThreeInstances three)
    {
        await three[0].SaveAsync(LedgerRig.Budget(Month, "10", ByMonth) with { AlertEmail = Mailbox, Thresholds = [new Threshold(80)] });
        await three[0].SaveAsync(LedgerRig.Budget(Day, "5", ByDay) with { Window = BudgetWindow.CalendarDay, Thresholds = [] });
        for (var call = 0; call < 3; call++)
        {
            Assert.True(await three.SpendAsync(call % three.Count, ByMonth, 2.5m));
            Assert.True(await three.SpendAsync(call % three.Count, ByDay, 1.5m));
        }
        // Long enough for each to know the others, and to have found the database's clock right.
        await three.PassAsync(LedgerTime.ConfirmedAfter + ThreeInstances.Round, TimeSpan.FromSeconds(20));
    }

    /// <summary>Whoever asks, on whichever living instance: what is beyond the cap is refused, and what is left of it is there.</summary>
    private protected static async Task CapsHoldAsync(ThreeInstances three)
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
    private protected async Task MailAsync()
    {
        for (var look = 0; look < 100 && !mail.Server.Received.Any(IsOurs); look++)
        {
            await Task.Delay(50);
        }
        Assert.StartsWith("Warning: chat-widget reached 80 %", Assert.Single(mail.Server.Received, IsOurs).Subject, StringComparison.Ordinal);

        bool IsOurs(ReceivedMail received) => received.To.Contains(Mailbox);
    }

    /// <summary>While the clock is wrong: where the ledger reads it, whoever asks for readiness or looks at a page is told; where only a host's is wrong, that host's log is.</summary>
    private protected static void Told(ThreeInstances three, Clocks who)
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
    private protected static async Task BooksAsync(ThreeInstances three, decimal monthly, decimal daily)
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
    private protected static IReadOnlyList<(string Period, decimal Usd)> Spent(ThreeInstances three, string budget) =>
        [.. three[0].Balances(budget).Where(balance => balance.PostedNanos + balance.HeldNanos != 0).Select(balance => (balance.Period, (balance.PostedNanos + balance.HeldNanos) / 1_000_000_000m))];

    private protected static int Small(ThreeInstances three)
    {
        using var db = three[0].Get<Reads>().Open();
        return db.Usage.Count(row => row.CostNanos == 10_000_000);
    }

    private protected static List<long> Open(ThreeInstances three)
    {
        using var db = three[0].Get<Reads>().Open();
        return [.. db.Holds.Select(hold => hold.Id)];
    }

    private protected static UsageRow Entry(ThreeInstances three, LedgerCall call)
    {
        using var db = three[0].Get<Reads>().Open();
        return db.Usage.AsNoTracking().Single(row => row.Id == call.Id.Value);
    }
}
