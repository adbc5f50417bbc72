using Governance.Audit;
using Governance.Journal;

namespace Governance.Budgets.Balances;

/// <summary>Who is told of a threshold: whoever inserts its claim row, once for each budget, period and percentage.</summary>
static class ThresholdClaims
{
    /// <summary>One claim row for each threshold and period; only who inserts it tells the trail, in the same transaction.</summary>
    public static void Claim(JournalTransaction transaction, Balance balance)
    {
        var definition = balance.Budget.Definition;
        if (!IsDue(balance))
        {
            return;
        }
        if (definition.Window is BudgetWindow.RollingDays)
        {
            // Its periods overlap: another one may have told since this one was read.
            AddTold(transaction, balance);
        }
        foreach (var threshold in definition.Thresholds)
        {
            if (balance.Told.Contains(threshold.Percent) || !Thresholds.IsCrossed(threshold.Percent, balance.Posted, definition.Cap))
            {
                continue;
            }
            var claimed = transaction.Prepare("INSERT INTO threshold_claims (budget_id, period, percent, at_milliseconds, audit_id) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING")
                .Bind(1, definition.Id).Bind(2, balance.Period.Key).Bind(3, threshold.Percent).Bind(4, transaction.NowMilliseconds).Bind(5, transaction.LastAuditId + 1).Run();
            balance.Told.Add(threshold.Percent);
            if (claimed == 1)
            {
                transaction.Append(ThresholdNotice.Of(balance, threshold));
                CrashPoint.Reach("threshold-claimed");
            }
        }
    }

    /// <summary>Adds the percentages that were told in the period. Rolling ones overlap, so that each is told once in as many days as there are, not once every day; what a wrong clock claimed ahead was not told in this one.</summary>
    public static void AddTold(JournalTransaction transaction, Balance balance)
    {
        var (budget, period) = (balance.Budget, balance.Period);
        var rows = budget.Definition.Window is BudgetWindow.RollingDays
            ? transaction.Prepare("SELECT percent FROM threshold_claims WHERE budget_id = ?1 AND at_milliseconds >= ?2 AND at_milliseconds <= ?3").Bind(1, budget.Definition.Id)
                .Bind(2, period.Starts.ToUnixTimeMilliseconds()).Bind(3, transaction.NowMilliseconds + (long)transaction.MaxAhead.TotalMilliseconds)
            : transaction.Prepare("SELECT percent FROM threshold_claims WHERE budget_id = ?1 AND period = ?2").Bind(1, budget.Definition.Id).Bind(2, period.Key);
        while (rows.Step())
        {
            balance.Told.Add((int)rows.Integer(0));
        }
    }

    static bool IsDue(Balance balance)
    {
        var thresholds = balance.Budget.Definition.Thresholds;
        for (var i = 0; i < thresholds.Count; i++)
        {
            if (!balance.Told.Contains(thresholds[i].Percent) && Thresholds.IsCrossed(thresholds[i].Percent, balance.Posted, balance.Budget.Definition.Cap))
            {
                return true;
            }
        }
        return false;
    }
}
