using System.Diagnostics;
using Governance.Audit.Checkpoints;

namespace Governance.Ledger;

/// <summary>
/// Proves a database file from its own rows: chains, seals, balances, caps, holds and threshold claims. It only reads, in one
/// snapshot, and works beside a process that uses the file.
/// </summary>
static class Verification
{
    /// <summary>A database that is not there or cannot be read is a <see cref="System.Data.Common.DbException"/>; everything else that is wrong is a finding.</summary>
    /// <param name="connectionString">As in <c>ConnectionStrings:Governance</c>; opened read-only whatever it says.</param>
    /// <param name="checkpoints">Where the signed checkpoints are that the chains are compared with; null where they are not.</param>
    public static Task<VerificationReport> VerifyAsync(string connectionString, IProgress<string>? progress, CheckpointSettings? checkpoints = null) =>
        Task.Run(() => Verify(connectionString, progress, checkpoints));

    static VerificationReport Verify(string connectionString, IProgress<string>? progress, CheckpointSettings? checkpoints)
    {
        var clock = Stopwatch.StartNew();
        var findings = new Findings();
        using var snapshot = new LedgerSnapshot(connectionString);
        progress?.Report("Audit chains");
        var chains = VerificationChains.Check(snapshot, findings);
        if (checkpoints is not null)
        {
            progress?.Report("Signed checkpoints");
            VerificationCheckpoints.Check(snapshot, findings, checkpoints);
        }
        progress?.Report("Sealed ledger entries");
        var (seals, entries) = VerificationSeals.Check(snapshot, findings);
        progress?.Report("Holds");
        var holds = VerificationHolds.Check(snapshot, findings);
        progress?.Report("Balances and caps");
        var balances = VerificationBalances.Check(snapshot, findings);
        progress?.Report("Threshold claims");
        var claims = VerificationThresholds.Check(snapshot, findings);
        return new VerificationReport(findings.ToList(), new VerifiedRows(chains.Events, entries, seals, balances, holds, claims), chains.Heads, clock.Elapsed);
    }
}
