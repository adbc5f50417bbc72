using System.Text.Json;
using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Ledger.Fences;

namespace Governance.Integrity.Checks;

/// <summary>Every fence, and its lifting with the epoch that it began, is in the trail, and the other way round; and what was entered as spent when it was lifted is in the ledger, and nothing else.</summary>
static class VerificationFences
{
    public const string Invariant = "fence";

    public static long Check(LedgerSnapshot snapshot, Findings findings)
    {
        var count = 0L;
        var fences = snapshot.Prepare($"""
            SELECT id, epoch, lifted_milliseconds,
              (SELECT COUNT(*) FROM audit WHERE action = '{FenceTable.RaisedAction}' AND target_id = 'fence-' || fences.id AND at_milliseconds = raised_milliseconds),
              (SELECT COUNT(*) FROM audit WHERE action = '{FenceTable.LiftedAction}' AND target_id = 'fence-' || fences.id),
              (SELECT COUNT(*) FROM audit WHERE action = '{FenceTable.LiftedAction}' AND target_id = 'fence-' || fences.id AND at_milliseconds = lifted_milliseconds)
            FROM fences ORDER BY id
            """);
        while (fences.Step())
        {
            count++;
            var lifted = fences.IntegerOrNull(2) is not null;
            if (fences.Integer(3) != 1)
            {
                findings.Fail(Invariant, $"fence {fences.Integer(0)}", "The trail does not tell of it at its instant.");
            }
            if (fences.IntegerOrNull(1) is { } epoch && Told(snapshot, fences.Integer(0)) is { } told && told != epoch)
            {
                findings.Fail(Invariant, $"fence {fences.Integer(0)}", $"It says epoch {epoch}, but the trail tells that epoch {told} began with its lifting.");
            }
            if (lifted != (fences.IntegerOrNull(1) is not null) || fences.Integer(4) != (lifted ? 1 : 0) || fences.Integer(5) != fences.Integer(4))
            {
                findings.Fail(Invariant, $"fence {fences.Integer(0)}", "Whether it was lifted, and into which epoch, is not what the trail tells.");
            }
        }
        var raised = snapshot.Integer($"SELECT COUNT(DISTINCT target_id) FROM audit WHERE action = '{FenceTable.RaisedAction}'");
        if (raised > count)
        {
            findings.Fail(Invariant, "fences", $"The trail tells of {raised}, but {count} are there: one was removed, and calls were admitted without a word on what was spent.");
        }
        CheckEntered(snapshot, findings);
        return count;
    }

    /// <summary>Spend that was entered by hand is what the liftings tell of, entry by entry.</summary>
    static void CheckEntered(LedgerSnapshot snapshot, Findings findings)
    {
        var told = new Dictionary<string, (string Fence, string Project, Money Amount)>(StringComparer.Ordinal);
        var liftings = snapshot.Prepare($"SELECT target_id, body FROM audit WHERE action = '{FenceTable.LiftedAction}' ORDER BY id");
        while (liftings.Step())
        {
            var (fence, entries) = (liftings.Text(0), Entries(liftings.Blob(1)));
            foreach (var (call, project, amount) in entries)
            {
                told[call] = (fence, project, amount);
            }
            if (entries.Count > 0)
            {
                findings.Note(Invariant, fence, $"When it was lifted this was entered as spent: {string.Join(", ", entries.Select(entry => $"{entry.Amount.ToPlain()} USD by {entry.Project}"))}.");
            }
        }
        var rows = snapshot.Prepare($"SELECT id, project, cost_nanos FROM usage WHERE outcome = {(int)UsageOutcome.Adjusted} ORDER BY id");
        while (rows.Step())
        {
            var id = new CallId(rows.Integer(0)).ToString();
            if (!told.Remove(id, out var entry) || entry.Project != rows.Text(1) || entry.Amount.Nanos != rows.Integer(2))
            {
                findings.Fail(Invariant, $"usage {id}", "It enters spend by hand, but no lifting of a fence tells of it so.");
            }
        }
        foreach (var (id, entry) in told)
        {
            findings.Fail(Invariant, entry.Fence, $"When it was lifted {entry.Amount.ToPlain()} USD were entered as spent by {entry.Project}, but the entry {id} is not there.");
        }
    }

    /// <summary>What the event of a lifting says was entered; nothing where it cannot be read, which is told of where the chains are checked.</summary>
    static List<(string Call, string Project, Money Amount)> Entries(byte[] body)
    {
        try
        {
            using var read = JsonDocument.Parse(body);
            return !read.RootElement.GetProperty("details").TryGetProperty("entries", out var entries) ? []
                : [.. entries.EnumerateArray().Select(entry => (
                    entry.GetProperty("call").GetString() ?? "",
                    entry.TryGetProperty("project", out var project) ? project.GetString() ?? "" : "",
                    Money.TryParse(entry.GetProperty("usd").GetString(), out var amount) ? amount : Money.Zero))];
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return [];
        }
    }

    /// <summary>The epoch that the event of its lifting names; null where there is none that can be read, which is told of elsewhere.</summary>
    static long? Told(LedgerSnapshot snapshot, long fence)
    {
        var row = snapshot.Prepare($"SELECT body FROM audit WHERE action = '{FenceTable.LiftedAction}' AND target_id = ?1 ORDER BY id").Bind(1, FormattableString.Invariant($"fence-{fence}"));
        var body = row.Step() ? row.Blob(0) : null;
        row.Reset();
        try
        {
            using var read = body is null ? null : JsonDocument.Parse(body);
            return read?.RootElement.GetProperty("details").GetProperty("epoch").GetInt64();
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
