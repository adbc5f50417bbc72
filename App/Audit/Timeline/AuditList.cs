namespace Governance.Audit.Timeline;

/// <summary>The timeline of one reader: what is shown, what waits to be shown, and where older entries start.</summary>
sealed class AuditList(AuditQueries queries, TimeProvider time)
{
    /// <summary>A page that stays open for days keeps no more than this.</summary>
    const int ShownLimit = 1_000;

    readonly List<AuditEntry> entries = [];
    readonly List<AuditEntry> waiting = [];
    int load;
    long seen;
    bool tooMany;

    public AuditFilter Filter { get; private set; } = new();

    public DateTimeOffset Oldest { get; private set; }

    public IReadOnlyList<AuditRun> Runs { get; private set; } = [];

    /// <summary>Where older entries start; null at the end of the window.</summary>
    public long? Older { get; private set; }

    /// <summary>How far back was looked where the filter finds little.</summary>
    public DateTimeOffset? SearchedTo { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; } = time.GetUtcNow();

    /// <summary>Entries that arrived while the reader looked elsewhere.</summary>
    public int Waiting => waiting.Count;

    public string WaitingText => tooMany ? $"{AuditQueries.PageSize}+ new" : $"{waiting.Count} new";

    public async Task LoadAsync(AuditFilter filter, int days)
    {
        var mine = ++load;
        Filter = filter;
        Oldest = time.GetUtcNow().AddDays(-days);
        entries.Clear();
        waiting.Clear();
        var last = await queries.LastIdAsync();
        var page = await queries.PageAsync(filter, Oldest);
        if (mine != load)
        {
            // Another load has begun meanwhile: what it finds is shown.
            return;
        }
        // What was appended between the two readings is on the page already.
        seen = Math.Max(last, page.Entries.Select(entry => entry.Id).FirstOrDefault());
        entries.Clear();
        waiting.Clear();
        tooMany = false;
        Take(page);
    }

    /// <summary>Does nothing where the same page was loaded meanwhile by another click.</summary>
    public async Task LoadOlderAsync()
    {
        var (mine, from) = (load, Older);
        var page = await queries.PageAsync(Filter, Oldest, from);
        if (mine == load && from == Older)
        {
            Take(page);
        }
    }

    /// <summary>Reads what was appended meanwhile. Shown at once where the reader follows, else kept waiting. Answers whether anything is new.</summary>
    public async Task<bool> RefreshAsync(bool follow)
    {
        var (mine, from) = (load, seen);
        var last = await queries.LastIdAsync();
        var found = last > from ? await queries.NewerAsync(Filter, from, last) : [];
        if (mine != load || from != seen)
        {
            // Another reading has shown it meanwhile.
            return false;
        }
        seen = Math.Max(seen, last);
        UpdatedAt = time.GetUtcNow();
        tooMany |= found.Count > AuditQueries.PageSize || waiting.Count + found.Count > AuditQueries.PageSize;
        waiting.InsertRange(0, found.Take(AuditQueries.PageSize));
        if (follow)
        {
            await ShowWaitingAsync();
        }
        return found.Count > 0;
    }

    public async Task ShowWaitingAsync()
    {
        if (tooMany)
        {
            await LoadAsync(Filter, (int)Math.Round((time.GetUtcNow() - Oldest).TotalDays));
            return;
        }
        entries.InsertRange(0, waiting);
        waiting.Clear();
        if (entries.Count > ShownLimit)
        {
            entries.RemoveRange(ShownLimit, entries.Count - ShownLimit);
            Older = entries[^1].Id;
            SearchedTo = null;
        }
        Runs = AuditRuns.Of(entries);
    }

    void Take(AuditPage page)
    {
        entries.AddRange(page.Entries);
        Runs = AuditRuns.Of(entries);
        Older = page.Older;
        SearchedTo = page.SearchedTo;
        UpdatedAt = time.GetUtcNow();
    }
}
