using Governance.Journal;
using Governance.Revisions;
using Microsoft.EntityFrameworkCore;

namespace Governance.Pricing;

/// <summary>A correction of the price book that was entered here; it is laid over the shipped list.</summary>
sealed class PriceRow : DefinitionRow<PriceOverlay>
{
    /// <summary>The id under which a price is kept: vendor, model and first instant.</summary>
    public static string IdOf(PriceOverlay price) => $"{price.Vendor}:{price.Model}:{price.EffectiveFrom?.ToUnixTimeSeconds() ?? 0}";
}

/// <summary>Holds the price book in force: the shipped list and the workspace's corrections.</summary>
sealed class PriceShelf : JournalListener
{
    volatile PriceBook current = new([]);

    public override JournalPhase Phase => JournalPhase.Definitions;

    public PriceBook Current => current;

    public override void Start(Change change) => current = Load(change.Db);

    public override Action? Prepare(Change change)
    {
        var next = Load(change.Db);
        return () => current = next;
    }

    /// <summary>What people are told where the shipped list has grown old; null while it has not.</summary>
    public static string? Stale(DateTimeOffset now, int days)
    {
        var asOf = PriceList.ShippedAsOf;
        return days > 0 && DateOnly.FromDateTime(now.UtcDateTime).DayNumber - asOf.DayNumber > days
            ? $"The price list is of {asOf:yyyy-MM-dd} and more than {days} days old. Calls are priced by it all the same; update the product, or enter what has changed on /dashboard/settings?tab=prices."
            : null;
    }

    static PriceBook Load(GovernanceDb db) => new(PriceList.Shipped, db.Prices.AsNoTracking().AsEnumerable().Select(row => row.Definition.WithoutDefaults()));
}
