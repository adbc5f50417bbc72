using Governance.Audit.Timeline;
using Governance.Journal;
using Governance.Ledger.Entries;
using Microsoft.EntityFrameworkCore;

namespace Governance.Ledger.Requests;

/// <summary>Entries, newest first.</summary>
/// <param name="Older">The id below which the next page starts; null where nothing older is there.</param>
/// <param name="SearchedTo">The instant down to which was looked, where the page is short although there is more.</param>
sealed record CallPage(IReadOnlyList<UsageRow> Calls, CallId? Older, DateTimeOffset? SearchedTo);

/// <summary>Reads the usage ledger for pages. Every query walks the primary key and looks at a bounded number of rows, however many there are.</summary>
sealed class UsageQueries(Reads reads)
{
    public const int PageSize = 50;
    /// <summary>How many stretches a page looks at before it asks whether to go on.</summary>
    public const int StretchesPerPage = 5;
    const int Stretch = 10_000;

    public async Task<CallPage> PageAsync(UsageFilter filter, CallId? before = null, int stretches = StretchesPerPage)
    {
        if (filter.Range is not var (first, last))
        {
            return new CallPage([], null, null);
        }
        await using var db = reads.Open();
        var floor = first.Value;
        // Ids are below this, not at it: the largest long is no call's.
        var from = Math.Min(before?.Value ?? long.MaxValue, last.Value == long.MaxValue ? long.MaxValue : last.Value + 1);
        var found = new List<UsageRow>(PageSize + 1);
        for (var stretch = 1; ; stretch++)
        {
            var walked = db.Usage.Where(row => row.Id >= floor && row.Id < from).OrderByDescending(row => row.Id).Take(Stretch);
            found.AddRange(await Narrow(walked, filter).OrderByDescending(row => row.Id).Take(PageSize + 1 - found.Count).ToListAsync());
            if (found.Count > PageSize)
            {
                found.RemoveAt(PageSize);
                await CorrectAsync(db, found);
                return new CallPage(found, found[^1].CallId, null);
            }
            var reached = await db.Usage.Where(row => row.Id >= floor && row.Id < from).OrderByDescending(row => row.Id)
                .Skip(Stretch - 1).Take(1).Select(row => (long?)row.Id).FirstOrDefaultAsync();
            if (reached is null || stretch == stretches)
            {
                await CorrectAsync(db, found);
            }
            if (reached is not { } end)
            {
                return new CallPage(found, null, null);
            }
            from = end;
            if (stretch == stretches)
            {
                return new CallPage(found, new CallId(end), new CallId(end).At);
            }
        }
    }

    public async Task<UsageRow?> FindAsync(CallId id)
    {
        await using var db = reads.Open();
        var call = await db.Usage.FirstOrDefaultAsync(row => row.Id == id.Value);
        List<UsageRow> found = call is null ? [] : [call];
        await CorrectAsync(db, found);
        return found.FirstOrDefault();
    }

    /// <summary>Puts later corrections beside their calls.</summary>
    static async Task CorrectAsync(GovernanceDb db, List<UsageRow> calls)
    {
        var ids = calls.Where(call => LateSettlement.IsCorrectable(call.Outcome)).Select(call => call.Id).ToList();
        if (ids.Count > 0)
        {
            var corrections = await db.Corrections.Where(row => ids.Contains(row.Id)).ToDictionaryAsync(row => row.Id);
            for (var i = 0; i < calls.Count; i++)
            {
                calls[i] = corrections.TryGetValue(calls[i].Id, out var correction) ? calls[i] with { Correction = correction } : calls[i];
            }
        }
    }

    static IQueryable<UsageRow> Narrow(IQueryable<UsageRow> rows, UsageFilter filter)
    {
        if (filter.Project is { } project)
        {
            rows = rows.Where(row => row.Project == project);
        }
        if (filter.Key is { } key)
        {
            rows = rows.Where(row => row.Key == key);
        }
        if (filter.Model is { } model)
        {
            var pattern = AuditQueries.Containing(model);
#pragma warning disable CA1304, CA1311, CA1862 // The database's lower(), of plain letters on both stores.
            rows = rows.Where(row => EF.Functions.Like(row.ModelAsked.ToLower(), pattern, "\\") || EF.Functions.Like(row.Model!.ToLower(), pattern, "\\"));
#pragma warning restore CA1304, CA1311, CA1862
        }
        return filter.Verdict switch
        {
            null => rows,
            CallVerdict.Approved => rows.Where(row => row.Outcome == UsageOutcome.Posted && (row.Model == null || row.Model == row.ModelAsked)),
            CallVerdict.Forced => rows.Where(row => row.Outcome == UsageOutcome.Posted && row.Model != null && row.Model != row.ModelAsked),
            CallVerdict.Cached => rows.Where(row => row.Outcome == UsageOutcome.Cached),
            CallVerdict.Denied => rows.Where(row => row.Outcome == UsageOutcome.Refused),
            CallVerdict.Assumed => rows.Where(row => row.Outcome == UsageOutcome.Assumed),
            CallVerdict.Expired => rows.Where(row => row.Outcome == UsageOutcome.Expired),
            CallVerdict.Adjusted => rows.Where(row => row.Outcome == UsageOutcome.Adjusted),
            _ => rows.Where(row => row.Outcome == UsageOutcome.Voided),
        };
    }
}
