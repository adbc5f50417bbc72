using System.Globalization;

namespace Governance.Shell.Controls;

/// <summary>Instants as people read them: near ones by their distance, far ones by their date, always in UTC.</summary>
[Pure]
static class MomentText
{
    static readonly TimeSpan NearFor = TimeSpan.FromDays(7);

    /// <summary><c>3 min ago</c> or <c>in 9 d 4 h</c> within the last seven days or the future's next forty-five, else <c>Nov 21, 2026</c>.</summary>
    public static string Relative(DateTimeOffset at, DateTimeOffset now)
    {
        var distance = now - at;
        return distance switch
        {
            _ when distance >= NearFor => Date(at),
            _ when distance >= TimeSpan.FromMinutes(1) => OneUnit(distance) + " ago",
            _ when distance > TimeSpan.FromMinutes(-1) => "just now",
            _ when distance > TimeSpan.FromDays(-45) => "in " + Span(-distance),
            _ => Date(at),
        };
    }

    /// <summary><c>2026-11-21 14:22:07 UTC</c>.</summary>
    public static string Absolute(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>For the <c>datetime</c> attribute: ISO 8601 in UTC.</summary>
    public static string Machine(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary><c>Nov 21, 2026</c>.</summary>
    public static string Date(DateTimeOffset at) => at.UtcDateTime.ToString("MMM d, yyyy", CultureInfo.InvariantCulture);

    /// <summary><c>Dec 1, 00:00 UTC</c>.</summary>
    public static string DayAndHour(DateTimeOffset at) => at.UtcDateTime.ToString("MMM d, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>The two largest units of a span: <c>9 d 4 h</c>, <c>4 h 10 min</c>, <c>12 min</c>, <c>40 s</c>.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { Days: > 0 } => $"{span.Days} d" + (span.Hours > 0 ? $" {span.Hours} h" : ""),
        { Hours: > 0 } => $"{span.Hours} h" + (span.Minutes > 0 ? $" {span.Minutes} min" : ""),
        { Minutes: > 0 } => $"{span.Minutes} min",
        _ => $"{span.Seconds} s",
    };

    static string OneUnit(TimeSpan span) => span switch
    {
        { Days: > 0 } => $"{span.Days} d",
        { Hours: > 0 } => $"{span.Hours} h",
        _ => $"{span.Minutes} min",
    };
}
