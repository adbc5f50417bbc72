using Governance.Audit;

namespace Governance.Integrity.Checks;

/// <summary>Whether a finding means that something is wrong, or only that something is worth knowing.</summary>
public enum FindingSeverity { Failure, Note }

/// <summary>One thing that verification found.</summary>
/// <param name="Invariant">The name of the promise, as in <see cref="InvariantCheck"/>.</param>
/// <param name="Subject">The row: <c>audit chain-a 17</c>, <c>usage req_…</c>, <c>balance chat-widget 2026-11</c>.</param>
[Pure]
public sealed record Finding(FindingSeverity Severity, string Invariant, string Subject, string Message);

/// <summary>How many rows were looked at.</summary>
[Pure]
readonly record struct VerifiedRows(long Events, long Entries, long Seals, long Balances, long Holds, long ThresholdClaims);

/// <summary>What was looked at for one promise.</summary>
/// <param name="Invariant"><c>I1</c> cap, <c>I2</c> conservation, <c>I3</c> single resolution, <c>I6</c> no immortal hold, <c>I11</c> zero is zero, <c>I12</c> audit chains, <c>seal</c>, <c>I14</c> thresholds, <c>fence</c>, <c>checkpoint</c>, <c>definition</c>.</param>
/// <param name="Promise">The promise in a sentence.</param>
/// <param name="Of">What the rows are.</param>
/// <param name="Failures">How often it does not hold.</param>
[Pure]
public sealed record InvariantCheck(string Invariant, string Promise, string Of, long Rows, int Failures);

/// <summary>What verification came to.</summary>
/// <param name="Heads">The last link of every chain. Cut-off tails cannot be seen from inside: compare these with heads kept elsewhere.</param>
[Pure]
sealed record VerificationReport(IReadOnlyList<Finding> Findings, VerifiedRows Rows, IReadOnlyDictionary<string, ChainHead> Heads, TimeSpan Duration)
{
    /// <summary>Every promise with what was looked at for it.</summary>
    public IReadOnlyList<InvariantCheck> Checks { get; init; } = [];

    /// <summary>One line for people.</summary>
    public string Sentence => IsClean
        ? $"Verified {Rows.Events} events, {Rows.Entries} entries, {Rows.Balances} balances and {Rows.Holds} holds in {Duration.TotalSeconds:0.0} s: nothing differs."
        : $"Verified in {Duration.TotalSeconds:0.0} s: {string.Join(", ", Checks.Where(check => check.Failures > 0).Select(check => $"{check.Invariant} fails {check.Failures} times"))}. The first: {Findings.First(finding => finding.Severity is FindingSeverity.Failure).Subject}.";

    /// <summary>True where nothing is wrong; notes may be there.</summary>
    public bool IsClean => Findings.All(finding => finding.Severity is not FindingSeverity.Failure);
}

/// <summary>Collects findings, a limited number of each kind, so that one broken chain does not print a million lines.</summary>
sealed class Findings
{
    const int MostOfAKind = 50;

    readonly List<Finding> all = [];
    readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    readonly Dictionary<string, int> noted = new(StringComparer.Ordinal);

    public void Fail(string invariant, string subject, string message)
    {
        var count = counts[invariant] = counts.GetValueOrDefault(invariant) + 1;
        if (count <= MostOfAKind)
        {
            all.Add(new Finding(FindingSeverity.Failure, invariant, subject, message));
        }
    }

    public void Note(string invariant, string subject, string message)
    {
        var count = noted[invariant] = noted.GetValueOrDefault(invariant) + 1;
        if (count <= MostOfAKind)
        {
            all.Add(new Finding(FindingSeverity.Note, invariant, subject, message));
        }
    }

    public InvariantCheck Checked(string invariant, string promise, string of, long rows) => new(invariant, promise, of, rows, counts.GetValueOrDefault(invariant));

    public IReadOnlyList<Finding> ToList() =>
    [
        .. all,
        .. noted.Where(count => count.Value > MostOfAKind).Select(count =>
            new Finding(FindingSeverity.Note, count.Key, "further rows", $"{count.Value - MostOfAKind} more notes of this kind are not listed.")),
        .. counts.Where(count => count.Value > MostOfAKind).Select(count =>
            new Finding(FindingSeverity.Failure, count.Key, "further rows", $"{count.Value - MostOfAKind} more findings of this kind are not listed.")),
    ];
}
