using Governance.Journal;

namespace Governance.Audit;

/// <summary>The trail as those who write see it: events are appended to their chain in the transaction of what they tell.</summary>
static class AuditTrail
{
    /// <summary>The sequence number that the next event of <paramref name="chain"/> will have.</summary>
    public static long NextSequence(this JournalTransaction transaction, string chain) => transaction.State<ChainEnds>().Of(transaction, chain).Sequence + 1;

    /// <summary>Links <paramref name="auditEvent"/> behind the last event of its chain.</summary>
    public static void Append(this JournalTransaction transaction, AuditEvent auditEvent)
    {
        auditEvent = auditEvent.WithoutNul();
        var ends = transaction.State<ChainEnds>();
        var last = ends.Of(transaction, auditEvent.Chain);
        var sequence = last.Sequence + 1;
        var now = transaction.NowMilliseconds;
        var body = AuditChain.Body(auditEvent, sequence, now);
        var hash = AuditChain.Link(auditEvent.Chain, sequence, last.Hash.Span, body);
        transaction.Prepare("""
            INSERT INTO audit (id, chain, sequence, at_milliseconds, category, action, actor_kind, actor_id, project, target_kind, target_id, sentence, request_id, body, hash)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
            """)
            .Bind(1, transaction.LastAuditId + 1).Bind(2, auditEvent.Chain).Bind(3, sequence).Bind(4, now).Bind(5, (long)auditEvent.Category).Bind(6, auditEvent.Action)
            .Bind(7, (long)auditEvent.Actor.Kind).Bind(8, auditEvent.Actor.Id).Bind(9, auditEvent.Project).Bind(10, auditEvent.TargetKind).Bind(11, auditEvent.TargetId)
            .Bind(12, auditEvent.Sentence).Bind(13, auditEvent.RequestId).Bind(14, body).Bind(15, hash).RunOrSay("the audit trail cannot be written");
        ends.Advance(auditEvent.Chain, new ChainHead(sequence, hash));
        transaction.TakeAuditId();
        CrashPoint.Reach("audit-appended");
    }

    /// <inheritdoc cref="Append(JournalTransaction, AuditEvent)"/>
    public static void Append(this Change change, AuditEvent auditEvent) => change.Transaction.Append(auditEvent);

    /// <summary>Appends events that belong to no change; they are durable once this has ended.</summary>
    public static async Task AppendAsync(this JournalWriter journal, params IReadOnlyList<AuditEvent> events)
    {
        var work = new TrailWork(events);
        journal.Submit(work);
        await work.Committed;
    }

    /// <summary>The last event of each chain that was written or asked for.</summary>
    sealed class ChainEnds : TransactionState
    {
        readonly Dictionary<string, ChainHead> ends = new(StringComparer.Ordinal);

        public ChainHead Of(JournalTransaction transaction, string chain)
        {
            if (!ends.TryGetValue(chain, out var end))
            {
                var last = transaction.Prepare("SELECT sequence, hash FROM audit WHERE chain = ?1 ORDER BY sequence DESC LIMIT 1").Bind(1, chain);
                end = last.Step() ? new ChainHead(last.Integer(0), last.Blob(1)) : ChainHead.Empty;
                last.Reset();
                ends[chain] = end;
            }
            return end;
        }

        public void Advance(string chain, ChainHead end) => ends[chain] = end;

        public override void Forget() => ends.Clear();
    }
}
