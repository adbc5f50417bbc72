namespace Governance.Audit.Exports;

/// <summary>Where something is first wrong.</summary>
/// <param name="Line">From 1; 0 where it is no line of the export.</param>
/// <param name="Code">One word for machines: docs/audit-format.md lists them.</param>
[Pure]
sealed record BadRow(long Line, string? Chain, long? Sequence, string Code, string Why);

/// <summary>Events that nothing signed covers: whoever administers the database could have changed or cut them.</summary>
[Pure]
sealed record UnprotectedTail(string Chain, long From, long To);

/// <summary>What the check of an export came to.</summary>
/// <param name="Bad">Null where nothing is wrong.</param>
/// <param name="Part">What the export says it is a part by; null for the whole trail.</param>
[Pure]
sealed record ExportReport(BadRow? Bad, long Events, long Entries, long Corrections, long Checkpoints, string? Part, IReadOnlyList<UnprotectedTail> Unprotected, IReadOnlyList<string> Notes)
{
    public bool Clean => Bad is null;

    /// <summary>What is wrong with the trail itself, where <see cref="Bad"/> is a line of the checkpoints; null where nothing else is.</summary>
    public BadRow? Also { get; init; }
}
