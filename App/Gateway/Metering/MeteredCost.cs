using Governance.Pricing;

namespace Governance.Gateway.Metering;

/// <summary>One line of a bill with its price.</summary>
[Pure]
sealed record PricedLine(BillLine Line, ModelPrice Price, CostBreakdown Breakdown);

/// <summary>What a metered answer cost, all lines together, rounded once.</summary>
[Pure]
sealed record MeteredCost(Money Amount, IReadOnlyList<PricedLine> Lines)
{
    /// <summary>
    /// The cost of a reading, final or not; null where it cannot be known (no usage, a model without a price, a count that nobody can price): the hold is then the settlement.
    /// </summary>
    /// <param name="requested">The model that was sent upstream: used where the answer names none, or names a dated snapshot of it that has no price of its own.</param>
    public static MeteredCost? Of(MeterReading reading, PriceBook prices, string vendor, string requested, DateTimeOffset at)
    {
        if (reading.Lines.Count == 0 || reading.UnknownUsage || reading.Oversized)
        {
            return null;
        }
        try
        {
            var sum = new ExactCost(0);
            var lines = new List<PricedLine>(reading.Lines.Count);
            foreach (var line in reading.Lines)
            {
                if (PriceOf(line.Model ?? reading.Model ?? requested, prices, vendor, requested, at) is not { } price)
                {
                    return null;
                }
                sum += CallCost.Exactly(price, line.Usage, reading.Terms);
                lines.Add(new PricedLine(line, price, CallCost.Explain(price, line.Usage, reading.Terms)));
            }
            return new MeteredCost(sum.RoundedUp(), lines);
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    static ModelPrice? PriceOf(string model, PriceBook prices, string vendor, string requested, DateTimeOffset at) =>
        prices.Find(vendor, model, at) ?? (IsSnapshotOf(requested, model) ? prices.Find(vendor, requested, at) : null);

    static bool IsSnapshotOf(string requested, string served)
    {
        var (alias, snapshot) = (ModelName.Canonical(requested), ModelName.Canonical(served));
        return alias.Length > 0 && snapshot.Length == alias.Length + 9 && snapshot.StartsWith(alias + "-", StringComparison.Ordinal)
            && !snapshot.AsSpan(alias.Length + 1).ContainsAnyExceptInRange('0', '9');
    }
}
