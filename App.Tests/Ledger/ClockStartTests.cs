using Governance.Audit;
using Governance.Gateway;
using Governance.Integrity.Checks;
using Governance.Integrity.Fences;
using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.Fences;
using Governance.Tests.Proofs;

namespace Governance.Tests.Ledger;

/// <summary>A clock that is wrong when an instance starts, which then knows nothing else.</summary>
public sealed class ClockStartTests(ClockMailHost mail) : ClockTrouble(mail)
{
    const string FencedByClock = "No calls are taken: the clock says ";
    const string LiesAhead = "I9";
    const int FiveYears = (5 * 365) + 1;

    /// <summary>A host's own clock is nothing that the ledger goes by, from the first look on.</summary>
    [Theory]
    [Trait(Effort.Trait, Effort.Lengthy)]
    [InlineData(Clocks.OneHost, FiveYears, true)]
    [InlineData(Clocks.OneHost, FiveYears, false)]
    [InlineData(Clocks.OneHost, -FiveYears, false)]
    [InlineData(Clocks.AllHosts, FiveYears, true)]
    [InlineData(Clocks.AllHosts, FiveYears, false)]
    [InlineData(Clocks.AllHosts, -FiveYears, false)]
    public async Task AHostThatStartsYearsAwayGoesByTheDatabasesClock(Clocks who, int days, bool isFirstStart)
    {
        await using var three = new ThreeInstances(november, Mail.Settings);
        if (!isFirstStart)
        {
            three.Start();
            await FillAsync(three);
            await three.StopAsync();
        }
        three.Jump(who, TimeSpan.FromDays(days));
        three.Start();
        if (isFirstStart)
        {
            await FillAsync(three);
        }
        await CapsHoldAsync(three);
        var open = three.Call(0, ByMonth, 0.5m);
        Assert.True(await three[0].HoldAsync(open));

        await BooksAsync(three, monthly: 8m + (0.01m * Small(three)), daily: 4.5m);

        // It dies; the others, whose clocks are right or wrong, end what it held.
        three.Silence(0);
        await three.PassAsync(soon);
        Assert.Equal(UsageOutcome.Assumed, Entry(three, open).Outcome);
        await CapsHoldAsync(three);
        await BooksAsync(three, monthly: 8m + (0.01m * Small(three)), daily: 4.5m);
    }

    /// <summary>Where the ledger has entries a start far from them takes no calls, on any instance, until somebody says what time it is.</summary>
    [Theory]
    [Trait(Effort.Trait, Effort.Lengthy)]
    [InlineData(Clocks.Database, FiveYears)]
    [InlineData(Clocks.Database, -FiveYears)]
    [InlineData(Clocks.Everything, FiveYears)]
    public async Task AStartYearsFromTheNewestEntryIsFencedUntilSomebodyHasLooked(Clocks who, int days)
    {
        await using var three = await FilledAsync(november);
        Assert.True(await three.SpendAsync(0, ByMonth, 0.6m));
        await three.StopAsync();

        three.Jump(who, TimeSpan.FromDays(days));
        three.Start();
        await three.PassAsync(TimeSpan.FromSeconds(20));
        await FencedAsync(three, days < 0 ? "1,826 days before" : "1,826 days after");
        Assert.DoesNotContain(Mail.Server.Received, received => received.To.Contains(Mailbox));

        // The clock is put right, which nobody can know but who looks at it: the fence stands over the next start as well.
        three.Jump(who, TimeSpan.FromDays(-days));
        await FencedAsync(three);
        await three.StopAsync();
        three.Start();
        await FencedAsync(three);
        await LiftAsync(three, 1);
        await three.PassAsync(soon);

        await CapsHoldAsync(three);
        await MailAsync();
        await BooksAsync(three, monthly: 8.1m + (0.01m * Small(three)), daily: 4.5m);
    }

    /// <summary>An empty ledger has nothing to compare a clock with. What it counts far ahead stays there, is told of, and grants no second cap while these instances live.</summary>
    [Theory]
    [Trait(Effort.Trait, Effort.Lengthy)]
    [InlineData(Clocks.Database)]
    [InlineData(Clocks.Everything)]
    public async Task AFirstStartFiveYearsAheadIsToldOnceTheClockIsRight(Clocks who)
    {
        await using var three = new ThreeInstances(november, Mail.Settings);
        three.Jump(who, TimeSpan.FromDays(FiveYears));
        three.Start();
        await FillAsync(three);
        Assert.All(three.Living, at => Assert.Null(three[at].Get<FenceShelf>().Current));

        three.Jump(who, TimeSpan.FromDays(-FiveYears));
        await three.PassAsync(soon);
        foreach (var at in three.Living)
        {
            Assert.False(await three.HoldAsync(at, ByMonth, 3m));
            Assert.False(await three.HoldAsync(at, ByDay, 1m));
            Assert.Contains(three.Warnings(at), text => text.StartsWith("The clock was set back", StringComparison.Ordinal));
        }
        Assert.Equal("2031-11", Assert.Single(Spent(three, Month)).Period);
        Assert.Contains((await three.VerifyAsync()).Findings, finding => finding.Invariant == LiesAhead && finding.Severity is FindingSeverity.Failure);

        await three.StopAsync();
        three.Start();
        await FencedAsync(three, "days before");
        await LiftAsync(three, 2);
        await three.PassAsync(soon);
        foreach (var at in three.Living)
        {
            Assert.NotNull(three[at].Get<CallIds>().Ahead);
            Assert.True(await three.SpendAsync(at, ByMonth, 3m));
            Assert.InRange(three.Error(at), TimeSpan.FromSeconds(-1.1), TimeSpan.FromSeconds(1.1));
        }
        Assert.False(await three.HoldAsync(0, ByMonth, 1m));
        Assert.Equal([("2026-11", 9m), ("2031-11", 7.5m)], Spent(three, Month));
        Assert.Contains((await three.VerifyAsync()).Findings, finding => finding.Invariant == LiesAhead && finding.Severity is FindingSeverity.Failure);
    }

    /// <summary>Two live by the right time while a third one's first look is at a wrong one: it does not take the signs that those two give, which the database dates, for their agreement.</summary>
    [Theory]
    [InlineData(31)]
    [InlineData(-31)]
    [InlineData(FiveYears)]
    public async Task WhoStartsWhileTheDatabasesClockIsWrongGrantsNothing(int days)
    {
        await using var three = await FilledAsync(november, count: 2);
        three.Jump(Clocks.Database, TimeSpan.FromDays(days));
        await three.PassAsync(TimeSpan.FromSeconds(4));
        three.Start(1);
        Assert.False(await three.HoldAsync(2, ByMonth, 3m));
        Assert.False(await three.HoldAsync(2, ByDay, 1m));
        Assert.StartsWith("the clock says ", three[2].Get<FenceShelf>().Current?.Reason, StringComparison.Ordinal);

        three.Jump(Clocks.Database, TimeSpan.FromDays(-days));
        await three.PassAsync(soon);
        await FencedAsync(three);
        await LiftAsync(three, 0);
        await three.PassAsync(ThreeInstances.Round);
        // By now the third one goes by what the others agree on with the database.
        await CapsHoldAsync(three);
        await BooksAsync(three, monthly: 7.5m + (0.01m * Small(three)), daily: 4.5m);
    }

    /// <summary>Less than a day is no reason for a fence; whoever began with such a clock follows the others as soon as the database agrees with them.</summary>
    [Theory]
    [Trait(Effort.Trait, Effort.Lengthy)]
    [InlineData(22.5)]
    [InlineData(-22.5)]
    [InlineData(0.5)]
    public async Task WhoStartedByAWrongClockGoesByTheOthersWithinAMinute(double hours)
    {
        await using var three = await FilledAsync(hours > 0 ? november : december, count: 2);
        three.Jump(Clocks.Database, TimeSpan.FromHours(hours));
        three.Start(1);
        await three.PassAsync(TimeSpan.FromSeconds(12));
        var late = three.Call(2, ByMonth, 0.1m);
        three.Jump(Clocks.Database, TimeSpan.FromHours(-hours));
        await three.PassAsync(soon);
        if (hours > 0)
        {
            // A call that began by the wrong clock is not counted in a period that has not begun, and leads nobody back there.
            await Assert.ThrowsAsync<JournalUnavailableException>(async () => await three[2].HoldAsync(late));
        }

        await CapsHoldAsync(three);
        Assert.True(await three.SpendAsync(2, ByMonth, 0.6m));
        three.Silence(0);
        await three.PassAsync(soon);
        await MailAsync();
        await BooksAsync(three, monthly: 8.1m + (0.01m * Small(three)), daily: 4.5m);
    }

    /// <summary>On every instance nothing is taken, and all that ask are told why.</summary>
    static async Task FencedAsync(ThreeInstances three, string says = "")
    {
        foreach (var at in three.Living)
        {
            Assert.False(await three.HoldAsync(at, ByMonth, 0.01m));
            var reason = three[at].Get<FenceShelf>().Current?.Reason ?? "no fence";
            Assert.True(ClockGap.IsReason(reason), $"Instance {at} has {reason}.");
            Assert.Contains(says, reason, StringComparison.Ordinal);
            Assert.Contains(three.Warnings(at), text => text.StartsWith(FencedByClock, StringComparison.Ordinal));
        }
    }

    static async Task LiftAsync(ThreeInstances three, int at)
    {
        var sentence = await three[at].Get<FenceLifting>().LiftAsync([], "acme", Actor.System, () => throw new InvalidOperationException("Nothing is entered."), forClock: true);
        Assert.Contains("the clock was said to be right", sentence, StringComparison.Ordinal);
    }
}
