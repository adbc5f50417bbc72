using System.Text.Json;
using Governance.Audit;
using Governance.Budgets.Balances;
using Governance.Journal;

namespace Governance.Integrity.Checks;

/// <summary>Every threshold claim has the event that told of it, and every such event its claim (I14).</summary>
static class VerificationThresholds
{
    const string Invariant = "I14";

    /// <summary>How many claims and mails were looked at.</summary>
    public static (long Claims, long Mails) Check(LedgerSnapshot snapshot, Findings findings)
    {
        var count = 0L;
        var claims = snapshot.Prepare("""
            SELECT c.budget_id, c.period, c.percent, c.audit_id, a.body FROM threshold_claims c
            LEFT JOIN audit a ON a.id = c.audit_id ORDER BY c.budget_id, c.period, c.percent
            """);
        while (claims.Step())
        {
            count++;
            var (budget, period, percent) = (claims.Text(0), claims.Text(1), claims.Integer(2));
            if (Read(claims.Blob(4)) is not { } told || told.Budget != budget || told.Period != period || told.Percent != percent)
            {
                findings.Fail(Invariant, $"threshold {budget} {period} {percent} %", $"Its event (audit id {claims.Integer(3)}) is not there or tells something else.");
            }
        }
        var untold = snapshot.Prepare($"SELECT chain, sequence FROM audit WHERE action = '{ThresholdNotice.Action}' AND NOT EXISTS (SELECT 1 FROM threshold_claims WHERE audit_id = audit.id) ORDER BY id");
        while (untold.Step())
        {
            findings.Fail(Invariant, $"audit {untold.Text(0)} {untold.Integer(1)}", "It tells of a threshold that nobody claimed: the claim was removed, and the warning could be sent again.");
        }
        return (count, CheckMails(snapshot, findings));
    }

    /// <summary>A warning goes to each address once, under one message id, and tells of an event that is there.</summary>
    static long CheckMails(LedgerSnapshot snapshot, Findings findings)
    {
        var twice = snapshot.Prepare("SELECT audit_id, recipient, COUNT(*) FROM mail GROUP BY audit_id, recipient HAVING COUNT(*) > 1 ORDER BY audit_id");
        while (twice.Step())
        {
            findings.Fail(Invariant, $"mail of audit id {twice.Integer(0)}", $"{twice.Integer(2)} mails to the same address tell of it; one should.");
        }
        var same = snapshot.Prepare("SELECT message_id, COUNT(*) FROM mail GROUP BY message_id HAVING COUNT(*) > 1 ORDER BY message_id");
        while (same.Step())
        {
            findings.Fail(Invariant, $"mail {same.Text(0)}", $"{same.Integer(1)} mails have this message id.");
        }
        var untold = snapshot.Prepare("SELECT message_id, audit_id FROM mail WHERE NOT EXISTS (SELECT 1 FROM audit WHERE audit.id = mail.audit_id) ORDER BY mail.id");
        while (untold.Step())
        {
            findings.Fail(Invariant, $"mail {untold.Text(0)}", $"The event that it tells of (audit id {untold.Integer(1)}) is not there.");
        }
        return snapshot.Integer("SELECT COUNT(*) FROM mail");
    }

    static ThresholdNotice.Numbers? Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.TryGetProperty("action", out var action) && action.ValueEquals(ThresholdNotice.Action)
                ? document.RootElement.GetProperty("details").Deserialize<ThresholdNotice.Numbers>(AuditJson.Options) : null;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
