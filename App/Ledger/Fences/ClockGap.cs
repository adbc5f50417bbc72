using System.Globalization;
using Governance.Journal;
using Governance.Ledger.Entries;

namespace Governance.Ledger.Fences;

/// <summary>
/// Whether the clock can be right with which a process starts. Far from the newest entry it would begin periods that have not begun, and grant their caps,
/// or count in periods that are over: calls are then stopped until somebody looks at it.
/// </summary>
static class ClockGap
{
    const string Opening = "the clock says ";

    /// <summary>A living instance that gave a sign so lately has the same clock.</summary>
    const long AgreeMilliseconds = 60_000;

    /// <summary>True of the reason of a fence that was raised for the clock.</summary>
    public static bool IsReason(string reason) => reason.StartsWith(Opening, StringComparison.Ordinal);

    /// <summary>The reason for a fence; null where the clock is near enough to the newest entry or to what the process did last, where there is none, where another instance agrees, or where somebody said already that it is right.</summary>
    public static string? Find(JournalTransaction transaction, DateTimeOffset now, TimeSpan limit)
    {
        var newest = Newest(transaction, long.MaxValue);
        if (limit <= TimeSpan.Zero || newest.Value == 0 || (now - newest.At).Duration() <= limit || IsShared(transaction, now))
        {
            return null;
        }
        var right = SaidRightAt(transaction, newest);
        if (right is not null && newest.At > now)
        {
            // Somebody has looked at what lies ahead; what was written beside it still says which day it is.
            newest = Newest(transaction, CallId.FirstAt(now + limit).Value);
            right = Later(right, SaidRightAt(transaction, newest));
        }
        var last = Later(right, newest.At > now ? null : LastEvent(transaction));
        if (last is { } known && (now - known).Duration() <= limit)
        {
            return null;
        }
        if (newest.Value == 0 || (now - newest.At).Duration() <= limit)
        {
            return null;
        }
        var gap = now - newest.At;
        return string.Create(CultureInfo.InvariantCulture,
            $"{Opening}{now.UtcDateTime:yyyy-MM-dd HH:mm} UTC, {Span(gap.Duration())} {(gap > TimeSpan.Zero ? "after" : "before")} the newest entry of the ledger ({newest}, {newest.At.UtcDateTime:yyyy-MM-dd HH:mm} UTC). Where the clock is wrong, put it right and start again; where it is right, say so.");
    }

    static CallId Newest(JournalTransaction transaction, long below)
    {
        var row = transaction.Prepare("SELECT COALESCE(MAX(id), 0) FROM (SELECT MAX(id) AS id FROM usage WHERE id < ?1 UNION ALL SELECT MAX(id) AS id FROM holds WHERE id < ?1) AS newest").Bind(1, below);
        row.Step();
        var id = new CallId(row.Integer(0));
        row.Reset();
        return id;
    }

    /// <summary>When somebody said that the clock is right although this entry is far from it.</summary>
    static DateTimeOffset? SaidRightAt(JournalTransaction transaction, CallId entry)
    {
        var row = transaction.Prepare("SELECT COALESCE(MAX(lifted_milliseconds), -1) FROM fences WHERE reason LIKE ?1").Bind(1, $"{Opening}%{entry}%");
        row.Step();
        var milliseconds = row.Integer(0);
        row.Reset();
        return milliseconds < 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }

    /// <summary>
    /// The last event of the trail: a process that takes no calls still writes its nights. Not the one nearest to now: what an earlier start wrote by the same wrong clock,
    /// before it was put right, is no witness for it.
    /// </summary>
    static DateTimeOffset? LastEvent(JournalTransaction transaction)
    {
        var row = transaction.Prepare("SELECT at_milliseconds FROM audit ORDER BY id DESC LIMIT 1");
        DateTimeOffset? at = row.Step() ? DateTimeOffset.FromUnixTimeMilliseconds(row.Integer(0)) : null;
        row.Reset();
        return at;
    }

    /// <summary>True where another instance lives and goes by this clock.</summary>
    static bool IsShared(JournalTransaction transaction, DateTimeOffset now)
    {
        var row = transaction.Prepare("SELECT COUNT(*) FROM instances WHERE id <> ?1 AND ended_milliseconds IS NULL AND heartbeat_milliseconds BETWEEN ?2 AND ?3")
            .Bind(1, transaction.Instance).Bind(2, now.ToUnixTimeMilliseconds() - AgreeMilliseconds).Bind(3, now.ToUnixTimeMilliseconds() + AgreeMilliseconds);
        row.Step();
        var agree = row.Integer(0) > 0;
        row.Reset();
        return agree;
    }

    static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other ?? one : one;

    static string Span(TimeSpan gap) => gap.TotalDays >= 2 ? FormattableString.Invariant($"{gap.TotalDays:#,##0} days") : FormattableString.Invariant($"{gap.TotalHours:0} hours");
}
