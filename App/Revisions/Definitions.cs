using System.Text.Json;
using Governance.Audit;
using Governance.Journal;
using Microsoft.EntityFrameworkCore;

namespace Governance.Revisions;

/// <summary>How a definition is written: as the next version of its row, together with the event that tells it.</summary>
static class Definitions
{
    /// <summary>
    /// Writes <paramref name="wanted"/> under <paramref name="id"/> as the next version and tells the trail, with before and after.
    /// Answers false, and writes nothing, where it says what is there already.
    /// </summary>
    /// <param name="further">Sets what the row has besides its definition; runs only where something is written.</param>
    public static bool Save<TRow, T>(this Change change, DbSet<TRow> rows, string id, T wanted, AuditEvent auditEvent, Action<TRow>? further = null)
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
            row = new TRow { Id = id, CreatedAt = change.Now };
            rows.Add(row);
        }
        row.Definition = wanted;
        row.Version++;
        row.UpdatedAt = change.Now;
        row.UpdatedBy = auditEvent.Actor.Id;
        further?.Invoke(row);
        change.Db.SaveChanges();
        change.Append(auditEvent with { Before = before, After = after, Details = auditEvent.Details ?? AuditJson.Element(new { version = row.Version }) });
        return true;
    }
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
