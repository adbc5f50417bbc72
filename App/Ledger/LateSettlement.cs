using Governance.Audit;
using Governance.Pricing;

namespace Governance.Ledger;

/// <summary>A settlement that comes when its call has its entry already: whether it tells something new, and what the trail is told.</summary>
static class LateSettlement
{
    public const string Action = "call.corrected";

    /// <summary>True where the entry was only a bound (assumed, expired) and the settlement knows better, or has seen more. Everything else stands as it was written first (I3, I10).</summary>
    public static bool Corrects(UsageOutcome entry, Money cost, CallResult late) =>
        entry is UsageOutcome.Assumed or UsageOutcome.Expired
        && (late.Outcome is UsageOutcome.Posted or UsageOutcome.Voided || late.Cost > cost);

    public static AuditEvent Told(LedgerCall call, Money before, CallResult late) => new()
    {
        Chain = call.For.Project,
        Category = AuditCategory.System,
        Action = Action,
        Actor = Actor.System,
        Project = call.For.Project,
        TargetKind = "call",
        TargetId = call.Id.ToString(),
        Sentence = $"A call that counted as {before} was settled late: it came to {late.Cost}.",
        RequestId = call.Id.ToString(),
        Details = AuditJson.Element(new
        {
            counted_usd = before.ToPlain(),
            cost_usd = late.Cost.ToPlain(),
            delta_usd = (late.Cost - before).ToPlain(),
            held_usd = call.Estimate.ToPlain(),
            outcome = late.Outcome,
            end = late.End,
        }),
    };
}
