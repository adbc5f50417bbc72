using Governance.Journal;
using Microsoft.EntityFrameworkCore;

namespace Governance.Audit.Timeline;

/// <summary>Reads the trail for pages. Every query walks the primary key and looks at a bounded number of rows, however many there are.</summary>
sealed class AuditQueries(Reads reads)
{
    public const int PageSize = 50;
    const int Stretch = 10_000;
    const int StretchesPerPage = 5;

    /// <summary>The newest page of the filter below <paramref name="before"/>, none older than <paramref name="oldest"/>.</summary>
    public async Task<AuditPage> PageAsync(AuditFilter filter, DateTimeOffset oldest, long? before = null)
    {
        await using var db = reads.Open();
        var (floor, ceiling) = await BoundsAsync(db, filter, oldest);
        var from = Math.Min(before ?? long.MaxValue, ceiling);
        if (filter.Request is not null)
        {
            var ofCall = await Entries(Narrow(db.Audit.Where(row => row.RequestId == filter.Request && row.Id >= floor && row.Id < from), filter)
                .OrderByDescending(row => row.Id).Take(PageSize)).ToListAsync();
            return new AuditPage(ofCall, null, null);
        }
        var found = new List<AuditEntry>(PageSize + 1);
        for (var stretch = 0; stretch < StretchesPerPage; stretch++)
        {
            var walked = db.Audit.Where(row => row.Id >= floor && row.Id < from).OrderByDescending(row => row.Id).Take(Stretch);
            found.AddRange(await Entries(Narrow(walked, filter).OrderByDescending(row => row.Id).Take(PageSize + 1 - found.Count)).ToListAsync());
            if (found.Count > PageSize)
            {
                found.RemoveAt(PageSize);
                return new AuditPage(found, found[^1].Id, null);
            }
            var last = await db.Audit.Where(row => row.Id >= floor && row.Id < from).OrderByDescending(row => row.Id)
                .Skip(Stretch - 1).Take(1).Select(row => new { row.Id, row.AtMilliseconds }).FirstOrDefaultAsync();
            if (last is null)
            {
                return new AuditPage(found, null, null);
            }
            from = last.Id;
            if (stretch == StretchesPerPage - 1)
            {
                return new AuditPage(found, from, DateTimeOffset.FromUnixTimeMilliseconds(last.AtMilliseconds));
            }
        }
        return new AuditPage(found, from, null);
    }

    /// <summary>What was appended behind <paramref name="after"/> as far as <paramref name="upTo"/>, newest first; one more than a page says that the page should be read anew.</summary>
    public async Task<IReadOnlyList<AuditEntry>> NewerAsync(AuditFilter filter, long after, long upTo)
    {
        await using var db = reads.Open();
        var appended = db.Audit.Where(row => row.Id > after && row.Id <= upTo);
        if (filter.Until is { } last && last < DateOnly.MaxValue)
        {
            var end = Midnight(last.AddDays(1)).ToUnixTimeMilliseconds();
            appended = appended.Where(row => row.AtMilliseconds < end);
        }
        var ofCall = filter.Request is null ? appended : appended.Where(row => row.RequestId == filter.Request);
        return await Entries(Narrow(ofCall, filter).OrderByDescending(row => row.Id).Take(PageSize + 1)).ToListAsync();
    }

    /// <summary>The whole event, with the bytes that were hashed.</summary>
    public async Task<AuditRow?> FindAsync(long id)
    {
        await using var db = reads.Open();
        return await db.Audit.FirstOrDefaultAsync(row => row.Id == id);
    }

    /// <summary>Everything that was told of one call, oldest first.</summary>
    public async Task<IReadOnlyList<AuditRow>> OfRequestAsync(string request)
    {
        await using var db = reads.Open();
        return await db.Audit.Where(row => row.RequestId == request).OrderBy(row => row.Id).Take(PageSize).ToListAsync();
    }

    /// <summary>The newest event of all, 0 where there is none: what arrives later has a larger id.</summary>
    public async Task<long> LastIdAsync()
    {
        await using var db = reads.Open();
        return await db.Audit.MaxAsync(row => (long?)row.Id) ?? 0;
    }

    /// <summary>The ids of the window: the trail's time never goes back, so that an instant is found by halving the ids.</summary>
    static async Task<(long Floor, long Ceiling)> BoundsAsync(GovernanceDb db, AuditFilter filter, DateTimeOffset oldest)
    {
        var from = filter.From is { } first && Midnight(first) > oldest ? Midnight(first) : oldest;
        var floor = await FirstIdAtAsync(db, from);
        return (floor, filter.Until is { } last && last < DateOnly.MaxValue ? await FirstIdAtAsync(db, Midnight(last.AddDays(1))) : long.MaxValue);
    }

    static async Task<long> FirstIdAtAsync(GovernanceDb db, DateTimeOffset instant)
    {
        var milliseconds = instant.ToUnixTimeMilliseconds();
        var low = 1L;
        var high = (await db.Audit.MaxAsync(row => (long?)row.Id) ?? 0) + 1;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var at = await db.Audit.Where(row => row.Id >= middle).OrderBy(row => row.Id).Select(row => row.AtMilliseconds).FirstAsync();
            if (at >= milliseconds)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }
        return low;
    }

    static DateTimeOffset Midnight(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);

    static IQueryable<AuditRow> Narrow(IQueryable<AuditRow> rows, AuditFilter filter)
    {
        if (!filter.Seals)
        {
            rows = rows.Where(row => row.Chain != AuditEvent.LedgerChain);
        }
        if (filter.Category is { } category)
        {
            rows = rows.Where(row => row.Category == category);
        }
        if (filter.Actor is { } actor)
        {
            rows = rows.Where(row => row.ActorId == actor);
        }
        if (filter.Project is { } project)
        {
            rows = rows.Where(row => row.Project == project);
        }
        if (filter.Text is { } text)
        {
            var pattern = Containing(text);
#pragma warning disable CA1304, CA1311, CA1862 // The database's lower(), of plain letters on both stores.
            rows = rows.Where(row => EF.Functions.Like(row.Sentence.ToLower(), pattern, "\\") || EF.Functions.Like(row.Action.ToLower(), pattern, "\\")
                || EF.Functions.Like(row.TargetId.ToLower(), pattern, "\\"));
#pragma warning restore CA1304, CA1311, CA1862
        }
        return rows;
    }

    /// <summary>A LIKE pattern in which the text's own wildcards are letters like others.</summary>
    internal static string Containing(string text) =>
        "%" + string.Concat(text.Select(letter => char.IsAsciiLetterUpper(letter) ? (char)(letter | 0x20) : letter)).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";

    static IQueryable<AuditEntry> Entries(IQueryable<AuditRow> rows) => rows.Select(row => new AuditEntry
    {
        Id = row.Id,
        Chain = row.Chain,
        Sequence = row.Sequence,
        At = DateTimeOffset.FromUnixTimeMilliseconds(row.AtMilliseconds),
        Category = row.Category,
        Action = row.Action,
        ActorKind = row.ActorKind,
        ActorId = row.ActorId,
        Project = row.Project,
        TargetKind = row.TargetKind,
        TargetId = row.TargetId,
        Sentence = row.Sentence,
        RequestId = row.RequestId,
    });
}
