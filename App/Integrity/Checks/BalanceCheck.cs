using System.Text.Json;
using Governance.Audit;
using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Journal;
using Governance.Ledger;

namespace Governance.Integrity.Checks;

/// <summary>A stored balance beside what entries and open holds come to.</summary>
/// <param name="Budget">Null where the budget is not there or is retired; then nothing is recomputed.</param>
sealed record CheckedBalance(string BudgetId, BudgetDefinition? Budget, BudgetPeriod Period, Money Posted, Money Held, Money PostedInLedger, Money HeldInLedger)
{
    public bool Differs => Posted != PostedInLedger || Held != HeldInLedger;
}

/// <summary>Compares balances with the ledger in a snapshot: what reconciliation corrects and verification reports.</summary>
static class BalanceCheck
{
    /// <summary>The budgets that count, by id. One that cannot be read is left out and answered in <paramref name="unreadable"/>.</summary>
    public static Dictionary<string, BudgetDefinition> Budgets(LedgerSnapshot snapshot, ICollection<string> unreadable)
    {
        var budgets = new Dictionary<string, BudgetDefinition>(StringComparer.Ordinal);
        var rows = snapshot.Prepare("SELECT id, definition FROM budgets ORDER BY id");
        while (rows.Step())
        {
            try
            {
                var budget = AuditJson.Read<BudgetDefinition>(rows.Text(1));
                if (!budget.Retired)
                {
                    budgets[rows.Text(0)] = budget;
                }
            }
            catch (JsonException)
            {
                unreadable.Add(rows.Text(0));
            }
        }
        return budgets;
    }

    /// <summary>Every stored balance that <paramref name="wanted"/> asks for, recomputed.</summary>
    public static IEnumerable<CheckedBalance> Check(LedgerSnapshot snapshot, IReadOnlyDictionary<string, BudgetDefinition> budgets, Func<BudgetDefinition, BudgetPeriod, bool> wanted)
    {
        foreach (var stored in Stored(snapshot))
        {
            if (!budgets.TryGetValue(stored.BudgetId, out var budget))
            {
                yield return stored;
            }
            else if (wanted(budget, stored.Period))
            {
                var (posted, held) = LedgerSpend.Recompute(snapshot.Prepare, budget, stored.Period);
                yield return stored with { Budget = budget, PostedInLedger = posted, HeldInLedger = held };
            }
        }
    }

    static List<CheckedBalance> Stored(LedgerSnapshot snapshot)
    {
        var stored = new List<CheckedBalance>();
        var rows = snapshot.Prepare("SELECT budget_id, period, starts_milliseconds, ends_milliseconds, posted_nanos, held_nanos FROM balances ORDER BY budget_id, starts_milliseconds");
        while (rows.Step())
        {
            var period = BudgetPeriod.Stored(rows.Text(1), DateTimeOffset.FromUnixTimeMilliseconds(rows.Integer(2)), DateTimeOffset.FromUnixTimeMilliseconds(rows.Integer(3)));
            var (posted, held) = (new Money(rows.Integer(4)), new Money(rows.Integer(5)));
            stored.Add(new CheckedBalance(rows.Text(0), null, period, posted, held, posted, held));
        }
        return stored;
    }
}
