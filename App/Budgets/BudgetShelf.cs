using Governance.Journal;
using Microsoft.EntityFrameworkCore;

namespace Governance.Budgets;

/// <summary>Holds the <see cref="BudgetBook"/> in force. After a change of definitions the balances of changed budgets are computed anew in the same transaction.</summary>
sealed class BudgetShelf : JournalListener
{
    volatile BudgetBook current = BudgetBook.Empty;

    public override JournalPhase Phase => JournalPhase.Definitions;

    public BudgetBook Current => current;

    public override void Start(Change change) => current = Load(change.Db);

    public override Action? Prepare(Change change)
    {
        var next = Load(change.Db);
        return () => current = next;
    }

    internal static BudgetBook Load(GovernanceDb db) => BudgetBook.Compile(db.Budgets.AsNoTracking().AsEnumerable().Select(row => (row.Definition, row.Version)));
}
