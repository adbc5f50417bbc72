namespace Governance.Pricing;

/// <summary>One class of a call's cost, for people to read.</summary>
/// <param name="Class">Such as <c>input</c> or <c>cache read</c>.</param>
/// <param name="Count">Tokens, or searches.</param>
/// <param name="Rate">Pico-dollars per token after the call's factors, or for each search.</param>
/// <param name="Amount">Its share of the rounded cost: all lines together are the cost exactly.</param>
[Pure]
readonly record struct CostLine(string Class, long Count, decimal Rate, Money Amount);

/// <summary>What a call cost, class by class.</summary>
/// <param name="Tier">The threshold of the tier that applied; null at the base rates.</param>
[Pure]
sealed record CostBreakdown(Money Total, IReadOnlyList<CostLine> Lines, long? Tier);

/// <summary>The price of a call: exact, then rounded up once to a whole nano-dollar.</summary>
[Pure]
static class CallCost
{
    /// <summary>What <paramref name="usage"/> costs. Factors (fast, geo, batch) apply to tokens, never to searches; a tier applies to the whole call once the prompt is strictly above it.</summary>
    /// <exception cref="OverflowException">A count so absurd that the amount does not fit.</exception>
    public static Money Of(ModelPrice price, TokenUsage usage, ServiceTerms terms) => Exactly(price, usage, terms).RoundedUp();

    /// <summary>The same before rounding, for adding up the lines of one bill.</summary>
    /// <exception cref="OverflowException">As in <see cref="Of"/>.</exception>
    public static ExactCost Exactly(ModelPrice price, TokenUsage usage, ServiceTerms terms)
    {
        var rates = RatesFor(price, Prompt(usage));
        return ExactCost.OfTokens(usage.InputTokens, rates.Input, price, terms)
            + ExactCost.OfTokens(usage.CacheReadTokens, rates.CacheRead, price, terms)
            + ExactCost.OfTokens(usage.CacheWriteShortTokens, rates.CacheWriteShort, price, terms)
            + ExactCost.OfTokens(usage.CacheWriteLongTokens, rates.CacheWriteLong, price, terms)
            + ExactCost.OfTokens(usage.OutputTokens, rates.Output, price, terms)
            + ExactCost.OfFees(usage.WebSearches, price.SearchFeeNanos);
    }

    /// <summary>The same amount as <see cref="Of"/>, with a line for each class that has a count.</summary>
    /// <exception cref="OverflowException">As in <see cref="Of"/>.</exception>
    public static CostBreakdown Explain(ModelPrice price, TokenUsage usage, ServiceTerms terms)
    {
        var prompt = Prompt(usage);
        var rates = RatesFor(price, prompt);
        (string Class, long Count, long Rate)[] classes =
        [
            ("input", usage.InputTokens, rates.Input), ("cache read", usage.CacheReadTokens, rates.CacheRead), ("cache write, 5 min", usage.CacheWriteShortTokens, rates.CacheWriteShort),
            ("cache write, 1 h", usage.CacheWriteLongTokens, rates.CacheWriteLong), ("output", usage.OutputTokens, rates.Output),
        ];
        var lines = new List<CostLine>(6);
        var sum = new ExactCost(0);
        var shown = Money.Zero;
        foreach (var (name, count, rate) in classes)
        {
            Add(name, count, (decimal)ExactCost.OfTokens(1, rate, price, terms).Zeptos / 1_000_000_000m, ExactCost.OfTokens(count, rate, price, terms));
        }
        Add("web search", usage.WebSearches, price.SearchFeeNanos * 1000m, ExactCost.OfFees(usage.WebSearches, price.SearchFeeNanos));
        return new CostBreakdown(shown, lines, price.Tiers.LastOrDefault(tier => prompt > tier.AbovePromptTokens)?.AbovePromptTokens);

        // Each line takes what the rounded sum has grown by, so that the lines add up to the total and none is negative.
        void Add(string name, long count, decimal rate, ExactCost cost)
        {
            sum += cost;
            var total = sum.RoundedUp();
            if (count != 0)
            {
                lines.Add(new CostLine(name, count, rate, total - shown));
            }
            shown = total;
        }
    }

    /// <summary>The rates that hold for a prompt of this size.</summary>
    public static TokenRates RatesFor(ModelPrice price, Int128 promptTokens)
    {
        var rates = price.Rates;
        for (var i = 0; i < price.Tiers.Count; i++)
        {
            if (promptTokens > price.Tiers[i].AbovePromptTokens)
            {
                rates = price.Tiers[i].Rates;
            }
        }
        return rates;
    }

    static Int128 Prompt(TokenUsage usage) => (Int128)usage.InputTokens + usage.CacheReadTokens + usage.CacheWriteShortTokens + usage.CacheWriteLongTokens;
}
