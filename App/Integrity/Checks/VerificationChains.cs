using System.Text.Json;
using Governance.Audit;
using Governance.Journal;

namespace Governance.Integrity.Checks;

/// <summary>Walks every audit chain from its first event: no gap, every hash links, and every column says what the hashed bytes say.</summary>
static class VerificationChains
{
    const string Invariant = "I12";

    const string Rows = """
        SELECT id, chain, sequence, at_milliseconds, category, action, actor_kind, actor_id, project, target_kind, target_id, sentence, request_id, body, hash
        FROM audit ORDER BY chain, sequence
        """;

    public static (long Events, IReadOnlyDictionary<string, ChainHead> Heads) Check(LedgerSnapshot snapshot, Findings findings)
    {
        var heads = new SortedDictionary<string, ChainHead>(StringComparer.Ordinal);
        var events = 0L;
        var at = 0L;
        var rows = snapshot.Prepare(Rows);
        while (rows.Step())
        {
            events++;
            var (chain, sequence, now) = (rows.Text(1), rows.Integer(2), rows.Integer(3));
            var subject = $"audit {chain} {sequence}";
            var (body, hash) = (rows.Blob(13), rows.Blob(14));
            if (!heads.TryGetValue(chain, out var head))
            {
                (head, at) = (ChainHead.Empty, now);
            }
            if (sequence != head.Sequence + 1)
            {
                findings.Fail(Invariant, subject, $"Events {head.Sequence + 1} to {sequence - 1} of the chain are missing before it.");
            }
            else if (!AuditChain.Link(chain, sequence, head.Hash.Span, body).AsSpan().SequenceEqual(hash))
            {
                findings.Fail(Invariant, subject, "Its hash does not link its content to the event before it: one of the two was changed.");
            }
            if (now < at)
            {
                NoteStepBack(findings, subject, at - now);
            }
            at = now;
            if (Differences(rows, body) is { Count: > 0 } columns)
            {
                findings.Fail(Invariant, subject, $"What is stored beside the hashed content differs from it: {string.Join(", ", columns)}.");
            }
            heads[chain] = new ChainHead(sequence, hash);
        }
        CheckOrder(snapshot, findings, events);
        return (events, heads);
    }

    /// <summary>Which event was first the chain says, not their instants: what a wrong clock wrote ahead is not waited for once that turns out.</summary>
    static void NoteStepBack(Findings findings, string subject, long milliseconds) =>
        findings.Note(Invariant, subject, FormattableString.Invariant($"It is {TimeSpan.FromMilliseconds(milliseconds).TotalSeconds:#,##0.###} seconds older than the event before it: a clock was ahead when that was written, or behind when this was. Their order is proven by their hashes."));

    /// <summary>The order over all chains is dense too, and no reader can have read further than the trail goes; so a cut-off tail shows unless everything that knows of it was cut as well.</summary>
    static void CheckOrder(LedgerSnapshot snapshot, Findings findings, long events)
    {
        if (events != snapshot.LastAuditId)
        {
            var missing = snapshot.Integer("""
                SELECT COALESCE((SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM audit WHERE id = 1)),
                  (SELECT a.id + 1 FROM audit a WHERE NOT EXISTS (SELECT 1 FROM audit b WHERE b.id = a.id + 1) ORDER BY a.id LIMIT 1))
                """);
            findings.Fail(Invariant, $"audit id {missing}", $"It is missing from the order of all events ({events} events, the last has id {snapshot.LastAuditId}).");
        }
        var bookmarks = snapshot.Prepare("SELECT reader, audit_id FROM bookmarks ORDER BY reader");
        while (bookmarks.Step())
        {
            if (bookmarks.Integer(1) > snapshot.LastAuditId)
            {
                findings.Fail(Invariant, $"bookmark {bookmarks.Text(0)}", $"It has read up to event id {bookmarks.Integer(1)}, but the trail ends at {snapshot.LastAuditId}: its last events were removed.");
            }
        }
    }

    static List<string> Differences(Statement row, byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var said = document.RootElement;
            var differences = new List<string>();
            void Text(string field, string? column)
            {
                if ((said.TryGetProperty(field, out var value) ? value.GetString() : null) != column)
                {
                    differences.Add(field);
                }
            }
            void Number(string field, long column)
            {
                if (!said.TryGetProperty(field, out var value) || value.GetInt64() != column)
                {
                    differences.Add(field);
                }
            }
            Text("chain", row.Text(1));
            Number("sequence", row.Integer(2));
            Number("at", row.Integer(3));
            Text("category", ((AuditCategory)row.Integer(4)).ToString());
            Text("action", row.Text(5));
            Text("actor_kind", ((ActorKind)row.Integer(6)).ToString());
            Text("actor_id", row.Text(7));
            Text("project", row.TextOrNull(8));
            Text("target_kind", row.Text(9));
            Text("target_id", row.Text(10));
            Text("sentence", row.Text(11));
            Text("request_id", row.TextOrNull(12));
            return differences;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return ["the content cannot be read"];
        }
    }
}
