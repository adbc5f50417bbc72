using Governance.Audit;
using Governance.Shell.Controls;

namespace Governance.Ledger.Entries;

/// <summary>A settlement that finds no hold: whether it tells something new where its call has its entry already, and what the trail is told.</summary>
static class LateSettlement
{
    public const string Action = "call.corrected";

    public const string UnheldAction = "call.settled_without_hold";

    /// <summary>
    /// True where the entry was only a bound (assumed, expired) and the settlement knows better, or has seen more; and where a refusal was recorded whose
    /// answer got lost, so that the call was sent after all. Everything else stands as it was written first (I3, I10).
    /// </summary>
    public static bool Corrects(UsageOutcome entry, Money cost, CallResult late) =>
        IsCorrectable(entry) && (late.Cost > cost || (entry is not UsageOutcome.Refused && late.Outcome is (UsageOutcome.Posted or UsageOutcome.Voided)));

    /// <summary>Whether an entry of this kind may have a correction at all.</summary>
    public static bool IsCorrectable(UsageOutcome entry) => entry is UsageOutcome.Assumed or UsageOutcome.Expired or UsageOutcome.Refused;

    public static AuditEvent Unheld(LedgerCall call, CallResult result) => Event(call, UnheldAction,
        $"A call ended that the ledger no longer knew: its hold of {MoneyText.Of(call.Estimate)} was gone. It counts with {MoneyText.Of(result.Cost)}. Unless the database was put back to an older state, somebody removed the hold.",
        new { cost_usd = result.Cost.ToPlain(), held_usd = call.Estimate.ToPlain(), outcome = result.Outcome, end = result.End });

    public static AuditEvent Told(LedgerCall call, Money before, CallResult late) => Event(call, Action,
        $"A call that counted as {MoneyText.Of(before)} was settled late: it came to {MoneyText.Of(late.Cost)}.",
        new
        {
            counted_usd = before.ToPlain(),
            cost_usd = late.Cost.ToPlain(),
            delta_usd = (late.Cost - before).ToPlain(),
            held_usd = call.Estimate.ToPlain(),
            outcome = late.Outcome,
            end = late.End,
        });

    static AuditEvent Event(LedgerCall call, string action, string sentence, object details) => new()
    {
        Chain = call.For.Project,
        Category = AuditCategory.System,
        Action = action,
        Actor = Actor.System,
        Project = call.For.Project,
        TargetKind = "call",
        TargetId = call.Id.ToString(),
        Sentence = sentence,
        RequestId = call.Id.ToString(),
        Details = AuditJson.Element(details),
    };
}
