using Governance.Journal;
using Governance.Journal.Postgres;
using Governance.Ledger.Entries;
using Governance.Ledger.Holds;
using Governance.Shell.Controls;

namespace Governance.Integrity.Checks;

/// <summary>The process that verifies the database that it uses itself: it alone knows how old its holds are, whatever was done to the wall clock.</summary>
/// <param name="Instance">Whose holds these are.</param>
/// <param name="Now">On its <see cref="SteadyClock"/>.</param>
sealed record HoldingProcess(string Instance, DateTimeOffset Now);

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

    /// <summary>Further than this from its call no clock that was set explains an end.</summary>
    static readonly TimeSpan incredible = TimeSpan.FromDays(365);

    /// <param name="now">What the wall clock says, or said when the database was written last.</param>
    /// <param name="own">Null where another process, or none, uses the database.</param>
    public static long Check(LedgerSnapshot snapshot, Findings findings, DateTimeOffset now, HoldingProcess? own)
    {
        var count = 0L;
        var rows = snapshot.Prepare($"""
            SELECT id, held_nanos, call, EXISTS (SELECT 1 FROM usage WHERE usage.id = holds.id), expires_milliseconds, CASE WHEN {Instances.NotLiving} THEN 1 ELSE 0 END, instance, session FROM holds ORDER BY id
            """);
        while (rows.Step())
        {
            count++;
            var subject = $"hold {new CallId(rows.Integer(0))}";
            if (rows.Integer(3) != 0)
            {
                findings.Fail(Invariant, subject, "It is still open, but the call already has its usage entry: it would be counted twice.");
            }
            var expires = DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(rows.Integer(4), 0, MostMilliseconds));
            var isOwn = rows.Text(6) == own?.Instance;
            var reached = isOwn ? own!.Now : now;
            if (expires + grace < reached)
            {
                var message = $"It should have ended by {expires:u}, and is still open at {reached:u}.";
                if (isOwn || rows.Integer(5) != 0)
                {
                    findings.Fail(Immortal, subject, message);
                }
                else
                {
                    findings.Note(Immortal, subject, message + " Unless a clock was set, the process that holds it has forgotten it: see its own integrity page.");
                }
            }
            if (isOwn ? expires > reached + longest : (expires - new CallId(rows.Integer(0)).At).Duration() > incredible)
            {
                findings.Fail(Immortal, subject, $"It is to end at {expires:u}, which no call may take.");
            }
            if (HoldText.Read(rows.Text(2)) is not { } call)
            {
                findings.Fail(Invariant, subject, "The call that it keeps cannot be read.");
            }
            else if (call.Id.Value != rows.Integer(0) || call.Estimate.Nanos != rows.Integer(1))
            {
                findings.Fail(Invariant, subject, $"It does not hold what the call that it keeps says ({call.Id}, {MoneyText.Of(call.Estimate)}).");
            }
            else if (rows.TextOrNull(7) is { } session && session != (call.For.Session ?? ""))
            {
                findings.Fail(Invariant, subject, $"It is filed under session '{session}', and its call belongs to '{call.For.Session}'.");
            }
        }
        return count;
    }
}
