using Governance.Journal;
using Governance.Ledger.Entries;
using Governance.Ledger.FailOpen;
using Governance.Ledger.Fences;
using Microsoft.EntityFrameworkCore;

namespace Governance.Ledger;

/// <summary>What one project has come to in a month.</summary>
readonly record struct ProjectSpend(Money Cost, long Calls, long Refused, CallId LastCall)
{
    public static ProjectSpend operator +(ProjectSpend left, ProjectSpend right) => new(
        left.Cost + right.Cost, left.Calls + right.Calls, left.Refused + right.Refused, left.LastCall.CompareTo(right.LastCall) >= 0 ? left.LastCall : right.LastCall);
}

/// <summary>The spend of one day in UTC.</summary>
public readonly record struct DaySpend(DateOnly Day, Money Cost);

/// <summary>A calendar month in UTC so far.</summary>
sealed record MonthSpend(DateTimeOffset Starts, ProjectSpend All, Money Held, IReadOnlyDictionary<string, ProjectSpend> Projects, IReadOnlyList<DaySpend> Days);

/// <summary>
/// Adds up the running month. What can no longer change is added up once: an entry appears under the id of its call, so everything
/// below the oldest open hold, and a little back from now, is final. Only what is above is read again. What comes later all the same
/// is told by the trail, and then everything is added up anew: calls that had no hold, spend that was entered by hand, and a database that went back.
/// </summary>
sealed class SpendTally(Reads reads, TimeProvider time)
{
    /// <summary>Refused and cached calls have no hold; their entries follow their id within moments.</summary>
    static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);
    static readonly long IdsPerDay = CallId.FirstAt(new DateTimeOffset(2020, 1, 2, 0, 0, 0, TimeSpan.Zero)).Value;
    static readonly DateOnly FirstDay = new(2020, 1, 1);

    readonly Lock door = new();
    Dictionary<(long Day, string Project), ProjectSpend> settled = [];
    DateTimeOffset month;
    long settledTo;
    (long Id, byte[] Hash)? seen;

    public MonthSpend Read()
    {
        lock (door)
        {
            var now = time.GetUtcNow();
            var starts = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero);
            if (starts != month)
            {
                (settled, month, settledTo) = ([], starts, CallId.FirstAt(starts).Value);
            }
            using var db = reads.Open();
            // One snapshot: a hold that is gone has its entry in the same one.
            using var snapshot = db.Database.BeginTransaction(System.Data.IsolationLevel.Serializable);
            var (isKnown, newest) = Look(db);
            // Kept only once everything was read: where a read fails halfway, the next one begins where this one did.
            var (parts, to) = isKnown ? (settled, settledTo) : ([], CallId.FirstAt(starts).Value);
            var held = db.Holds.Sum(hold => hold.HeldNanos);
            var final = Math.Min(CallId.FirstAt(now - Margin).Value, db.Holds.Min(hold => (long?)hold.Id) ?? long.MaxValue);
            if (final > to)
            {
                parts = new(parts);
                Add(parts, db, to, final);
                to = final;
            }
            var all = new Dictionary<(long Day, string Project), ProjectSpend>(parts);
            Add(all, db, to, long.MaxValue);
            AddCorrections(all, db, CallId.FirstAt(starts).Value);
            (settled, settledTo, seen) = (parts, to, newest);
            return Sum(starts, now, new Money(held), all);
        }
    }

    /// <summary>False where the trail says, since the last look, that entries came under ids that were taken for final, or is not the one that was looked at; and its newest event.</summary>
    (bool IsKnown, (long Id, byte[] Hash)? Newest) Look(GovernanceDb db)
    {
        (long Id, byte[] Hash)? newest = db.Audit.OrderByDescending(row => row.Id).Select(row => new { row.Id, row.Hash }).FirstOrDefault() is { } row ? (row.Id, row.Hash) : null;
        var isKnown = seen is not { } last || !(
            db.Audit.Where(row => row.Id == last.Id).Select(row => row.Hash).FirstOrDefault() is not { } hash || !hash.AsSpan().SequenceEqual(last.Hash)
            || db.Audit.Any(row => row.Id > last.Id && (row.Action == ReplayWork.Action || row.Action == LateSettlement.UnheldAction || row.Action == FenceTable.LiftedAction)));
        return (isKnown, newest);
    }

    static void Add(Dictionary<(long Day, string Project), ProjectSpend> to, GovernanceDb db, long from, long until)
    {
        var parts = db.Usage.Where(row => row.Id >= from && row.Id < until)
            .GroupBy(row => new { Day = row.Id / IdsPerDay, row.Project })
            .Select(group => new
            {
                group.Key.Day,
                group.Key.Project,
                Cost = group.Sum(row => row.CostNanos),
                Calls = group.LongCount(row => row.Outcome != UsageOutcome.Adjusted),
                Refused = group.LongCount(row => row.Outcome == UsageOutcome.Refused),
                Last = group.Max(row => row.Outcome == UsageOutcome.Adjusted ? 0 : row.Id),
            });
        foreach (var part in parts)
        {
            to[(part.Day, part.Project)] = to.GetValueOrDefault((part.Day, part.Project)) + new ProjectSpend(new Money(part.Cost), part.Calls, part.Refused, new CallId(part.Last));
        }
    }

    /// <summary>Corrections come late and are few: they are added up anew each time.</summary>
    static void AddCorrections(Dictionary<(long Day, string Project), ProjectSpend> to, GovernanceDb db, long from)
    {
        var parts = db.Corrections.Where(row => row.Id >= from)
            .Join(db.Usage, correction => correction.Id, call => call.Id, (correction, call) => new { Day = correction.Id / IdsPerDay, call.Project, correction.DeltaNanos })
            .GroupBy(row => new { row.Day, row.Project })
            .Select(group => new { group.Key.Day, group.Key.Project, Delta = group.Sum(row => row.DeltaNanos) });
        foreach (var part in parts)
        {
            to[(part.Day, part.Project)] = to.GetValueOrDefault((part.Day, part.Project)) + new ProjectSpend(new Money(part.Delta), 0, 0, default);
        }
    }

    static MonthSpend Sum(DateTimeOffset starts, DateTimeOffset now, Money held, Dictionary<(long Day, string Project), ProjectSpend> parts)
    {
        var projects = parts.GroupBy(part => part.Key.Project).ToDictionary(group => group.Key, group => group.Aggregate(default(ProjectSpend), (sum, part) => sum + part.Value));
        var byDay = parts.GroupBy(part => FirstDay.AddDays((int)part.Key.Day)).ToDictionary(group => group.Key, group => group.Aggregate(Money.Zero, (sum, part) => sum + part.Value.Cost));
        var first = DateOnly.FromDateTime(starts.UtcDateTime);
        return new MonthSpend(
            starts,
            projects.Values.Aggregate(default(ProjectSpend), (sum, project) => sum + project),
            held,
            projects,
            [.. Enumerable.Range(0, now.Day).Select(day => new DaySpend(first.AddDays(day), byDay.GetValueOrDefault(first.AddDays(day))))]);
    }
}
