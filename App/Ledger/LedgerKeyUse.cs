using Governance.Journal;
using Governance.Ledger.Entries;
using Governance.Projects;
using Microsoft.EntityFrameworkCore;

namespace Governance.Ledger;

/// <summary>Reads the use of keys from the entries of this month: one range of ids.</summary>
sealed class LedgerKeyUse(Reads reads, TimeProvider time) : KeyUseSource
{
    public override async Task<IReadOnlyDictionary<string, KeyUse>> ReadAsync()
    {
        var now = time.GetUtcNow();
        var month = CallId.FirstAt(new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero)).Value;
        var day = CallId.FirstAt(now.AddDays(-1)).Value;
        var from = Math.Min(month, day);
        await using var db = reads.Open();
        var rows = await db.Usage.Where(row => row.Id >= from).GroupBy(row => row.Key).Select(calls => new
        {
            calls.Key,
            Last = calls.Max(row => row.Id),
            Month = calls.Sum(row => row.Id >= month ? 1L : 0L),
            Spend = calls.Sum(row => row.Id >= month ? row.CostNanos : 0L),
            Day = calls.Sum(row => row.Id >= day ? 1L : 0L),
        }).ToListAsync();
        var corrections = await db.Corrections.Where(row => row.Id >= month)
            .Join(db.Usage, correction => correction.Id, call => call.Id, (correction, call) => new { call.Key, correction.DeltaNanos })
            .GroupBy(row => row.Key).Select(group => new { group.Key, Delta = group.Sum(row => row.DeltaNanos) })
            .ToDictionaryAsync(row => row.Key, row => row.Delta);
        return rows.ToDictionary(row => row.Key, row => new KeyUse(new CallId(row.Last).At, row.Month, new Money(row.Spend + corrections.GetValueOrDefault(row.Key)), row.Day));
    }
}
