using Governance.Journal;

namespace Governance.Budgets.Balances;

/// <summary>Balances in the database. A statement each.</summary>
static class BalanceRows
{
    public static Balance? Read(JournalTransaction transaction, CompiledBudget budget, BudgetPeriod period)
    {
        var row = transaction.Prepare("SELECT id, posted_nanos, held_nanos, version FROM balances WHERE budget_id = ?1 AND period = ?2").Bind(1, budget.Definition.Id).Bind(2, period.Key);
        if (!row.Step())
        {
            return null;
        }
        var balance = new Balance
        {
            Budget = budget,
            Period = period,
            Id = row.Integer(0),
            Posted = new Money(row.Integer(1)),
            Held = new Money(row.Integer(2)),
            Version = row.Integer(3),
        };
        row.Reset();
        ThresholdClaims.AddTold(transaction, balance);
        return balance;
    }

    public static void Insert(JournalTransaction transaction, CompiledBudget budget, BudgetPeriod period, (Money Posted, Money Held) amounts) =>
        transaction.Prepare("""
            INSERT INTO balances (budget_id, period, starts_milliseconds, ends_milliseconds, posted_nanos, held_nanos, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)
            """)
            .Bind(1, budget.Definition.Id).Bind(2, period.Key).Bind(3, period.Starts.ToUnixTimeMilliseconds()).Bind(4, period.Ends.ToUnixTimeMilliseconds())
            .Bind(5, amounts.Posted.Nanos).Bind(6, amounts.Held.Nanos).Run();

    /// <summary>The stored periods that count an instant as well, but decide on a later day: those of rolling days overlap.</summary>
    public static IReadOnlyList<BudgetPeriod> Later(JournalTransaction transaction, CompiledBudget budget, DateTimeOffset at, BudgetPeriod deciding)
    {
        List<BudgetPeriod>? later = null;
        var rows = transaction.Prepare("""
            SELECT period, starts_milliseconds, ends_milliseconds FROM balances WHERE budget_id = ?1 AND ends_milliseconds > ?2 AND starts_milliseconds <= ?3 ORDER BY ends_milliseconds
            """)
            .Bind(1, budget.Definition.Id).Bind(2, deciding.Ends.ToUnixTimeMilliseconds()).Bind(3, at.ToUnixTimeMilliseconds());
        while (rows.Step())
        {
            (later ??= []).Add(new BudgetPeriod(rows.Text(0), DateTimeOffset.FromUnixTimeMilliseconds(rows.Integer(1)), DateTimeOffset.FromUnixTimeMilliseconds(rows.Integer(2))));
        }
        return later is null ? [] : later;
    }

    public static void RemoveBefore(JournalTransaction transaction, CompiledBudget budget, BudgetPeriod oldest) =>
        transaction.Prepare("DELETE FROM balances WHERE budget_id = ?1 AND ends_milliseconds < ?2").Bind(1, budget.Definition.Id).Bind(2, oldest.Ends.ToUnixTimeMilliseconds()).Run();
}
