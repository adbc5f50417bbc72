using Governance.Pricing;

namespace Governance.Gateway.Surfaces.Anthropic.Metering;

/// <summary>What an answer said of its usage at one moment, and before. A later object of the same answer may say less; then all that was said counts.</summary>
/// <param name="Usage">The totals of that moment.</param>
/// <param name="Iterations">The itemised bill of that moment; null where there was none.</param>
/// <param name="Earlier">What was said before; null for the first.</param>
[Pure]
sealed record UsageSnapshot(TokenUsage Usage, IReadOnlyList<BillLine>? Iterations, UsageSnapshot? Earlier)
{
    /// <summary>How often a stream may change its mind before it is not believed any more.</summary>
    public const int MaxDepth = 32;

    public int Depth { get; } = (Earlier?.Depth ?? 0) + 1;

    /// <summary>True where the tokens of the prompt are divided as they are here, and the bill is itemised alike.</summary>
    public bool SaysOfPrompt(TokenUsage usage, IReadOnlyList<BillLine>? iterations) =>
        ReferenceEquals(iterations, Iterations)
        && usage.InputTokens == Usage.InputTokens && usage.CacheReadTokens == Usage.CacheReadTokens
        && usage.CacheWriteShortTokens == Usage.CacheWriteShortTokens && usage.CacheWriteLongTokens == Usage.CacheWriteLongTokens;
}
