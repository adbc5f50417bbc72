using System.Diagnostics;
using Governance.Audit.Checkpoints;
using Governance.Journal;

namespace Governance.Integrity.Checks;

/// <summary>
/// Proves a database file from its own rows: chains, seals, definitions, balances, caps, holds, entries and threshold claims. It only reads, in one
/// snapshot, and works beside a process that uses the file.
/// </summary>
static class Verification
{
    /// <summary>A file that is not there or cannot be read is a <see cref="System.Data.Common.DbException"/>; everything else that is wrong is a finding.</summary>
    /// <param name="connectionString">As in <c>ConnectionStrings:Governance</c>; opened read-only whatever it says.</param>
    /// <param name="checkpoints">Where the signed checkpoints are that the chains are compared with; null where they are not.</param>
    /// <param name="now">What the time is for a database in use; null for one at rest, whose time stands where it was written last.</param>
    /// <param name="own">The process that asks, where it uses the database itself.</param>
    /// <param name="wall">What a clock says that no entry should be ahead of; else <paramref name="now"/>. Null where nobody knows.</param>
    public static Task<VerificationReport> VerifyAsync(string connectionString, IProgress<string>? progress, CheckpointSettings? checkpoints = null, DateTimeOffset? now = null, HoldingProcess? own = null, DateTimeOffset? wall = null) =>
        Task.Run(() => Verify(connectionString, progress, checkpoints, now, own, wall));

    /// <summary>As <see cref="VerifyAsync"/>, on the caller's thread.</summary>
    public static VerificationReport Verify(string connectionString, IProgress<string>? progress, CheckpointSettings? checkpoints, DateTimeOffset? now, HoldingProcess? own, DateTimeOffset? wall = null, CancellationToken cancellation = default)
    {
        try
        {
            var signed = checkpoints is null ? null : VerificationCheckpoints.Read(checkpoints);
            return Verify(new LedgerSnapshot(connectionString, cancellation), progress, signed, now, own, wall ?? now);
        }
        catch (System.Data.Common.DbException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
    }

    static VerificationReport Verify(LedgerSnapshot opened, IProgress<string>? progress, SignedTrail? trail, DateTimeOffset? now, HoldingProcess? own, DateTimeOffset? wall)
    {
        using var snapshot = opened;
        var clock = Stopwatch.StartNew();
        var findings = new Findings();
        progress?.Report("Audit chains");
        var chains = VerificationChains.Check(snapshot, findings);
        var fences = VerificationFences.Check(snapshot, findings);
        var signed = 0L;
        if (trail is not null)
        {
            progress?.Report("Signed checkpoints");
            signed = VerificationCheckpoints.Check(snapshot, findings, trail);
        }
        progress?.Report("Definitions");
        var definitions = VerificationDefinitions.Check(snapshot, findings);
        progress?.Report("Sealed ledger entries");
        var (seals, entries) = VerificationSeals.Check(snapshot, findings);
        var ended = VerificationEntries.Check(snapshot, findings);
        // Time that goes on from the newest event may be ahead of the clock for a while.
        wall = snapshot.LastAt > wall && snapshot.LastAt - wall <= LedgerTime.MaxStep ? snapshot.LastAt : wall;
        var dated = wall is { } today ? VerificationEntries.CheckInstants(snapshot, findings, today) : 0;
        var zeros = VerificationZeroCaps.Check(snapshot, findings);
        progress?.Report("Holds");
        var holds = VerificationHolds.Check(snapshot, findings, now ?? snapshot.LastAt, own);
        VerificationCorrections.Check(snapshot, findings);
        progress?.Report("Balances and caps");
        var (balances, capped) = VerificationBalances.Check(snapshot, findings);
        progress?.Report("Threshold claims");
        var (claims, mails) = VerificationThresholds.Check(snapshot, findings);
        IReadOnlyList<InvariantCheck> checks =
        [
            findings.Checked("I1", "No hard cap is exceeded, unless the trail says why", "balances under a hard cap", capped),
            findings.Checked("I2", "Balances are what entries and open holds come to", "balances", balances),
            findings.Checked("I3", "A call ends once, in one of the known ways", "entries and holds", ended + holds),
            findings.Checked("I6", "No hold outlives its time", "open holds", holds),
            findings.Checked("I9", "No entry lies ahead of the clock", "entries", dated),
            findings.Checked("I11", "Zero is zero: what is not known counts in full, a cap of zero refuses", "entries and caps of zero", ended + zeros),
            findings.Checked("I12", "Audit chains are dense, linked and say what was hashed", "events", chains.Events),
            findings.Checked("seal", "Entries are what was sealed when they were written", "entries", entries),
            findings.Checked("I14", "A threshold is claimed once and told once", "claims and mails", claims + mails),
            findings.Checked(VerificationFences.Invariant, "Fences and epochs are what the trail tells", "fences", fences),
            findings.Checked(VerificationCheckpoints.Invariant, "The trail is what was signed outside the database", "checkpoints", signed),
            findings.Checked(VerificationDefinitions.Invariant, "What is in force is what the trail says was set", "definitions", definitions),
        ];
        return new VerificationReport(findings.ToList(), new VerifiedRows(chains.Events, entries, seals, balances, holds, claims), chains.Heads, clock.Elapsed) { Checks = checks };
    }
}
