using System.Text.Json;
using Governance.Audit;
using Governance.Budgets.Balances;
using Microsoft.EntityFrameworkCore;

namespace Governance.Budgets;

/// <summary>What the outbox says of the mails that a budget's warnings became.</summary>
static class WarningMails
{
    const string Sql = """
        SELECT audit.body AS "Body", mail.sent_at AS "SentAt", mail.given_up_at AS "GivenUpAt"
        FROM mail JOIN audit ON audit.id = mail.audit_id WHERE audit.action = {0} AND audit.target_id = {1} ORDER BY mail.id
        """;

    /// <summary>A mail with the event that it tells of.</summary>
    sealed record Row(byte[] Body, long? SentAt, long? GivenUpAt);

    /// <summary>By percent, in one period; of rolling days the newest of each.</summary>
    public static async Task<IReadOnlyDictionary<int, WarningMail>> OfAsync(GovernanceDb db, BudgetDefinition budget, BudgetPeriod period)
    {
        if (budget.Thresholds.All(threshold => !threshold.Email))
        {
            return new Dictionary<int, WarningMail>();
        }
        var found = new Dictionary<int, (string Period, WarningMail Mail)>();
        foreach (var row in await db.Database.SqlQueryRaw<Row>(Sql, ThresholdNotice.Action, budget.Id).ToListAsync())
        {
            if (NumbersOf(row) is not { } numbers || (budget.Window is not BudgetWindow.RollingDays && numbers.Period != period.Key))
            {
                continue;
            }
            var mail = row.SentAt is not null ? WarningMail.Sent : row.GivenUpAt is not null ? WarningMail.Failed : WarningMail.Waiting;
            var earlier = found.TryGetValue(numbers.Percent, out var known) && known.Period == numbers.Period ? known.Mail : WarningMail.Sent;
            found[numbers.Percent] = (numbers.Period, Worse(earlier, mail));
        }
        return found.ToDictionary(pair => pair.Key, pair => pair.Value.Mail);
    }

    static WarningMail Worse(WarningMail one, WarningMail other) =>
        one is WarningMail.Failed || other is WarningMail.Failed ? WarningMail.Failed : one is WarningMail.Sent ? other : one;

    /// <summary>Null where the event is damaged.</summary>
    static ThresholdNotice.Numbers? NumbersOf(Row row)
    {
        try
        {
            using var body = JsonDocument.Parse(row.Body);
            return body.RootElement.GetProperty("details").Deserialize<ThresholdNotice.Numbers>(AuditJson.Options);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
