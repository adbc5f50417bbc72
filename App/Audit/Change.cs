using System.Data.Common;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace Governance.Audit;

/// <summary>A change of definitions in progress: EF on the journal's own connection and transaction, and the trail.</summary>
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

    /// <summary>
    /// Writes <paramref name="wanted"/> under <paramref name="id"/> as the next version and tells the trail, with before and after.
    /// Answers false, and writes nothing, where it says what is there already.
    /// </summary>
    /// <param name="further">Sets what the row has besides its definition; runs only where something is written.</param>
    public bool Save<TRow, T>(DbSet<TRow> rows, string id, T wanted, AuditEvent told, Action<TRow>? further = null)
        where TRow : DefinitionRow<T>, new()
        where T : class
    {
        var after = AuditJson.Element(wanted);
        var row = rows.Find(id);
        JsonElement? before = row is null ? null : AuditJson.Element(row.Definition);
        if (before is { } there && JsonElement.DeepEquals(there, after))
        {
            return false;
        }
        if (row is null)
        {
            row = new TRow { Id = id, CreatedAt = Now };
            rows.Add(row);
        }
        row.Definition = wanted;
        row.Version++;
        row.UpdatedAt = Now;
        row.UpdatedBy = told.Actor.Id;
        further?.Invoke(row);
        Db.SaveChanges();
        Append(told with { Before = before, After = after, Details = told.Details ?? AuditJson.Element(new { version = row.Version }) });
        return true;
    }

    public void Append(AuditEvent told) => Transaction.Append(told);

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

/// <summary>A row that holds a definition as JSON and counts its versions. What it said before is in the trail.</summary>
abstract class DefinitionRow<T>
    where T : class
{
    public string Id { get; set; } = "";
    public T Definition { get; set; } = null!;
    /// <summary>1 for the first; every saved change adds one.</summary>
    public int Version { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public string UpdatedBy { get; set; } = "";
}
