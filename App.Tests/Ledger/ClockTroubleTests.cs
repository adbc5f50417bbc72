using Governance.Journal;
using Governance.Ledger;
using Governance.Tests.Proofs;

namespace Governance.Tests.Ledger;

/// <summary>
/// Three instances on one PostgreSQL database, of which one host's clock, all hosts' clocks, the database's or all of them are wrong for a moment: by a month, or by nearly a day.
/// </summary>
public sealed class ClockTroubleTests(ClockMailHost mail) : ClockTrouble(mail)
{
    /// <summary>Each clock and each jump once; all pairs in the long proofs.</summary>
    public static TheoryData<Clocks, double, double> Jumps()
    {
        var clocks = Enum.GetValues<Clocks>();
        (double Hours, double Seconds)[] jumps = [(31 * 24, 0.2), (-31 * 24, 0.2), (22.5, 12), (-22.5, 12)];
        var data = new TheoryData<Clocks, double, double>();
        for (var pair = 0; pair < clocks.Length * jumps.Length; pair++)
        {
            var (who, jump) = (pair / jumps.Length, pair % jumps.Length);
            if (Effort.Full || who % jumps.Length == jump)
            {
                data.Add(clocks[who], jumps[jump].Hours, jumps[jump].Seconds);
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
}
