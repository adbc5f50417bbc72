using Governance.Audit;
using Governance.Ledger;

namespace Governance.Gateway;

/// <summary>Who pays for what: from the end of a forward to the entry in the ledger.</summary>
static class Settlement
{
    public const string OverrunAction = "call.overrun";

    /// <summary>The entry of a forward. Unknown is never nothing: what was sent and not measured counts with its whole hold.</summary>
    public static CallResult Of(GatedCall call, Forward forward, int durationMilliseconds)
    {
        var reading = forward.Reading;
        var (outcome, cost, flags) = Judge(forward, call.Ledger.Estimate);
        if (forward.ClientGone)
        {
            flags |= UsageFlags.ClientGone;
        }
        if (reading is { SplitUnknown: true })
        {
            flags |= UsageFlags.SplitUnknown;
        }
        if (reading is { TotalsFell: true })
        {
            flags |= UsageFlags.TotalsFell;
        }
        if (forward.ReadingsDiffer)
        {
            flags |= UsageFlags.ReadingsDiffer;
        }
        if (cost > call.Ledger.Estimate)
        {
            flags |= UsageFlags.Overrun;
        }
        return new CallResult
        {
            Outcome = outcome,
            Cost = cost,
            Usage = reading?.Usage ?? default,
            Flags = flags,
            Status = forward.Status,
            End = forward.End.ToString(),
            ModelAnswered = reading?.Model == call.ServedModel ? null : Cut(reading?.Model),
            UpstreamRequestId = Cut(forward.UpstreamRequestId),
            DurationMilliseconds = durationMilliseconds,
            FirstByteMilliseconds = forward.FirstByteMilliseconds,
        };
    }

    /// <summary>What the trail is told of a call that cost more than was held (I8); null otherwise.</summary>
    public static AuditEvent? Alarm(GatedCall call, CallResult result) => (result.Flags & (UsageFlags.Overrun | UsageFlags.UnknownUsage)) == 0 ? null : new AuditEvent
    {
        Chain = call.Ledger.For.Project,
        Category = AuditCategory.Intervened,
        Action = OverrunAction,
        Actor = Actor.System,
        Project = call.Ledger.For.Project,
        TargetKind = "call",
        TargetId = call.Ledger.Id.ToString(),
        Sentence = (result.Flags & UsageFlags.Overrun) != 0
            ? $"A call to {call.ServedModel} cost {result.Cost}, more than the {call.Ledger.Estimate} held for it."
            : $"A call to {call.ServedModel} answered with usage or a price modifier that has no known price; the {result.Cost} held for it count as spent.",
        RequestId = call.Ledger.Id.ToString(),
        Details = AuditJson.Element(new { held_usd = call.Ledger.Estimate.ToPlain(), cost_usd = result.Cost.ToPlain(), model = call.ServedModel, answered = result.ModelAnswered, flags = result.Flags }),
    };

    static (UsageOutcome Outcome, Money Cost, UsageFlags Flags) Judge(Forward forward, Money held) => forward.End switch
    {
        ForwardEnd.UpstreamUnreachable or ForwardEnd.UpstreamRefused => (UsageOutcome.Voided, Money.Zero, UsageFlags.None),
        ForwardEnd.Completed => forward is { Cost: { } exact, CostComplete: true }
            ? (UsageOutcome.Posted, exact, UsageFlags.None)
            : (UsageOutcome.Posted, Money.Max(held, forward.Cost ?? Money.Zero), UsageFlags.UnknownUsage | UsageFlags.Unverified),
        ForwardEnd.UpstreamCut or ForwardEnd.UpstreamError or ForwardEnd.UpstreamIdle or ForwardEnd.UpstreamGarbage =>
            (UsageOutcome.Posted, Money.Max(held, forward.Cost ?? Money.Zero), Doubt(forward)),
        ForwardEnd.UpstreamLost or ForwardEnd.UpstreamTimedOut or ForwardEnd.UpstreamUnrecognised or ForwardEnd.ClientGone or ForwardEnd.OursStopped =>
            (UsageOutcome.Assumed, Money.Max(held, forward.Cost ?? Money.Zero), Doubt(forward)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>An answer that broke off is unverified; where it also named usage that has no price, that is told.</summary>
    static UsageFlags Doubt(Forward forward) =>
        forward is { Cost: not null, CostComplete: false } ? UsageFlags.UnknownUsage | UsageFlags.Unverified : UsageFlags.Unverified;

    /// <summary>Names from outside are kept short.</summary>
    static string? Cut(string? text) => text is { Length: > 200 } ? text[..200] : text;
}
