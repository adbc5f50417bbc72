using System.Collections.Concurrent;
using Governance.Journal;

namespace Governance.Ledger.Entries;

/// <summary>
/// What this process has committed to the ledger, exactly: entries by project and outcome, tokens and cost by project and model. Counted on the journal's
/// thread after the commit, read by anybody. A model goes by its name in the price list, so that no client can make a series by spelling one anew.
/// </summary>
sealed class UsageCounts : JournalListener
{
    /// <summary>What is counted together goes by this name.</summary>
    internal const string Other = "other";

    /// <summary>Projects beyond these are counted together.</summary>
    internal const int MaxProjects = 200;

    /// <summary>Pairs of project and model beyond these are counted together: with four kinds of tokens each they stay within what one metric may have.</summary>
    internal const int MaxPairs = 450;

    readonly ConcurrentDictionary<string, long[]> entries = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<(string Project, string Model), ModelSpend> spend = new();
    readonly List<(LedgerCall Call, CallResult? Result, long DeltaNanos)> pending = [];

    public override JournalPhase Phase => JournalPhase.Reporting;

    /// <summary>How many entries there are, by project and outcome.</summary>
    public IEnumerable<(string Project, UsageOutcome Outcome, long Count)> Entries =>
        from project in entries
        from outcome in Enum.GetValues<UsageOutcome>()
        let count = Volatile.Read(ref project.Value[(int)outcome])
        where count > 0
        select (project.Key, outcome, count);

    /// <summary>What was used and paid, by project and model.</summary>
    public IEnumerable<(string Project, string Model, ModelSpend Spend)> Spend => spend.Select(each => (each.Key.Project, each.Key.Model, each.Value));

    /// <summary>An entry, within a transaction.</summary>
    public void Add(LedgerCall call, CallResult result) => pending.Add((call, result, 0));

    /// <summary>What an earlier entry is corrected by, within a transaction.</summary>
    public void Correct(LedgerCall call, Money delta) => pending.Add((call, null, delta.Nanos));

    public override void AfterCommit()
    {
        foreach (var (call, result, delta) in pending)
        {
            if (result is null)
            {
                SpendOf(call).Correct(delta);
                continue;
            }
            EntriesOf(call.For.Project)[(int)result.Outcome]++;
            if (result.Cost != Money.Zero || !result.Usage.Equals(default))
            {
                SpendOf(call).Add(result);
            }
        }
        pending.Clear();
    }

    public override void AfterRollback() => pending.Clear();

    long[] EntriesOf(string project) =>
        entries.TryGetValue(project, out var known) ? known
        : entries.GetOrAdd(entries.Count < MaxProjects ? project : Other, _ => new long[Enum.GetValues<UsageOutcome>().Length]);

    ModelSpend SpendOf(LedgerCall call)
    {
        // Only a call that found its price has a vendor; until then its model is what the client wrote.
        var key = (call.For.Project, call.For.Vendor is null ? Other : call.PricedAs ?? call.For.Model ?? Other);
        return spend.TryGetValue(key, out var known) ? known
            : spend.GetOrAdd(spend.Count < MaxPairs ? key : (Other, Other), _ => new ModelSpend());
    }
}

/// <summary>What one project has used of one model. Written by one thread, read by anybody.</summary>
sealed class ModelSpend
{
    long input;
    long output;
    long cacheRead;
    long cacheWrite;
    long costNanos;
    long correctionNanos;

    public long InputTokens => Volatile.Read(ref input);

    public long OutputTokens => Volatile.Read(ref output);

    public long CacheReadTokens => Volatile.Read(ref cacheRead);

    public long CacheWriteTokens => Volatile.Read(ref cacheWrite);

    /// <summary>As the entries were written.</summary>
    public Money Cost => new(Volatile.Read(ref costNanos));

    /// <summary>By how much they were corrected since; less than nothing where they had counted too much.</summary>
    public Money Corrections => new(Volatile.Read(ref correctionNanos));

    internal void Add(CallResult result)
    {
        Raise(ref input, result.Usage.InputTokens);
        Raise(ref output, result.Usage.OutputTokens);
        Raise(ref cacheRead, result.Usage.CacheReadTokens);
        Raise(ref cacheWrite, result.Usage.CacheWriteShortTokens);
        Raise(ref cacheWrite, result.Usage.CacheWriteLongTokens);
        Raise(ref costNanos, result.Cost.Nanos);
    }

    internal void Correct(long nanos) => Raise(ref correctionNanos, nanos);

    /// <summary>One absurd entry fills a figure; it never turns it round.</summary>
    static void Raise(ref long figure, long by) => Volatile.Write(ref figure, Money.Nearest((Int128)figure + by).Nanos);
}
