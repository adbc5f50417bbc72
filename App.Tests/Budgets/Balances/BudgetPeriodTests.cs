using System.Globalization;
using Governance.Budgets;
using Governance.Budgets.Balances;

namespace Governance.Tests.Budgets.Balances;

public sealed class BudgetPeriodTests
{
    /// <summary>Where November 2026 begins and ends; zones with whole, half and quarter hours, both hemispheres, both sides of the date line.</summary>
    [Theory]
    [InlineData("UTC", "2026-11-01T00:00Z", "2026-12-01T00:00Z")]
    [InlineData("Europe/Berlin", "2026-10-31T23:00Z", "2026-11-30T23:00Z")]
    [InlineData("Europe/London", "2026-11-01T00:00Z", "2026-12-01T00:00Z")]
    [InlineData("America/New_York", "2026-11-01T04:00Z", "2026-12-01T05:00Z")]
    [InlineData("America/Los_Angeles", "2026-11-01T07:00Z", "2026-12-01T08:00Z")]
    [InlineData("America/St_Johns", "2026-11-01T02:30Z", "2026-12-01T03:30Z")]
    [InlineData("America/Havana", "2026-11-01T04:00Z", "2026-12-01T05:00Z")]
    [InlineData("Asia/Kolkata", "2026-10-31T18:30Z", "2026-11-30T18:30Z")]
    [InlineData("Asia/Kathmandu", "2026-10-31T18:15Z", "2026-11-30T18:15Z")]
    [InlineData("Asia/Tokyo", "2026-10-31T15:00Z", "2026-11-30T15:00Z")]
    [InlineData("Australia/Lord_Howe", "2026-10-31T13:00Z", "2026-11-30T13:00Z")]
    [InlineData("Pacific/Chatham", "2026-10-31T10:15Z", "2026-11-30T10:15Z")]
    [InlineData("Pacific/Kiritimati", "2026-10-31T10:00Z", "2026-11-30T10:00Z")]
    [InlineData("Pacific/Pago_Pago", "2026-11-01T11:00Z", "2026-12-01T11:00Z")]
    public void AMonthBeginsAndEndsAtMidnightOfItsZone(string zone, string starts, string ends)
    {
        var november = new BudgetPeriod("2026-11", At(starts), At(ends));
        Assert.Equal(november, BudgetPeriod.At(BudgetWindow.CalendarMonth, zone, At(starts)));
        Assert.Equal(november, BudgetPeriod.At(BudgetWindow.CalendarMonth, zone, At(ends).AddTicks(-1)));
        Assert.Equal("2026-10", BudgetPeriod.At(BudgetWindow.CalendarMonth, zone, At(starts).AddTicks(-1)).Key);
        Assert.Equal("2026-12", BudgetPeriod.At(BudgetWindow.CalendarMonth, zone, At(ends)).Key);
    }

    /// <summary>Days on which clocks change at or over midnight.</summary>
    [Theory]
    [InlineData("America/Havana", "2026-03-08", "2026-03-08T05:00Z", "2026-03-09T04:00Z", "midnight is jumped over")]
    [InlineData("America/Havana", "2026-11-01", "2026-11-01T04:00Z", "2026-11-02T05:00Z", "midnight comes twice")]
    [InlineData("Africa/Cairo", "2026-04-24", "2026-04-23T22:00Z", "2026-04-24T21:00Z", "midnight is jumped over")]
    [InlineData("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00Z", "2018-11-05T02:00Z", "midnight is jumped over")]
    [InlineData("America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00Z", "2018-02-18T03:00Z", "the hour before midnight comes twice")]
    [InlineData("Asia/Beirut", "2026-03-29", "2026-03-28T22:00Z", "2026-03-29T21:00Z", "midnight is jumped over")]
    [InlineData("Pacific/Apia", "2011-12-29", "2011-12-29T10:00Z", "2011-12-30T10:00Z", "the next day does not exist")]
    [InlineData("America/Toronto", "1919-03-31", "1919-03-31T04:30Z", "1919-04-01T04:00Z", "half past eleven jumps over midnight")]
    [InlineData("Europe/Berlin", "2026-03-29", "2026-03-28T23:00Z", "2026-03-29T22:00Z", "23 hours")]
    [InlineData("Europe/Berlin", "2026-10-25", "2026-10-24T22:00Z", "2026-10-25T23:00Z", "25 hours")]
    public void ADayOfAClockChangeBeginsWithItsFirstInstant(string zone, string key, string starts, string ends, string why)
    {
        var day = new BudgetPeriod(key, At(starts), At(ends));
        Assert.True(day == BudgetPeriod.At(BudgetWindow.CalendarDay, zone, At(starts)), $"{why}: {BudgetPeriod.At(BudgetWindow.CalendarDay, zone, At(starts))}");
        Assert.Equal(day, BudgetPeriod.At(BudgetWindow.CalendarDay, zone, At(ends).AddTicks(-1)));
        Assert.Equal(At(starts), BudgetPeriod.At(BudgetWindow.CalendarDay, zone, At(starts).AddTicks(-1)).Ends);
        Assert.Equal(At(ends), BudgetPeriod.At(BudgetWindow.CalendarDay, zone, At(ends)).Starts);
    }

    [Theory]
    [InlineData("2026-11-22T12:00Z", "2026-W47", "2026-11-16T00:00Z")]
    [InlineData("2026-11-23T00:00Z", "2026-W48", "2026-11-23T00:00Z")]
    [InlineData("2027-01-01T00:00Z", "2026-W53", "2026-12-28T00:00Z")]
    [InlineData("2024-12-30T00:00Z", "2025-W01", "2024-12-30T00:00Z")]
    public void AWeekBeginsOnMondayAndIsNamedByIso(string instant, string key, string starts)
    {
        var week = BudgetPeriod.At(BudgetWindow.CalendarWeek, "UTC", At(instant));
        Assert.Equal(new BudgetPeriod(key, At(starts), At(starts).AddDays(7)), week);
    }

    [Fact]
    public void TheOffsetOfTheInstantDoesNotMatter() =>
        Assert.Equal("2026-11-30", BudgetPeriod.At(BudgetWindow.CalendarDay, "UTC", new DateTimeOffset(2026, 12, 1, 1, 0, 0, TimeSpan.FromHours(2))).Key);

    /// <summary>Every period of a zone is followed by the next without a gap, an overlap or a repeated key; also where a date came twice (Newfoundland's clocks once went back at 00:01).</summary>
    [Theory]
    [InlineData("America/St_Johns", 2008)]
    [InlineData("America/Havana", 2026)]
    [InlineData("America/Sao_Paulo", 2017)]
    [InlineData("Africa/Cairo", 2026)]
    [InlineData("Africa/Casablanca", 2026)]
    [InlineData("America/Asuncion", 2015)]
    [InlineData("America/Santiago", 2026)]
    [InlineData("Asia/Amman", 2014)]
    [InlineData("Asia/Tehran", 2020)]
    [InlineData("Atlantic/Azores", 2026)]
    [InlineData("Australia/Lord_Howe", 2026)]
    [InlineData("Pacific/Apia", 2011)]
    public void PeriodsFollowEachOtherWithoutAGap(string zone, int year)
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var keys = new HashSet<string>();
        var period = BudgetPeriod.At(BudgetWindow.CalendarDay, zone, new DateTimeOffset(year, 1, 1, 12, 0, 0, TimeSpan.Zero));
        while (period.Starts.Year <= year)
        {
            Assert.True(keys.Add(period.Key), period.Key);
            Assert.InRange((period.Ends - period.Starts).TotalHours, 22, 26);
            var inside = period.Starts.AddTicks(random.NextInt64((period.Ends - period.Starts).Ticks));
            Assert.True(period == BudgetPeriod.At(BudgetWindow.CalendarDay, zone, inside), $"seed {seed}: {inside:O} is not in {period}");
            Assert.Equal(period, BudgetPeriod.At(BudgetWindow.CalendarDay, zone, period.Ends.AddTicks(-1)));
            var next = BudgetPeriod.At(BudgetWindow.CalendarDay, zone, period.Ends);
            Assert.Equal(period.Ends, next.Starts);
            period = next;
        }
        Assert.InRange(keys.Count, 364, 367);
    }

    [Fact]
    public void AnUnknownZoneIsNotTakenForUtc() => Assert.Throws<TimeZoneNotFoundException>(() => BudgetPeriod.At(BudgetWindow.CalendarMonth, "Mars/Olympus", At("2026-11-01T00:00Z")));

    static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
