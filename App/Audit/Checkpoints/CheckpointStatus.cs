namespace Governance.Audit.Checkpoints;

/// <summary>How checkpoints are going, for whoever warns about it.</summary>
/// <param name="WrittenAt">When the last one was written; null before the first of this process.</param>
/// <param name="AuditId">The newest event that it covers.</param>
/// <param name="Behind">Events that no checkpoint covers yet, as of the last look.</param>
/// <param name="Failure">Why the last attempt failed; null since one succeeded. Calls go on whatever it says.</param>
[Pure]
sealed record CheckpointStatus(DateTimeOffset? WrittenAt, long Number, long AuditId, long Behind, string? Failure, DateTimeOffset? FailingSince)
{
    public static readonly CheckpointStatus None = new(null, 0, 0, 0, null, null);
}
