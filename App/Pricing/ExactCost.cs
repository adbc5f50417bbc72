namespace Governance.Pricing;

/// <summary>A cost before its one rounding, in 1e-21 dollars: pico-dollars times three factors in thousandths, so nothing is lost. Arithmetic is checked.</summary>
[Pure]
readonly record struct ExactCost(Int128 Zeptos)
{
    /// <summary>Where a model's own factor is not known: the dearest that any model has.</summary>
    const int GeoPermilleAssumed = 1100, FastPermilleAssumed = 6000;

    static readonly Int128 zeptosPerNano = 1_000_000_000_000;

    public static ExactCost operator +(ExactCost left, ExactCost right) => new(checked(left.Zeptos + right.Zeptos));

    public static ExactCost Max(ExactCost left, ExactCost right) => left.Zeptos >= right.Zeptos ? left : right;

    /// <summary>What <paramref name="tokens"/> cost at a rate in pico-dollars, under the terms of the call.</summary>
    /// <exception cref="OverflowException">Beyond 1e17 dollars: no provider sent such a count in earnest.</exception>
    public static ExactCost OfTokens(long tokens, long rate, ModelPrice price, ServiceTerms terms)
    {
        Int128 factor = terms.GeoUs ? price.GeoUsPermille ?? GeoPermilleAssumed : 1000;
        factor *= terms.Fast ? price.FastPermille ?? FastPermilleAssumed : 1000;
        factor *= terms.Batch ? price.BatchPermille ?? 1000 : 1000;
        return new(checked(factor * tokens * rate));
    }

    /// <summary>Fees that no factor touches.</summary>
    public static ExactCost OfFees(long count, long nanosEach) => new(checked((Int128)count * nanosEach * zeptosPerNano));

    /// <summary>Times a factor in percent, rounded up.</summary>
    public ExactCost Percent(int percent) => new(checked((Zeptos * percent) + 99) / 100);

    /// <summary>The ledger's amount: the next whole nano-dollar, never below the cost.</summary>
    /// <exception cref="OverflowException">More than money can hold.</exception>
    public Money RoundedUp()
    {
        var (nanos, rest) = Int128.DivRem(Zeptos, zeptosPerNano);
        return new Money(checked((long)(rest > 0 ? nanos + 1 : nanos)));
    }
}
