using Governance.Journal;
using Governance.Revisions;
using Microsoft.EntityFrameworkCore;

namespace Governance.Policies;

/// <summary>Reads rules and routes for the pages.</summary>
sealed class PolicyQueries(Reads reads)
{
    public async Task<IReadOnlyList<Edition<RuleDefinition>>> RulesAsync()
    {
        await using var db = reads.Open();
        return [.. (await db.Rules.OrderBy(row => row.Id).ToListAsync()).Select(Editions.Of)];
    }

    public async Task<IReadOnlyList<Edition<RouteDefinition>>> RoutesAsync()
    {
        await using var db = reads.Open();
        return [.. (await db.Routes.OrderBy(row => row.Id).ToListAsync()).Select(Editions.Of)];
    }
}
