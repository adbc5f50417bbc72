using Governance.Ledger.Entries;

namespace Governance.Ledger.Requests;

/// <summary>The requests of one reader: what is shown, what waits to be shown, and where older ones start. A long call is written late under an early id, so that the head of the list is read again rather than only what has a larger id.</summary>
sealed class CallList(UsageQueries queries, TimeProvider time)
{
    const int ShownLimit = 1_000;

    List<UsageRow> calls = [];
    List<UsageRow> waiting = [];
    int load;

    public UsageFilter Filter { get; private set; } = new();

    public IReadOnlyList<UsageRow> Calls => calls;

    public CallId? Older { get; private set; }

    public DateTimeOffset? SearchedTo { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; } = time.GetUtcNow();

    public int Waiting => waiting.Count;

    public string WaitingText => waiting.Count >= UsageQueries.PageSize ? $"{UsageQueries.PageSize}+ new" : $"{waiting.Count} new";

    public async Task LoadAsync(UsageFilter filter)
    {
        var mine = ++load;
        (Filter, calls, waiting) = (filter, [], []);
        var page = await queries.PageAsync(filter);
        if (mine != load)
        {
            // Another load has begun meanwhile: what it finds is shown.
            return;
        }
        calls = [];
        waiting = [];
        Take(page);
    }

    /// <summary>Does nothing where the same page was loaded meanwhile by another click.</summary>
    public async Task LoadOlderAsync()
    {
        var (mine, from) = (load, Older);
        var page = await queries.PageAsync(Filter, from);
        if (mine == load && from == Older)
        {
            Take(page);
        }
    }

    /// <summary>Reads the head of the list again. What is new is shown at once where the reader follows, else kept waiting.</summary>
    public async Task RefreshAsync(bool follow)
    {
        var mine = load;
        var head = await queries.PageAsync(Filter, stretches: 1);
        if (mine != load)
        {
            return;
        }
        var known = calls.Select(call => call.Id).ToHashSet();
        var bottom = Older is null || calls.Count == 0 ? long.MinValue : calls[^1].Id;
        waiting = [.. head.Calls.Where(call => !known.Contains(call.Id) && call.Id > bottom)];
        UpdatedAt = time.GetUtcNow();
        if (follow)
        {
            await ShowWaitingAsync();
        }
    }

    public async Task ShowWaitingAsync()
    {
        if (waiting.Count >= UsageQueries.PageSize)
        {
            await LoadAsync(Filter);
            return;
        }
        if (waiting.Count > 0)
        {
            calls = [.. calls.Concat(waiting).OrderByDescending(call => call.Id)];
            waiting = [];
        }
        if (calls.Count > ShownLimit)
        {
            calls = [.. calls.Take(ShownLimit)];
            Older = calls[^1].CallId;
            SearchedTo = null;
        }
    }

    void Take(CallPage page)
    {
        calls.AddRange(page.Calls);
        Older = page.Older;
        SearchedTo = page.SearchedTo;
        UpdatedAt = time.GetUtcNow();
    }
}
