using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Microsoft.EntityFrameworkCore;

namespace Governance.Integrity.Fences;

/// <summary>What each project came to in the last days of which the ledger has calls.</summary>
/// <param name="Until">The instant of the last call that cost anything; null where there is none.</param>
sealed record RecentSpend(DateTimeOffset? Until, IReadOnlyDictionary<string, Money> Projects)
{
    public const int Days = 30;
}

/// <summary>Adds up recent spend. Counted back from the ledger's last call, not from now: a restored ledger may end long ago.</summary>
sealed class RecentSpendQueries(Reads reads)
{
    public async Task<RecentSpend> ReadAsync()
    {
        await using var db = reads.Open();
        // Spend that was entered by hand is nobody's traffic.
        var calls = db.Usage.Where(row => row.CostNanos > 0 && row.Outcome != UsageOutcome.Adjusted);
        var newest = await calls.OrderByDescending(row => row.Id).Select(row => (long?)row.Id).FirstOrDefaultAsync();
        if (newest is not { } last)
        {
            return new RecentSpend(null, new Dictionary<string, Money>());
        }
        var from = CallId.FirstAt(new CallId(last).At.AddDays(-RecentSpend.Days)).Value;
        var spent = (await calls.Where(row => row.Id >= from).GroupBy(row => row.Project).Select(group => new { group.Key, Nanos = group.Sum(row => row.CostNanos) }).ToListAsync())
            .ToDictionary(part => part.Key, part => (Int128)part.Nanos, StringComparer.Ordinal);
        var corrections = await db.Corrections.Where(row => row.Id >= from)
            .Join(db.Usage, correction => correction.Id, call => call.Id, (correction, call) => new { call.Project, correction.DeltaNanos }).ToListAsync();
        foreach (var correction in corrections)
        {
            spent[correction.Project] = spent.GetValueOrDefault(correction.Project) + correction.DeltaNanos;
        }
        return new RecentSpend(new CallId(last).At, spent.ToDictionary(part => part.Key, part => Money.Nearest(part.Value), StringComparer.Ordinal));
    }
}
