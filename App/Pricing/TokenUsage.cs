namespace Governance.Pricing;

/// <summary>Tokens by class, as a provider bills them. Every count is ≥ 0; <see cref="ReasoningTokens"/> is a part of <see cref="OutputTokens"/>, never added to it.</summary>
[Pure]
readonly record struct TokenUsage
{
    /// <summary>Prompt tokens that were neither read from nor written to a cache.</summary>
    public long InputTokens { get; init; }
    public long CacheReadTokens { get; init; }
    /// <summary>Tokens written to the cache for five minutes (30 minutes with OpenAI).</summary>
    public long CacheWriteShortTokens { get; init; }
    /// <summary>Tokens written to the cache for one hour (12 hours with OpenAI).</summary>
    public long CacheWriteLongTokens { get; init; }
    public long OutputTokens { get; init; }
    public long ReasoningTokens { get; init; }
    public long WebSearches { get; init; }

    /// <summary>All prompt tokens: the figure that price tiers look at.</summary>
    public long PromptTokens => InputTokens + CacheReadTokens + CacheWriteShortTokens + CacheWriteLongTokens;

    public static TokenUsage operator +(TokenUsage left, TokenUsage right) => new()
    {
        InputTokens = checked(left.InputTokens + right.InputTokens),
        CacheReadTokens = checked(left.CacheReadTokens + right.CacheReadTokens),
        CacheWriteShortTokens = checked(left.CacheWriteShortTokens + right.CacheWriteShortTokens),
        CacheWriteLongTokens = checked(left.CacheWriteLongTokens + right.CacheWriteLongTokens),
        OutputTokens = checked(left.OutputTokens + right.OutputTokens),
        ReasoningTokens = checked(left.ReasoningTokens + right.ReasoningTokens),
        WebSearches = checked(left.WebSearches + right.WebSearches),
    };
}

/// <summary>How a call was served, as far as it changes the price.</summary>
/// <param name="Fast">Anthropic's <c>speed: fast</c>.</param>
/// <param name="GeoUs">Anthropic's <c>inference_geo: us</c>.</param>
/// <param name="Batch">Served by a batch interface.</param>
[Pure]
readonly record struct ServiceTerms(bool Fast = false, bool GeoUs = false, bool Batch = false);

/// <summary>One line of a bill: the tokens that one model was paid for in one call.</summary>
/// <param name="Kind">What the provider calls it: <c>message</c>, <c>compaction</c>, <c>advisor_message</c>, <c>fallback_message</c>.</param>
/// <param name="Model">The model that this line is priced at; null means the model of the call.</param>
/// <param name="Terms">How this line was served, as far as it says so itself.</param>
[Pure]
readonly record struct BillLine(string Kind, string? Model, TokenUsage Usage, LineTerms Terms = default);

/// <summary>What one line of a bill says of how it was served; null means as the call.</summary>
[Pure]
readonly record struct LineTerms(bool? Fast = null, bool? GeoUs = null)
{
    /// <summary>The line's own word where it has one. Only a whole call is served by a batch interface.</summary>
    public ServiceTerms Within(ServiceTerms call) => call with { Fast = Fast ?? call.Fast, GeoUs = GeoUs ?? call.GeoUs };
}
