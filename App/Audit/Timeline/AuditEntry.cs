namespace Governance.Audit.Timeline;

/// <summary>An event as the timeline lists it: everything but its body.</summary>
[Pure]
public sealed record AuditEntry
{
    public long Id { get; init; }
    public required string Chain { get; init; }
    public long Sequence { get; init; }
    public DateTimeOffset At { get; init; }
    public AuditCategory Category { get; init; }
    public required string Action { get; init; }
    public ActorKind ActorKind { get; init; }
    public required string ActorId { get; init; }
    public string? Project { get; init; }
    public required string TargetKind { get; init; }
    public required string TargetId { get; init; }
    public required string Sentence { get; init; }
    public string? RequestId { get; init; }
}

/// <summary>What a timeline asks for; what is null does not narrow it.</summary>
[Pure]
public sealed record AuditFilter
{
    public AuditCategory? Category { get; init; }
    public string? Actor { get; init; }
    public string? Project { get; init; }
    /// <summary>Found anywhere in the sentence, the action or the target, whatever its case.</summary>
    public string? Text { get; init; }
    /// <summary>The first day, in UTC.</summary>
    public DateOnly? From { get; init; }
    /// <summary>The last day, in UTC, included.</summary>
    public DateOnly? Until { get; init; }
    /// <summary>One call: <c>req_…</c>.</summary>
    public string? Request { get; init; }
    /// <summary>Shows the seals of the usage ledger too, of which there is one for every commit.</summary>
    public bool Seals { get; init; }
}

/// <summary>Entries, newest first.</summary>
/// <param name="Older">Where the next page starts; null where nothing older is in the window.</param>
/// <param name="SearchedTo">The instant down to which was looked, where the page is short although there is more.</param>
[Pure]
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, long? Older, DateTimeOffset? SearchedTo);
