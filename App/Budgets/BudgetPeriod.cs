using System.Diagnostics;
using System.Globalization;

namespace Governance.Budgets;

/// <summary>One run of a budget's window: the instant at which it starts, and the first one that is no longer in it.</summary>
/// <param name="Key">Names it in its time zone: <c>2026-11</c>, <c>2026-W47</c>, <c>2026-11-22</c>.</param>
/// <param name="Starts">In UTC.</param>
/// <param name="Ends">In UTC; where the next one starts.</param>
[Pure]
public readonly record struct BudgetPeriod(string Key, DateTimeOffset Starts, DateTimeOffset Ends)
{
    /// <summary>The period in which an instant lies. A zone that this machine does not know is a <see cref="TimeZoneNotFoundException"/>.</summary>
    public static BudgetPeriod At(BudgetWindow window, string timeZone, DateTimeOffset instant) => At(window, Zone(timeZone), instant);

    public static BudgetPeriod At(BudgetWindow window, TimeZoneInfo zone, DateTimeOffset instant)
    {
        var first = First(window, DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime));
        var starts = Midnight(first, zone);
        var ends = Midnight(Next(window, first), zone);
        // Where clocks go back over midnight a date comes twice; a period that has begun is not left again, so that periods follow each other without a gap.
        if (instant >= ends)
        {
            first = Next(window, first);
            (starts, ends) = (ends, Midnight(Next(window, first), zone));
        }
        return starts <= instant && instant < ends
            ? new BudgetPeriod(Named(window, first), starts, ends)
            : throw new UnreachableException($"{instant:O} is not between {starts:O} and {ends:O}.");
    }

    /// <summary>The zone of an IANA name.</summary>
    public static TimeZoneInfo Zone(string timeZone) => timeZone == "UTC" ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(timeZone);

    static DateOnly First(BudgetWindow window, DateOnly day) => window switch
    {
        BudgetWindow.CalendarMonth => new DateOnly(day.Year, day.Month, 1),
        BudgetWindow.CalendarWeek => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
        BudgetWindow.CalendarDay => day,
        _ => throw new UnreachableException(),
    };

    static DateOnly Next(BudgetWindow window, DateOnly first) => window switch
    {
        BudgetWindow.CalendarMonth => first.AddMonths(1),
        BudgetWindow.CalendarWeek => first.AddDays(7),
        BudgetWindow.CalendarDay => first.AddDays(1),
        _ => throw new UnreachableException(),
    };

    static string Named(BudgetWindow window, DateOnly first) => window switch
    {
        BudgetWindow.CalendarMonth => first.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        BudgetWindow.CalendarWeek => string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(first):0000}-W{ISOWeek.GetWeekOfYear(first):00}"),
        BudgetWindow.CalendarDay => first.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => throw new UnreachableException(),
    };

    /// <summary>The first instant of a local day: the earlier one of two midnights, and where clocks jump over midnight the instant of the jump.</summary>
    static DateTimeOffset Midnight(DateOnly day, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        if (zone.IsInvalidTime(local))
        {
            return Jump(local, zone);
        }
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    /// <summary>The instant from which the clock reads <paramref name="local"/> or later: time only goes forward around a jump, so halving finds it.</summary>
    static DateTimeOffset Jump(DateTime local, TimeZoneInfo zone)
    {
        var before = new DateTimeOffset(local, TimeSpan.Zero).AddHours(-27).UtcTicks;
        var after = new DateTimeOffset(local, TimeSpan.Zero).AddHours(27).UtcTicks;
        while (after - before > 1)
        {
            var middle = before + ((after - before) / 2);
            if (TimeZoneInfo.ConvertTime(new DateTimeOffset(middle, TimeSpan.Zero), zone).DateTime >= local)
            {
                after = middle;
            }
            else
            {
                before = middle;
            }
        }
        return new DateTimeOffset(after, TimeSpan.Zero);
    }
}
