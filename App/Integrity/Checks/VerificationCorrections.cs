using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.Entries;

namespace Governance.Integrity.Checks;

/// <summary>Every correction is of a call whose entry was only a bound or a refusal that nobody heard of, and makes exactly the difference between the two (I3, I7).</summary>
static class VerificationCorrections
{
    const string Invariant = "I3";

    public static void Check(LedgerSnapshot snapshot, Findings findings)
    {
        var rows = snapshot.Prepare("""
            SELECT corrections.id, corrections.cost_nanos, corrections.delta_nanos, usage.cost_nanos, usage.outcome
            FROM corrections LEFT JOIN usage ON usage.id = corrections.id ORDER BY corrections.id
            """);
        while (rows.Step())
        {
            var subject = $"correction {new CallId(rows.Integer(0))}";
            if (rows.IntegerOrNull(3) is not { } counted)
            {
                findings.Fail(Invariant, subject, "The call that it corrects has no usage entry.");
                continue;
            }
            if (!LateSettlement.IsCorrectable((UsageOutcome)rows.Integer(4)))
            {
                findings.Fail(Invariant, subject, "The call that it corrects was settled for good already.");
            }
            if (rows.Integer(1) - counted != rows.Integer(2))
            {
                findings.Fail(Invariant, subject, $"It makes a difference of {rows.Integer(2)} nano-dollars, but {rows.Integer(1)} were recorded and {counted} counted before.");
            }
        }
    }
}
