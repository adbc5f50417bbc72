using Governance.Pricing;

namespace Governance.Gateway.Surfaces.Anthropic.Metering;

/// <summary>What a metered answer cost: of all readings of its bill the dearest, all lines together, rounded once.</summary>
/// <param name="Complete">False where the bill may be larger: a count, a modifier or a fee that nobody can price, a line whose model has no price, an answer that went partly unread. The amount is what is known.</param>
/// <param name="ReadingsDiffer">True where the readings come to different amounts.</param>
[Pure]
sealed record MeteredCost(Money Amount, bool Complete, bool ReadingsDiffer = false)
{
    /// <summary>
    /// The cost of a reading, final or not, as far as it can be known; null where nothing of it can (no usage, no line whose model has a price): the hold is then the settlement.
    /// </summary>
    /// <param name="reading">What the answer says of itself.</param>
    /// <param name="prices">The book that held when the call was decided.</param>
    /// <param name="vendor">Whose prices are asked first.</param>
    /// <param name="requested">The model that was sent upstream: used where the answer names none.</param>
    /// <param name="at">When the call was decided.</param>
    public static MeteredCost? Of(MeterReading reading, PriceBook prices, string vendor, string requested, DateTimeOffset at)
    {
        var answered = reading.Model ?? requested;
        var dearest = Of(reading.Lines, reading, prices, vendor, answered, at);
        foreach (var lines in reading.OtherReadings)
        {
            dearest = Dearer(dearest, Of(lines, reading, prices, vendor, answered, at));
        }
        // An item that names no model is the one's that was asked (a compaction, a declined attempt) or the one's that answered.
        if (reading.OtherReadings.Count > 0 && !ModelName.AreSame(answered, requested))
        {
            foreach (var lines in reading.OtherReadings.Prepend(reading.Lines))
            {
                dearest = Dearer(dearest, Of(lines, reading, prices, vendor, requested, at));
            }
        }
        return dearest is null || (!reading.UnknownUsage && !reading.Oversized) ? dearest : dearest with { Complete = false };
    }

    static MeteredCost? Dearer(MeteredCost? one, MeteredCost? other)
    {
        if (one is null || other is null)
        {
            return (one ?? other) is { } known ? known with { Complete = false } : null;
        }
        var dearer = other.Amount > one.Amount ? other : one;
        return dearer with { Complete = one.Complete && other.Complete, ReadingsDiffer = one.ReadingsDiffer || other.ReadingsDiffer || one.Amount != other.Amount };
    }

    static MeteredCost? Of(IReadOnlyList<BillLine> bill, MeterReading reading, PriceBook prices, string vendor, string unnamed, DateTimeOffset at)
    {
        var complete = true;
        var priced = false;
        var sum = new ExactCost(0);
        foreach (var line in bill)
        {
            var terms = line.Terms.Within(reading.Terms);
            if (prices.FindFor(vendor, line.Model ?? unnamed, at) is not { } price || !TryAdd(ref sum, price, line.Usage, terms))
            {
                complete = false;
                continue;
            }
            priced = true;
            complete &= price.Knows(terms) && (line.Usage.WebSearches == 0 || price.WebSearchNanos is not null);
        }
        return priced ? new MeteredCost(sum.RoundedUp(), complete) : null;
    }

    /// <summary>False where the line is too absurd for money, alone or on top of the others; nothing is then added.</summary>
    static bool TryAdd(ref ExactCost sum, ModelPrice price, TokenUsage usage, ServiceTerms terms)
    {
        try
        {
            var more = sum + CallCost.Exactly(price, usage, terms);
            _ = more.RoundedUp();
            sum = more;
            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }
}
