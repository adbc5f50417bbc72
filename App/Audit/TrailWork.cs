using Governance.Journal;

namespace Governance.Audit;

/// <summary>Events that belong to no change of definitions, appended in the group that is written next.</summary>
sealed class TrailWork(IReadOnlyList<AuditEvent> events) : JournalWork<bool>
{
    public override void Execute(JournalTransaction transaction)
    {
        foreach (var auditEvent in events)
        {
            transaction.Append(auditEvent);
        }
        Result = true;
    }
}
