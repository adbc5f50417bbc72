using System.Text.Json;

namespace Governance.Ledger;

/// <summary>Every fence, and its lifting with the epoch that it began, is in the trail, and the other way round.</summary>
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
        return count;
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
