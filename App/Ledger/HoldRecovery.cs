using Governance.Audit;
using Governance.Pricing;

namespace Governance.Ledger;

/// <summary>
/// Resolves what an earlier run left open, before anything new is admitted. A hold that was never dispatched is voided. One that was
/// dispatched may have been billed: it is assumed, with its whole amount as cost, because a provider's bill must never exceed ours.
/// </summary>
sealed class HoldRecovery(SpendLedger ledger) : JournalListener
{
    /// <summary>How many holds the last start resolved.</summary>
    public int Resolved { get; private set; }

    public override void Start(Change change)
    {
        CrashPoint.Reach("recovery-begin");
        var open = new List<(LedgerCall Call, bool Dispatched)>();
        var rows = change.Transaction.Prepare("SELECT call, dispatched FROM holds ORDER BY id");
        while (rows.Step())
        {
            open.Add((HoldText.Read(rows.Text(0)), rows.Integer(1) != 0));
        }
        foreach (var (call, dispatched) in open)
        {
            ledger.SettleInTransaction(change.Transaction, call, new CallResult
            {
                Outcome = dispatched ? UsageOutcome.Assumed : UsageOutcome.Voided,
                Cost = dispatched ? call.Estimate : Money.Zero,
                Flags = dispatched ? UsageFlags.Unverified : UsageFlags.None,
                End = "process_ended",
            });
                CrashPoint.Reach("recovery-middle");
        }
        Resolved = open.Count;
        if (open.Count > 0)
        {
            var assumed = open.Where(hold => hold.Dispatched).Aggregate(Money.Zero, (sum, hold) => sum + hold.Call.Estimate);
            change.Append(new AuditEvent
            {
                Chain = AuditEvent.SystemChain,
                Category = AuditCategory.System,
                Action = "ledger.recovered",
                Actor = Actor.System,
                TargetKind = "ledger",
                TargetId = "holds",
                Sentence = $"{open.Count} calls were open when the process ended; {assumed} of holds count as spent.",
                Details = AuditJson.Element(new { open = open.Count, assumed_usd = assumed.ToPlain(), calls = open.Select(hold => hold.Call.Id.ToString()) }),
            });
            CrashPoint.Reach("recovery-end");
        }
    }
}
