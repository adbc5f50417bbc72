using Governance.Gateway;
using Governance.Journal;
using Governance.Tests.Ledger;

namespace Governance.Tests.Journal;

/// <summary>One wrong look at one clock never moves the ledger.</summary>
public sealed class LedgerTimeTests
{
    static readonly DateTimeOffset start = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    readonly SetClock machine = new(start);
    TimeSpan slept;

    [Theory]
    [InlineData(31 * 24, 0.2)]
    [InlineData(-31 * 24, 0.2)]
    [InlineData(22.5, 12)]
    [InlineData(-22.5, 12)]
    [InlineData(0.001, 59)]
    public void AClockThatIsSetAndPutRightMovesNothing(double hours, double seconds)
    {
        var time = Own();
        machine.Step(TimeSpan.FromHours(hours));
        foreach (var passed in Steps(seconds))
        {
            machine.Now += passed;
            Near(machine.Now - TimeSpan.FromHours(hours), time.GetUtcNow());
        }
        Assert.NotNull(time.Deviation);
        machine.Step(TimeSpan.FromHours(-hours));
        Near(machine.Now, time.GetUtcNow());
        Assert.Null(time.Deviation);
        machine.Now += TimeSpan.FromHours(3);
        Near(machine.Now, time.GetUtcNow());
    }

    [Fact]
    public void AClockThatStaysWhereItWasSetForwardIsFollowedAfterAMinute()
    {
        var time = Own();
        machine.Step(TimeSpan.FromHours(5));
        Near(start, time.GetUtcNow());
        machine.Now += TimeSpan.FromSeconds(59);
        Near(start.AddSeconds(59), time.GetUtcNow());
        machine.Now += TimeSpan.FromSeconds(2);
        Near(machine.Now, time.GetUtcNow());
    }

    [Fact]
    public void AClockThatKeepsJumpingIsNeverFollowed()
    {
        var time = Own();
        var random = new Random(7);
        var passed = TimeSpan.Zero;
        for (var jump = 0; jump < 500; jump++)
        {
            machine.Step(TimeSpan.FromHours(random.Next(-100, 100)));
            machine.Now += TimeSpan.FromSeconds(1);
            passed += TimeSpan.FromSeconds(1);
            Near(start + passed, time.GetUtcNow());
        }
    }

    /// <summary>A period that has begun is not left again.</summary>
    [Fact]
    public void AClockThatIsSetBackIsCaughtUpWithWithoutGoingBack()
    {
        var time = Own();
        machine.Step(TimeSpan.FromHours(-3));
        var last = time.GetUtcNow();
        for (var minute = 0; minute < 6 * 60; minute++)
        {
            machine.Now += TimeSpan.FromMinutes(1);
            var now = time.GetUtcNow();
            Assert.True(now > last);
            last = now;
        }
        machine.Now += TimeSpan.FromMinutes(3);
        time.GetUtcNow();
        machine.Now += TimeSpan.FromMinutes(1);
        Near(machine.Now, time.GetUtcNow());
    }

    [Theory]
    [InlineData(31)]
    [InlineData(-31)]
    [InlineData(5 * 365)]
    public void MoreThanADayIsNeverFollowedAndIsTold(int days)
    {
        var time = Own();
        machine.Step(TimeSpan.FromDays(days));
        for (var minute = 1; minute <= 600; minute++)
        {
            machine.Now += TimeSpan.FromMinutes(1);
            Near(start.AddMinutes(minute), time.GetUtcNow());
        }
        Assert.Equal(TimeSpan.FromDays(days), time.Deviation);
        Assert.Contains("does not follow", time.LastStep!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void AMachineThatSleptIsFollowedAtOnce()
    {
        var time = Own();
        // Over a week-end: the clock goes on, what processes measure does not.
        machine.Step(TimeSpan.FromDays(2.5));
        slept = TimeSpan.FromDays(2.5);
        Near(machine.Now, time.GetUtcNow());
        Assert.Null(time.Deviation);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void AClockOfAnotherPaceIsFollowed(int way)
    {
        var time = Own();
        for (var minute = 0; minute < 10_000; minute++)
        {
            machine.Now += TimeSpan.FromMinutes(1);
            machine.Step(TimeSpan.FromMilliseconds(300 * way));
            Near(machine.Now, time.GetUtcNow());
        }
        Assert.Null(time.LastStep);
    }

    [Fact]
    public void OfASharedDatabaseItsClockCountsAndNotTheMachines()
    {
        var time = new LedgerTime(isShared: true, machine, () => null);
        var database = start.AddMinutes(-7);
        time.Observe(database);
        Near(database, time.GetUtcNow());
        machine.Step(TimeSpan.FromDays(31));
        Near(database, time.GetUtcNow());
        machine.Now += TimeSpan.FromMinutes(10);
        time.Observe(database.AddMinutes(10));
        Near(database.AddMinutes(10), time.GetUtcNow());
        // One wrong look at the server's clock.
        time.Observe(database.AddDays(31));
        Near(database.AddMinutes(10), time.GetUtcNow());
        machine.Now += TimeSpan.FromSeconds(2);
        time.Observe(database.AddMinutes(10).AddSeconds(2));
        Near(database.AddMinutes(10).AddSeconds(2), time.GetUtcNow());
        Assert.Null(time.Deviation);
    }

    /// <summary>Another instance that has only just come may have seen nothing but a wrong clock.</summary>
    [Theory]
    [InlineData(22.5)]
    [InlineData(-22.5)]
    [InlineData(24 * 31)]
    public void WhoHasAgreedWithTheDatabaseIsNotLedAwayByAnotherThatHasJustCome(double hours)
    {
        var time = new LedgerTime(isShared: true, machine, () => null);
        time.Observe(machine.Now);
        machine.Now += LedgerTime.ConfirmedAfter;
        time.Observe(machine.Now);
        for (var second = 0; second < 59; second++)
        {
            machine.Now += TimeSpan.FromSeconds(1);
            time.Observe(machine.Now.AddHours(hours));
            time.Confirm(machine.Now.AddHours(hours));
            Near(machine.Now, time.GetUtcNow());
        }
    }

    /// <summary>Nor do the calls after it stay where it was: its ids go back with it, and none is given twice.</summary>
    [Fact]
    public void WhoStartedByAWrongClockGoesByWhatTheOthersAgreeOn()
    {
        var time = new LedgerTime(isShared: true, machine, () => null);
        var ids = new CallIds(time);
        time.Observe(machine.Now.AddHours(22.5));
        var astray = Enumerable.Range(0, 10).Select(_ => ids.Next()).ToList();
        machine.Now += TimeSpan.FromSeconds(12);
        time.Observe(machine.Now);
        Near(machine.Now.AddHours(22.5), time.GetUtcNow());
        time.Confirm(machine.Now);
        Near(machine.Now, time.GetUtcNow());
        var after = Enumerable.Range(0, 10).Select(_ => ids.Next()).ToList();
        Assert.All(after, id => Near(machine.Now, id.At));
        machine.Now = start.AddHours(22.5);
        var later = Enumerable.Range(0, 10).Select(_ => ids.Next()).ToList();
        Assert.All(later, id => Near(machine.Now, id.At));
        Assert.Equal(30, astray.Concat(after).Concat(later).Distinct().Count());
    }

    /// <summary>A process that stood still, and was taken for dead meanwhile, asks the others again.</summary>
    [Fact]
    public void WhoStoodStillGoesByTheOthersAtOnce()
    {
        var time = new LedgerTime(isShared: true, machine, () => null);
        time.Observe(machine.Now);
        machine.Now += LedgerTime.ConfirmedAfter;
        time.Observe(machine.Now);
        machine.Step(TimeSpan.FromDays(2));
        time.Observe(machine.Now);
        Near(machine.Now.AddDays(-2), time.GetUtcNow());
        time.Unsettle();
        time.Confirm(machine.Now);
        Near(machine.Now, time.GetUtcNow());
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(23, true)]
    [InlineData(25, false)]
    [InlineData(-2, false)]
    public void AStartGoesOnFromTheNewestInstantUpToADay(int hours, bool goesOn)
    {
        var time = Own();
        time.GoOnFrom(start.AddHours(hours));
        Near(goesOn ? start.AddHours(hours) : start, time.GetUtcNow());
    }

    LedgerTime Own() => new(isShared: false, machine, () => slept + TimeSpan.FromTicks(machine.GetTimestamp()));

    static IEnumerable<TimeSpan> Steps(double seconds) => Enumerable.Repeat(TimeSpan.FromSeconds(seconds / 10), 10);

    static void Near(DateTimeOffset expected, DateTimeOffset actual) => Assert.InRange(actual - expected, TimeSpan.FromSeconds(-1.1), TimeSpan.FromSeconds(1.1));
}
