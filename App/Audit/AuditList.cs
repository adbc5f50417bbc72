namespace Governance.Audit;

/// <summary>The timeline of one reader: what is shown, what waits to be shown, and where older entries start.</summary>
sealed class AuditList(AuditQueries queries, TimeProvider time)
{
    /// <summary>A page that stays open for days keeps no more than this.</summary>
    const int ShownLimit = 1_000;

    readonly List<AuditEntry> entries = [];
    readonly List<AuditEntry> waiting = [];
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
        Filter = filter;
        Oldest = time.GetUtcNow().AddDays(-days);
        seen = await queries.LastIdAsync();
        entries.Clear();
        waiting.Clear();
        tooMany = false;
        Take(await queries.PageAsync(filter, Oldest));
    }

    public async Task LoadOlderAsync() => Take(await queries.PageAsync(Filter, Oldest, Older));

    /// <summary>Reads what was appended meanwhile. Shown at once where the reader follows, else kept waiting. Answers whether anything is new.</summary>
    public async Task<bool> RefreshAsync(bool follow)
    {
        var last = await queries.LastIdAsync();
        var found = last > seen ? await queries.NewerAsync(Filter, seen, last) : [];
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
