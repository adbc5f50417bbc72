namespace Governance.Decisions;

/// <summary>What a call may cost, as known before it is sent.</summary>
[Pure]
sealed record CallEstimate
{
    /// <summary>What is held and shown: the larger of <see cref="Formula"/> and <see cref="Bound"/>.</summary>
    public required Money Amount { get; init; }
    /// <summary>What such a call mostly costs: as <see cref="Formula"/>, but with a quarter of the maximum output, and of that at most 4,096 tokens. Never above <see cref="Amount"/>.</summary>
    public required Money Expected { get; init; }
    /// <summary>(maximum output × its price + expected input × its price) × 1.10.</summary>
    public required Money Formula { get; init; }
    /// <summary>What the call cannot exceed, all models named and all fees included.</summary>
    public required Money Bound { get; init; }
    public required long ExpectedInputTokens { get; init; }
    /// <summary>Upper bound of the billed input of all turns together.</summary>
    public required long MaxInputTokens { get; init; }
    /// <summary>Upper bound of the billed output of all turns together.</summary>
    public required long MaxOutputTokens { get; init; }
    /// <summary>Set where the cost has no finite bound and the caller may not send such calls: refuse. Null where there is a bound or unbounded calls are allowed; an absurd bound is never allowed.</summary>
    public Unbounded? Unbounded { get; init; }
    public string? UnboundedBecause => Unbounded?.Reason;
    /// <summary>What the body asks that no provider answers: refuse as malformed. Null for every call in earnest.</summary>
    public string? InvalidBecause { get; init; }
}

/// <summary>Why the cost of a call has no finite bound.</summary>
/// <param name="Remedy">What whoever calls can change about it, as a sentence.</param>
/// <param name="MayBeAllowed">False where a project that allows unbounded calls is refused all the same.</param>
[Pure]
sealed record Unbounded(string Reason, string Remedy, bool MayBeAllowed = true);
