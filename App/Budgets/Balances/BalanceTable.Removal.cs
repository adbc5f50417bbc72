using Governance.Journal;

namespace Governance.Budgets.Balances;

/// <content>Balances that go away, because they count otherwise, are over, or are nobody's for now. What is needed again is computed anew from the ledger.</content>
sealed partial class BalanceTable
{
    /// <summary>Drops what is kept of a budget that counts otherwise than before: its balances are computed anew from the ledger.</summary>
    public void Forget(JournalTransaction transaction, string budgetId)
    {
        transaction.Prepare("DELETE FROM balances WHERE budget_id = ?1").Bind(1, budgetId).Run();
        Clear();
    }

    /// <summary>Removes the row of a balance that nothing is held of; where it is needed again it is computed anew. Does nothing where this group has already moved it.</summary>
    public int Drop(JournalTransaction transaction, string budgetId, string period)
    {
        if (dirty.Exists(balance => balance.Budget.Definition.Id == budgetId && balance.Period.Key == period))
        {
            return 0;
        }
        balances.Remove((budgetId, period));
        return transaction.Prepare("DELETE FROM balances WHERE budget_id = ?1 AND period = ?2 AND held_nanos = 0").Bind(1, budgetId).Bind(2, period).Run();
    }

    /// <summary>Of rolling days only the last two are kept; a settle that comes later still has its balance computed anew.</summary>
    void RemoveOld(JournalTransaction transaction, CompiledBudget budget, BudgetPeriod oldest)
    {
        if (dirty.Exists(balance => balance.Budget == budget && balance.Period.Ends < oldest.Ends))
        {
            return;
        }
        BalanceRows.RemoveBefore(transaction, budget, oldest);
        foreach (var key in balances.Where(kept => kept.Value.Budget == budget && kept.Value.Period.Ends < oldest.Ends).Select(kept => kept.Key).ToList())
        {
            balances.Remove(key);
        }
    }
}
