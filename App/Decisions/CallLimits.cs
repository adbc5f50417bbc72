using Governance.Pricing;

namespace Governance.Decisions;

/// <summary>How far a body may go before it is refused rather than estimated.</summary>
[Pure]
static class CallLimits
{
    /// <summary>Distinct models that a body may name beside its own.</summary>
    public const int OtherModelsMax = 16;

    /// <summary>Every provider's betas answer up to here, whatever the price list says of a model.</summary>
    const long OutputAlwaysTried = 128_000;
    /// <summary>How far betas go beyond the longest answer that a price list knows.</summary>
    const long OutputSlack = 4;

    /// <summary>Null where the body names few enough.</summary>
    public static string? TooManyModels(RequestFacts facts)
    {
        if (facts.OtherModels.Count <= OtherModelsMax)
        {
            return null;
        }
        var distinct = facts.OtherModels.Select(ModelName.Canonical).Distinct(StringComparer.Ordinal).Count();
        return distinct > OtherModelsMax ? $"fallbacks: {distinct} other models are named, at most {OtherModelsMax} can be." : null;
    }

    /// <summary>
    /// A <c>max_tokens</c> that the model cannot answer; null where it can, or where that is not known. Only what is far beyond is refused: a beta may answer longer than the price list knows,
    /// but nothing answers longer than its context window. What a fallback or tool sets for itself is measured by the longest of all models that are named.
    /// </summary>
    public static string? TooLong(RequestFacts facts, ModelPrice price, IReadOnlyList<ModelPrice> others)
    {
        if (facts.MaxTokens > Limit(price))
        {
            return Sentence(facts.MaxTokens.Value, price);
        }
        var longest = others.Append(price).MaxBy(each => Limit(each) ?? long.MaxValue)!;
        return facts.OtherMaxTokens > Limit(longest) ? Sentence(facts.OtherMaxTokens.Value, longest) : null;
    }

    /// <summary>
    /// The input that a cap on input judges: the expected tokens, an image of unknown size as the largest; or where the prompt cannot be measured here (it is elsewhere, or a document may hide
    /// pages) everything that the model could be given.
    /// </summary>
    /// <param name="asked">The price of the asked model; null where none is known.</param>
    public static long JudgedInput(RequestFacts facts, ModelPrice? asked)
    {
        var expected = WorstCase.Expected(facts, ofUnknownImage: FileTokens.MaxImage);
        return IsMeasured(facts) ? expected : Math.Max(expected, asked?.ContextTokens ?? long.MaxValue);
    }

    /// <summary>False where only the model's context window bounds the prompt.</summary>
    public static bool IsMeasured(RequestFacts facts) => !facts.Unmeasurable && facts.Documents <= facts.FoundDocuments;

    /// <summary>Comparing with null is false: where nothing is known nothing is too long.</summary>
    static long? Limit(ModelPrice price)
    {
        if (price.MaxOutputTokens is not { } known)
        {
            return price.ContextTokens;
        }
        var tried = (long)Int128.Min(long.MaxValue, Int128.Max((Int128)known * OutputSlack, OutputAlwaysTried));
        return price.ContextTokens is { } window ? Math.Min(tried, window) : tried;
    }

    static string Sentence(long asked, ModelPrice price) =>
        $"max_tokens: {asked} is more than the {Math.Min(price.MaxOutputTokens ?? long.MaxValue, price.ContextTokens ?? long.MaxValue)} that {price.Model} can answer";
}
