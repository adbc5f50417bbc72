using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace Governance.Journal;

/// <summary>A change of definitions in progress: EF on the journal's own connection and transaction.</summary>
sealed class Change : IDisposable
{
    readonly List<Action> swaps = [];

    public Change(DbConnection connection, JournalTransaction transaction)
    {
        Transaction = transaction;
        Db = StoreContext.Over(connection);
        // The transaction is the journal's; EF must not open one of its own inside it.
        Db.Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;
    }

    public GovernanceDb Db { get; }

    public JournalTransaction Transaction { get; }

    public DateTimeOffset Now => Transaction.Now;

    internal void Prepare(IEnumerable<JournalListener> rooms)
    {
        Db.SaveChanges();
        foreach (var room in rooms)
        {
            if (room.Prepare(this) is { } swap)
            {
                swaps.Add(swap);
            }
        }
    }

    internal void Swap() => swaps.ForEach(swap => swap());

    public void Dispose() => Db.Dispose();
}
