using System.Diagnostics;
using System.Globalization;

namespace Governance.Budgets.Balances;

/// <summary>One run of a budget's window: the instant at which it starts, and the first one that is no longer in it.</summary>
/// <param name="Key">Names it in its time zone: <c>2026-11</c>, <c>2026-W47</c>, <c>2026-11-22</c>, <c>30 days to 2026-11-22</c>, <c>2026-11-01 to 2026-12-31</c>, <c>session s1</c>.</param>
/// <param name="Starts">In UTC. What is counted begins here.</param>
/// <param name="Ends">In UTC; where the next one takes over. Rolling ones overlap: each decides on its last day only.</param>
/// <param name="Session">The session that is counted; null where all are.</param>
[Pure]
public readonly record struct BudgetPeriod(string Key, DateTimeOffset Starts, DateTimeOffset Ends, string? Session = null)
{
    /// <summary>How the key of a session begins.</summary>
    public const string SessionPrefix = "session ";

    /// <summary>Before the first call there can be, and after the last: a session has no other bounds.</summary>
    static readonly DateTimeOffset beginning = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    static readonly DateTimeOffset forever = new(2080, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>When spending starts again from nothing, or from less; null for a session.</summary>
    public DateTimeOffset? Resets => Session is null ? Ends : null;

    /// <summary>The period that decides over a call of an instant; null where the budget does not apply then, or not to a call without a session.</summary>
    public static BudgetPeriod? Of(BudgetDefinition budget, TimeZoneInfo zone, DateTimeOffset instant, string? session)
    {
        switch (budget.Window)
        {
            case BudgetWindow.Session:
                return string.IsNullOrEmpty(session) ? null : new BudgetPeriod(SessionPrefix + session, beginning, forever, session);
            case BudgetWindow.Fixed:
                var (from, to) = (budget.From ?? DateOnly.MinValue, budget.To ?? DateOnly.MinValue);
                var (starts, ends) = (Midnight(from, zone), Midnight(to.AddDays(1), zone));
                return starts <= instant && instant < ends ? new BudgetPeriod($"{Day(from)} to {Day(to)}", starts, ends) : null;
            case BudgetWindow.RollingDays:
                var days = budget.RollingDays ?? 1;
                var (today, _, tomorrow) = Run(BudgetWindow.CalendarDay, zone, instant);
                return new BudgetPeriod(string.Create(CultureInfo.InvariantCulture, $"{days} days to {Day(today)}"), Midnight(today.AddDays(1 - days), zone), tomorrow);
            default:
                return At(budget.Window, zone, instant);
        }
    }

    /// <summary>A period as it is stored; what it is of the key and the budget's window say.</summary>
    public static BudgetPeriod Stored(string key, DateTimeOffset starts, DateTimeOffset ends) =>
        new(key, starts, ends, key.StartsWith(SessionPrefix, StringComparison.Ordinal) ? key[SessionPrefix.Length..] : null);

    /// <summary>True where the budget, as it is defined now, has this very period.</summary>
    public bool IsOf(BudgetDefinition budget) => Of(budget, Zone(budget.TimeZone), Ends.AddMilliseconds(-1), Session) == this;

    /// <summary>The period that decided before the one of an instant. Null of a session and of fixed dates.</summary>
    public static BudgetPeriod? Before(BudgetDefinition budget, TimeZoneInfo zone, DateTimeOffset instant) => budget.Window switch
    {
        BudgetWindow.Session or BudgetWindow.Fixed => null,
        BudgetWindow.RollingDays => Of(budget, zone, Run(BudgetWindow.CalendarDay, zone, instant).Starts.AddMilliseconds(-1), null),
        _ => At(budget.Window, zone, At(budget.Window, zone, instant).Starts.AddMilliseconds(-1)),
    };

    /// <summary>The period in which an instant lies. A zone that this machine does not know is a <see cref="TimeZoneNotFoundException"/>.</summary>
    public static BudgetPeriod At(BudgetWindow window, string timeZone, DateTimeOffset instant) => At(window, Zone(timeZone), instant);

    public static BudgetPeriod At(BudgetWindow window, TimeZoneInfo zone, DateTimeOffset instant)
    {
        var (first, starts, ends) = Run(window, zone, instant);
        return new BudgetPeriod(Named(window, first), starts, ends);
    }

    static (DateOnly First, DateTimeOffset Starts, DateTimeOffset Ends) Run(BudgetWindow window, TimeZoneInfo zone, DateTimeOffset instant)
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
        return starts <= instant && instant < ends ? (first, starts, ends) : throw new UnreachableException($"{instant:O} is not between {starts:O} and {ends:O}.");
    }

    static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

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
        BudgetWindow.CalendarDay => Day(first),
        _ => throw new UnreachableException(),
    };

    /// <summary>The first instant of a local day: the earlier one of two midnights, and where clocks jump over midnight the instant of the jump.</summary>
    public static DateTimeOffset Midnight(DateOnly day, TimeZoneInfo zone)
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
