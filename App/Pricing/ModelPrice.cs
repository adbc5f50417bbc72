namespace Governance.Pricing;

/// <summary>Rates of one model in whole pico-dollars (1e-12 USD) per token, which is micro-dollars per million tokens: $3 per million is 3,000,000.</summary>
[Pure]
sealed record TokenRates
{
    public required long Input { get; init; }
    public required long Output { get; init; }
    /// <summary>Falls back to <see cref="Input"/> where the provider publishes none.</summary>
    public required long CacheRead { get; init; }
    public required long CacheWriteShort { get; init; }
    public required long CacheWriteLong { get; init; }
}

/// <summary>Rates that apply to the whole call once its prompt tokens (input, cache reads and cache writes) exceed <paramref name="AbovePromptTokens"/>.</summary>
[Pure]
sealed record PriceTier(long AbovePromptTokens, TokenRates Rates);

/// <summary>What one model of one vendor costs between two instants.</summary>
[Pure]
sealed record ModelPrice
{
    const long SearchNanosAssumed = 35_000_000;


    /// <summary>The provider whose price this is: <c>anthropic</c>, <c>openai</c>, <c>gemini</c>, <c>bedrock</c>, …</summary>
    public required string Vendor { get; init; }
    /// <summary>The model id as the provider writes it.</summary>
    public required string Model { get; init; }
    public required TokenRates Rates { get; init; }
    /// <summary>By ascending threshold; the last one exceeded applies.</summary>
    public IReadOnlyList<PriceTier> Tiers { get; init; } = [];
    /// <summary>Context window in tokens; null where unknown.</summary>
    public long? ContextTokens { get; init; }
    public long? MaxOutputTokens { get; init; }
    /// <summary>Factor for US-only inference in thousandths (1100 is ×1.1); null where the provider names none for this model.</summary>
    public int? GeoUsPermille { get; init; }
    /// <summary>Factor for fast mode in thousandths (2000 is ×2); null where the provider names none for this model.</summary>
    public int? FastPermille { get; init; }
    /// <summary>Factor for a batch interface in thousandths; null where there is no discount.</summary>
    public int? BatchPermille { get; init; }
    /// <summary>Nano-dollars for each web search; null where the fee is not known.</summary>
    public long? WebSearchNanos { get; init; }
    /// <summary>Nano-dollars for each web search: where the fee is not known, the dearest that the shipped list has.</summary>
    public long SearchFeeNanos => WebSearchNanos ?? SearchNanosAssumed;
    /// <summary>First instant at which this price holds; null since always.</summary>
    public DateTimeOffset? EffectiveFrom { get; init; }
    /// <summary>First instant at which it no longer holds; null for ever.</summary>
    public DateTimeOffset? EffectiveUntil { get; init; }
    /// <summary>Where the figure comes from: <c>shipped</c> (data file of the product) or <c>workspace</c> (edited here).</summary>
    public string Origin { get; init; } = "shipped";

    /// <summary>True where the provider names a factor for how a call was served; where it names none, the dearest that any model has is assumed.</summary>
    public bool Knows(ServiceTerms terms) => (!terms.Fast || FastPermille is not null) && (!terms.GeoUs || GeoUsPermille is not null);
}
