namespace Governance.Audit;

/// <summary>One appended event. Append-only: the database refuses UPDATE and DELETE. <see cref="Body"/> holds the exact bytes that were hashed; the other columns repeat them for queries and are compared on verification.</summary>
sealed class AuditRow
{
    /// <summary>Order of appending over all chains.</summary>
    public long Id { get; init; }
    public required string Chain { get; init; }
    /// <summary>Dense from 1 within its chain.</summary>
    public long Sequence { get; init; }
    /// <summary>Unix milliseconds, UTC, never decreasing within a chain.</summary>
    public long AtMilliseconds { get; init; }
    public AuditCategory Category { get; init; }
    public required string Action { get; init; }
    public ActorKind ActorKind { get; init; }
    public required string ActorId { get; init; }
    public string? Project { get; init; }
    public required string TargetKind { get; init; }
    public required string TargetId { get; init; }
    public required string Sentence { get; init; }
    public string? RequestId { get; init; }
    public required byte[] Body { get; init; }
    public required byte[] Hash { get; init; }

    public DateTimeOffset At => DateTimeOffset.FromUnixTimeMilliseconds(AtMilliseconds);
}
