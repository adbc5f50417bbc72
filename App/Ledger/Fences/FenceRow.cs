namespace Governance.Ledger.Fences;

/// <summary>That the ledger went on from an older state of itself. While it is not lifted no call is admitted, because what was spent since is forgotten.</summary>
sealed class FenceRow
{
    public long Id { get; init; }
    public long RaisedMilliseconds { get; init; }
    /// <summary>How it came about, in a sentence.</summary>
    public required string Reason { get; init; }
    /// <summary>What was known of the newer state, as JSON; null where nothing was.</summary>
    public string? Known { get; init; }
    /// <summary>The epoch that it began, once it is lifted; null while it stands.</summary>
    public long? Epoch { get; init; }
    public long? LiftedMilliseconds { get; init; }
    public string? LiftedBy { get; init; }
}

/// <summary>A fence that stands.</summary>
sealed record Fence(long Id, DateTimeOffset RaisedAt, string Reason, string? Known);
