using Governance.Journal;
using Governance.Ledger.Entries;
using Microsoft.EntityFrameworkCore;

namespace Governance.Ledger.Holds;

/// <summary>The holds that are open now.</summary>
/// <param name="Oldest">The instant of the oldest call; null where none is open.</param>
sealed record OpenHolds(long Count, Money Held, DateTimeOffset? Oldest);

/// <summary>That the ledger went on from an older state, and who said what was spent meanwhile.</summary>
public sealed record Epoch(long Number, DateTimeOffset Admitted, string By, string Reason);

/// <summary>What pages and metrics ask of holds and fences.</summary>
sealed class HoldQueries(Reads reads)
{
    public async Task<OpenHolds> OpenAsync()
    {
        await using var db = reads.Open();
        var holds = await db.Holds.GroupBy(_ => 1).Select(all => new { Count = all.LongCount(), Held = all.Sum(hold => hold.HeldNanos), Oldest = all.Min(hold => hold.Id) }).FirstOrDefaultAsync();
        return holds is null ? new OpenHolds(0, Money.Zero, null) : new OpenHolds(holds.Count, new Money(holds.Held), new CallId(holds.Oldest).At);
    }

    /// <summary>The epochs that lifted fences began, newest first.</summary>
    public async Task<IReadOnlyList<Epoch>> EpochsAsync(int most = 5)
    {
        await using var db = reads.Open();
        var lifted = await db.Fences.Where(fence => fence.LiftedMilliseconds != null).OrderByDescending(fence => fence.Id).Take(most).ToListAsync();
        return [.. lifted.Select(fence => new Epoch(fence.Epoch ?? 0, DateTimeOffset.FromUnixTimeMilliseconds(fence.LiftedMilliseconds ?? 0), fence.LiftedBy ?? "", fence.Reason))];
    }
}
