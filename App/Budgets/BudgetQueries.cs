using Governance.Audit;
using Governance.Policies;
using Governance.Pricing;
using Microsoft.EntityFrameworkCore;

namespace Governance.Budgets;

/// <summary>Reads budgets with their balances for the pages: the gate's own figures, never sums of another table.</summary>
sealed class BudgetQueries(Reads reads, TimeProvider clock)
{
    /// <summary>Every budget, retired ones too, by id.</summary>
    public async Task<IReadOnlyList<BudgetStanding>> AllAsync()
    {
        var now = clock.GetUtcNow();
        var instant = now.ToUnixTimeMilliseconds();
        await using var db = reads.Open();
        var rows = await db.Budgets.OrderBy(row => row.Id).ToListAsync();
        var balances = (await db.Balances.Where(balance => balance.StartsMilliseconds <= instant && instant < balance.EndsMilliseconds).ToListAsync())
            .ToDictionary(balance => (balance.BudgetId, balance.Period));
        string[] periods = [.. balances.Keys.Select(key => key.Period).Distinct()];
        var claims = (await db.ThresholdClaims.Where(claim => periods.Contains(claim.Period)).ToListAsync()).ToLookup(claim => (claim.BudgetId, claim.Period));
        return [.. rows.Select(row => Standing(Editions.Of(row), now))];

        BudgetStanding Standing(Edition<BudgetDefinition> edition, DateTimeOffset at)
        {
            var budget = edition.Definition;
            var period = BudgetPeriod.At(budget.Window, budget.TimeZone, at);
            // A period begins without a row; the first call makes it.
            var balance = balances.GetValueOrDefault((budget.Id, period.Key));
            return new BudgetStanding(
                edition, period, new Money(balance?.PostedNanos ?? 0), new Money(balance?.HeldNanos ?? 0),
                claims[(budget.Id, period.Key)].ToDictionary(claim => claim.Percent, claim => DateTimeOffset.FromUnixTimeMilliseconds(claim.AtMilliseconds)));
        }
    }
}
