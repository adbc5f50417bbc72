using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Pricing;
using Governance.Tests.Proofs;

namespace Governance.Tests.Budgets.Balances;

/// <summary>The month boundary proof: calls around every boundary of a zone fall into exactly one period, periods leave no gap and do not overlap, and their sums come to the total.</summary>
public sealed class PeriodTilingTests
{
    static readonly int Calls = Effort.Full ? 100_000 : 1_500;

    [Theory]
    [InlineData("UTC")]
    [InlineData("America/Havana")]
    [InlineData("America/St_Johns")]
    [InlineData("America/Los_Angeles")]
    [InlineData("America/Sao_Paulo")]
    [InlineData("Africa/Casablanca")]
    [InlineData("Africa/Cairo")]
    [InlineData("Asia/Kolkata")]
    [InlineData("Asia/Kathmandu")]
    [InlineData("Asia/Tehran")]
    [InlineData("Asia/Beirut")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Europe/Berlin")]
    [InlineData("Pacific/Apia")]
    [InlineData("Pacific/Chatham")]
    [InlineData("Pacific/Kiritimati")]
    public void EveryCallIsInExactlyOnePeriodAndTheSumsAreEqual(string zone)
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var info = BudgetPeriod.Zone(zone);
        foreach (var window in (BudgetWindow[])[BudgetWindow.CalendarMonth, BudgetWindow.CalendarWeek, BudgetWindow.CalendarDay])
        {
            var periods = Tiles(window, info, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2027, 2, 1, 0, 0, 0, TimeSpan.Zero));
            Assert.Equal(periods.Count, periods.Select(period => period.Key).Distinct().Count());
            var sums = new Dictionary<string, long>();
            var total = 0L;
            for (var i = 0; i < Calls; i++)
            {
                var at = Instant(random, periods);
                var cost = random.NextInt64(1_000_000);
                var found = BudgetPeriod.At(window, info, at);
                var holding = periods.Where(period => period.Starts <= at && at < period.Ends).ToList();
                Assert.True(holding is [var only] && only == found, $"seed {seed}: {at:O} in {zone} is in {string.Join(", ", holding)}, and was put into {found}");
                sums[found.Key] = sums.GetValueOrDefault(found.Key) + cost;
                total += cost;
            }
            Assert.Equal(total, sums.Values.Sum());
        }
    }

    /// <summary>On 2026-11-01 Havana's clocks go back from 1:00 to 0:00: the hour after midnight comes twice, and both are November.</summary>
    [Theory]
    [InlineData("2026-11-01T03:59:59.999Z", "2026-10")]
    [InlineData("2026-11-01T04:00:00Z", "2026-11")]
    [InlineData("2026-11-01T04:59:59.999Z", "2026-11")]
    [InlineData("2026-11-01T05:00:00Z", "2026-11")]
    [InlineData("2026-11-01T05:59:59.999Z", "2026-11")]
    public void TheHourThatHavanaHasTwiceIsNovemberBothTimes(string instant, string month) =>
        Assert.Equal(month, BudgetPeriod.At(BudgetWindow.CalendarMonth, "America/Havana", DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture)).Key);

    [Theory]
    [InlineData("America/Havana", 1)]
    [InlineData("America/Havana", 7)]
    [InlineData("Australia/Lord_Howe", 30)]
    [InlineData("Pacific/Apia", 3)]
    public void RollingDaysDecideForOneDayEachAndCountAsManyAsTheySay(string zone, int days)
    {
        var info = BudgetPeriod.Zone(zone);
        var budget = new BudgetDefinition { Id = "b", Cap = new Money(1), Window = BudgetWindow.RollingDays, RollingDays = days, TimeZone = zone };
        var tiles = Tiles(BudgetWindow.CalendarDay, info, new DateTimeOffset(2026, 9, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));
        for (var i = days; i < tiles.Count; i++)
        {
            foreach (var at in (DateTimeOffset[])[tiles[i].Starts, tiles[i].Ends.AddTicks(-1)])
            {
                var period = BudgetPeriod.Of(budget, info, at, null)!.Value;
                Assert.Equal((tiles[i - days + 1].Starts, tiles[i].Ends), (period.Starts, period.Ends));
                Assert.True(period.IsOf(budget));
                Assert.Equal(tiles[i - 1].Ends, BudgetPeriod.Before(budget, info, at)!.Value.Ends);
            }
        }
    }

    [Fact]
    public void FixedDatesApplyFromTheFirstInstantOfTheFirstDayToTheLastOfTheLast()
    {
        var havana = BudgetPeriod.Zone("America/Havana");
        var budget = new BudgetDefinition { Id = "b", Cap = new Money(1), Window = BudgetWindow.Fixed, From = new(2026, 11, 1), To = new(2026, 11, 1), TimeZone = "America/Havana" };
        var day = BudgetPeriod.Of(budget, havana, new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero), null)!.Value;
        Assert.Equal(("2026-11-01 to 2026-11-01", 25d), (day.Key, (day.Ends - day.Starts).TotalHours));
        Assert.Equal(day, BudgetPeriod.Of(budget, havana, day.Starts, null));
        Assert.Null(BudgetPeriod.Of(budget, havana, day.Starts.AddTicks(-1), null));
        Assert.Equal(day, BudgetPeriod.Of(budget, havana, day.Ends.AddTicks(-1), null));
        Assert.Null(BudgetPeriod.Of(budget, havana, day.Ends, null));
    }

    [Fact]
    public void ASessionHasNoOtherBoundsAndWhoHasNoneIsNotCounted()
    {
        var budget = new BudgetDefinition { Id = "b", Cap = new Money(1), Window = BudgetWindow.Session };
        var period = BudgetPeriod.Of(budget, TimeZoneInfo.Utc, DateTimeOffset.UtcNow, "s 1")!.Value;
        Assert.Equal(("session s 1", "s 1"), (period.Key, period.Session));
        Assert.Null(period.Resets);
        Assert.Equal(period, BudgetPeriod.Stored(period.Key, period.Starts, period.Ends));
        Assert.True(period.IsOf(budget));
        Assert.Null(BudgetPeriod.Of(budget, TimeZoneInfo.Utc, DateTimeOffset.UtcNow, null));
    }

    static List<BudgetPeriod> Tiles(BudgetWindow window, TimeZoneInfo zone, DateTimeOffset from, DateTimeOffset until)
    {
        var tiles = new List<BudgetPeriod> { BudgetPeriod.At(window, zone, from) };
        while (tiles[^1].Ends < until)
        {
            tiles.Add(BudgetPeriod.At(window, zone, tiles[^1].Ends));
            Assert.Equal(tiles[^2].Ends, tiles[^1].Starts);
        }
        return tiles;
    }

    /// <summary>Mostly within seconds of a boundary, where mistakes are.</summary>
    static DateTimeOffset Instant(Random random, List<BudgetPeriod> periods)
    {
        var period = periods[random.Next(periods.Count)];
        var at = random.Next(4) switch
        {
            0 => period.Starts.AddMilliseconds(random.Next(-5_000, 5_000)),
            1 => period.Starts.AddMilliseconds(random.Next(-7_200_000, 7_200_000)),
            2 => period.Starts.AddTicks(random.Next(-2, 3)),
            _ => period.Starts.AddTicks(random.NextInt64((period.Ends - period.Starts).Ticks)),
        };
        return at < periods[0].Starts ? periods[0].Starts : at >= periods[^1].Ends ? periods[^1].Starts : at;
    }
}
