namespace Governance.Audit.Checkpoints;

/// <summary>Where every chain stood at one instant, signed and kept outside the database. The format is in docs/audit-format.md.</summary>
[Pure]
sealed record Checkpoint
{
    /// <summary>Dense from 1 within a folder, whichever key signed.</summary>
    public required long Number { get; init; }
    /// <summary>Unix milliseconds, UTC.</summary>
    public required long AtMilliseconds { get; init; }
    /// <summary>1 until a restored or rewound database begins another.</summary>
    public required int Epoch { get; init; }
    /// <summary>Grows with every turn of a writer: of two lines that contradict each other the one with the lower number was written by a writer whose turn was over. 0 in lines of versions that did not know of it.</summary>
    public long Token { get; init; }
    /// <summary>The newest event of any chain.</summary>
    public required long AuditId { get; init; }
    /// <summary>The id of the key that signed: the first 16 hexadecimal digits of SHA-256 over the public key (SubjectPublicKeyInfo, DER).</summary>
    public required string Key { get; init; }
    /// <summary>SHA-256 of the line before, in hexadecimal; zeros for the first.</summary>
    public required string Previous { get; init; }
    /// <summary>Why it was written: <c>start</c>, <c>time</c>, <c>records</c>, <c>stop</c>, <c>epoch</c>, <c>new_key</c>, <c>asked</c>.</summary>
    public required string Reason { get; init; }
    /// <summary>By the name of the chain, in ordinal order.</summary>
    public required IReadOnlyDictionary<string, ChainHead> Heads { get; init; }

    public static readonly string NoPrevious = new('0', 64);

    public DateTimeOffset At => DateTimeOffset.FromUnixTimeMilliseconds(AtMilliseconds);
}

/// <summary>A checkpoint as it lies in a folder, with the hash that the next one must name.</summary>
[Pure]
sealed record WrittenCheckpoint(Checkpoint Checkpoint, string LineHash);
