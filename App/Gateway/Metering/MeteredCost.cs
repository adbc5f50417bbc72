using Governance.Pricing;

namespace Governance.Gateway.Metering;

/// <summary>One line of a bill with its price.</summary>
[Pure]
sealed record PricedLine(BillLine Line, ModelPrice Price, CostBreakdown Breakdown);

/// <summary>What a metered answer cost, all lines together, rounded once.</summary>
/// <param name="Complete">False where the bill may be larger: a count that nobody can price, a line whose model has no price, an answer that went partly unread. The amount is what is known.</param>
[Pure]
sealed record MeteredCost(Money Amount, IReadOnlyList<PricedLine> Lines, bool Complete)
{
    /// <summary>
    /// The cost of a reading, final or not, as far as it can be known; null where nothing of it can (no usage, no line whose model has a price): the hold is then the settlement.
    /// </summary>
    /// <param name="requested">The model that was sent upstream: used where the answer names none, or names a dated snapshot of it that has no price of its own.</param>
    public static MeteredCost? Of(MeterReading reading, PriceBook prices, string vendor, string requested, DateTimeOffset at)
    {
        var complete = !reading.UnknownUsage && !reading.Oversized;
        var sum = new ExactCost(0);
        var lines = new List<PricedLine>(reading.Lines.Count);
        foreach (var line in reading.Lines)
        {
            if (PriceOf(line.Model ?? reading.Model ?? requested, prices, vendor, requested, at) is not { } price || !TryAdd(ref sum, line, price, reading.Terms, lines))
            {
                complete = false;
            }
        }
        return lines.Count == 0 ? null : new MeteredCost(sum.RoundedUp(), lines, complete);
    }

    /// <summary>False where the line is too absurd for money, alone or on top of the others; nothing is then added.</summary>
    static bool TryAdd(ref ExactCost sum, BillLine line, ModelPrice price, ServiceTerms terms, List<PricedLine> lines)
    {
        try
        {
            var more = sum + CallCost.Exactly(price, line.Usage, terms);
            _ = more.RoundedUp();
            lines.Add(new PricedLine(line, price, CallCost.Explain(price, line.Usage, terms)));
            sum = more;
            return true;
        }
        catch (OverflowException)
        {
            return false;
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
