using System.Text.Json;

namespace Governance.Ledger;

/// <summary>Every open hold is of a call that has no entry yet, and says the same in its columns as in the call it keeps.</summary>
static class VerificationHolds
{
    const string Invariant = "I3";

    public static long Check(LedgerSnapshot snapshot, Findings findings)
    {
        var count = 0L;
        var rows = snapshot.Prepare("SELECT id, held_nanos, call, EXISTS (SELECT 1 FROM usage WHERE usage.id = holds.id) FROM holds ORDER BY id");
        while (rows.Step())
        {
            count++;
            var subject = $"hold {new CallId(rows.Integer(0))}";
            if (rows.Integer(3) != 0)
            {
                findings.Fail(Invariant, subject, "It is still open, but the call already has its usage entry: it would be counted twice.");
            }
            if (Read(rows.Text(2)) is not { } call)
            {
                findings.Fail(Invariant, subject, "The call that it keeps cannot be read.");
            }
            else if (call.Id.Value != rows.Integer(0) || call.Estimate.Nanos != rows.Integer(1))
            {
                findings.Fail(Invariant, subject, $"It does not hold what the call that it keeps says ({call.Id}, {call.Estimate}).");
            }
        }
        return count;
    }

    static LedgerCall? Read(string text)
    {
        try
        {
            return HoldText.Read(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
