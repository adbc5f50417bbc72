using System.Globalization;
using Governance.Audit;

namespace Governance.Ledger;

/// <summary>
/// Whether the clock can be right with which a process starts. Far from the newest entry it would begin periods that have not begun, and grant their caps,
/// or count in periods that are over: calls are then stopped until somebody looks at it.
/// </summary>
static class ClockGap
{
    const string Opening = "the clock says ";

    /// <summary>True of the reason of a fence that was raised for the clock.</summary>
    public static bool IsReason(string reason) => reason.StartsWith(Opening, StringComparison.Ordinal);

    /// <summary>The reason for a fence; null where the clock is near enough to the newest entry, where there is none, or where somebody said already that it is right.</summary>
    public static string? Find(JournalTransaction transaction, DateTimeOffset now, TimeSpan limit)
    {
        var row = transaction.Prepare("SELECT COALESCE(MAX(id), 0) FROM (SELECT MAX(id) AS id FROM usage UNION ALL SELECT MAX(id) AS id FROM holds) AS newest");
        row.Step();
        var newest = new CallId(row.Integer(0));
        row.Reset();
        if (limit <= TimeSpan.Zero || newest.Value == 0 || (now - newest.At).Duration() <= limit)
        {
            return null;
        }
        var lifted = transaction.Prepare("SELECT COALESCE(MAX(lifted_milliseconds), -1) FROM fences WHERE reason LIKE ?1").Bind(1, $"{Opening}%{newest}%");
        lifted.Step();
        var right = lifted.Integer(0);
        lifted.Reset();
        // An entry that lies ahead was looked at once; an idle ledger was as new as the day on which somebody looked.
        if (right >= 0 && (newest.At > now || (now - DateTimeOffset.FromUnixTimeMilliseconds(right)).Duration() <= limit))
        {
            return null;
        }
        var gap = now - newest.At;
        return string.Create(CultureInfo.InvariantCulture,
            $"{Opening}{now.UtcDateTime:yyyy-MM-dd HH:mm} UTC, {Span(gap.Duration())} {(gap > TimeSpan.Zero ? "after" : "before")} the newest entry of the ledger ({newest}, {newest.At.UtcDateTime:yyyy-MM-dd HH:mm} UTC). Where the clock is wrong, put it right and start again; where it is right, say so.");
    }

    static string Span(TimeSpan gap) => gap.TotalDays >= 2 ? FormattableString.Invariant($"{gap.TotalDays:#,##0} days") : FormattableString.Invariant($"{gap.TotalHours:0} hours");
}
