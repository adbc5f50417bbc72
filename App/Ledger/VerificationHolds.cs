using System.Text.Json;

namespace Governance.Ledger;

/// <summary>Every open hold is of a call that has no entry yet, says the same in its columns as in the call it keeps (I3), and has not outlived its time (I6).</summary>
static class VerificationHolds
{
    const string Invariant = "I3";
    const string Immortal = "I6";

    /// <summary>How long a living process may take to resolve a hold that has expired.</summary>
    static readonly TimeSpan grace = TimeSpan.FromMinutes(5);

    static readonly long MostMilliseconds = DateTimeOffset.MaxValue.AddDays(-1).ToUnixTimeMilliseconds();

    /// <summary>Longer than any call can be waited for, whatever is configured.</summary>
    static readonly TimeSpan longest = TimeSpan.FromDays(2);

    public static long Check(LedgerSnapshot snapshot, Findings findings, DateTimeOffset now)
    {
        var count = 0L;
        var rows = snapshot.Prepare("SELECT id, held_nanos, call, EXISTS (SELECT 1 FROM usage WHERE usage.id = holds.id), expires_milliseconds FROM holds ORDER BY id");
        while (rows.Step())
        {
            count++;
            var subject = $"hold {new CallId(rows.Integer(0))}";
            if (rows.Integer(3) != 0)
            {
                findings.Fail(Invariant, subject, "It is still open, but the call already has its usage entry: it would be counted twice.");
            }
            var expires = DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(rows.Integer(4), 0, MostMilliseconds));
            if (expires + grace < now)
            {
                findings.Fail(Immortal, subject, $"It should have ended by {expires:u}, and is still open at {now:u}.");
            }
            if (expires > new CallId(rows.Integer(0)).At + longest)
            {
                findings.Fail(Immortal, subject, $"It would stay open until {expires:u}, longer than any call may take.");
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

    internal static LedgerCall? Read(string text)
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
