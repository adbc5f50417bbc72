using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.Entries;

namespace Governance.Integrity.Checks;

/// <summary>Every entry ended in one of the known ways (I3), and what is not known never counts as nothing (I11).</summary>
static class VerificationEntries
{
    const string Ends = "I3";
    const string Zero = "I11";
    const string Instants = "I9";

    /// <summary>Between the clock of who verifies and the ledger's.</summary>
    static readonly TimeSpan clocksDiffer = TimeSpan.FromMinutes(5);

    public static long Check(LedgerSnapshot snapshot, Findings findings)
    {
        var count = 0L;
        var rows = snapshot.Prepare("SELECT id, outcome, cost_nanos, estimate_nanos, flags, input_tokens, output_tokens FROM usage ORDER BY id");
        while (rows.Step())
        {
            count++;
            var outcome = (UsageOutcome)rows.Integer(1);
            var (cost, estimate, flags) = (rows.Integer(2), rows.Integer(3), (UsageFlags)rows.Integer(4));
            if (!Enum.IsDefined(outcome))
            {
                findings.Fail(Ends, Subject(rows), $"It ended in a way that there is not ({rows.Integer(1)}).");
            }
            else if (Wrong(outcome, cost, estimate, flags, rows.Integer(5) > 0 && rows.Integer(6) > 0) is { } wrong)
            {
                findings.Fail(Zero, Subject(rows), wrong);
            }
        }
        return count;
    }

    /// <summary>Every entry was made before now: one that lies ahead was counted in a period that has not begun.</summary>
    public static long CheckInstants(LedgerSnapshot snapshot, Findings findings, DateTimeOffset now)
    {
        var all = snapshot.Prepare("SELECT COUNT(*) FROM usage");
        all.Step();
        var count = all.Integer(0);
        all.Reset();
        var rows = snapshot.Prepare("SELECT id FROM usage WHERE id >= ?1 ORDER BY id").Bind(1, CallId.FirstAt(now + clocksDiffer).Value);
        while (rows.Step())
        {
            findings.Fail(Instants, Subject(rows), $"It lies ahead of the clock, at {new CallId(rows.Integer(0)).At.UtcDateTime:yyyy-MM-dd HH:mm} UTC: a clock was wrong when it was made, or is now. It counts in the period of its own instant.");
        }
        return count;
    }

    static string Subject(Statement rows) => $"usage {new CallId(rows.Integer(0))}";

    static string? Wrong(UsageOutcome outcome, long cost, long estimate, UsageFlags flags, bool answered) => outcome switch
    {
        _ when cost < 0 => "It cost less than nothing.",
        UsageOutcome.Refused or UsageOutcome.Cached or UsageOutcome.Voided => cost != 0 ? "It has a cost, although nothing was sent or nothing was billed." : null,
        UsageOutcome.Assumed or UsageOutcome.Expired => cost < estimate ? "What it cost never became known, but it counts with less than was held." : null,
        UsageOutcome.Adjusted => cost == 0 ? "It enters spend by hand, but of nothing." : null,
        _ when (flags & (UsageFlags.Unverified | UsageFlags.UnknownUsage)) != 0 => cost < estimate ? "Its usage is not verified, but it counts with less than was held." : null,
        _ => answered && cost == 0 && estimate > 0 ? "It was answered, and tokens were counted, but it cost nothing." : null,
    };
}
