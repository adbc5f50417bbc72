using Microsoft.EntityFrameworkCore;

namespace Governance.Revisions;

/// <summary>A definition as it stands, with who wrote it last and when.</summary>
public sealed record Edition<T>(T Definition, int Version, DateTimeOffset UpdatedAt, string UpdatedBy)
    where T : class;

/// <summary>What became of an edit that was made on a certain version.</summary>
enum EditOutcome { Saved, Unchanged, Conflict }

/// <summary>What became of an edit, and what stands now.</summary>
/// <param name="Version">Of what stands now; 0 where nothing does.</param>
sealed record EditResult(EditOutcome Outcome, int Version, DateTimeOffset UpdatedAt, string UpdatedBy);

/// <summary>Edits that fail where somebody else was faster, instead of writing over what they wrote.</summary>
static class Editions
{
    public static Edition<T> Of<T>(DefinitionRow<T> row)
        where T : class => new(row.Definition, row.Version, row.UpdatedAt, row.UpdatedBy);

    /// <summary>Runs <paramref name="save"/> only where the row still has the version that the edit began with; 0 expects that there is none.</summary>
    public static EditResult Guard<TRow, T>(DbSet<TRow> rows, string id, int expectedVersion, Func<bool> save)
        where TRow : DefinitionRow<T>
        where T : class
    {
        if ((rows.Find(id)?.Version ?? 0) != expectedVersion)
        {
            return Result(EditOutcome.Conflict, rows.Find(id));
        }
        var saved = save();
        return Result(saved ? EditOutcome.Saved : EditOutcome.Unchanged, rows.Find(id));
    }

    static EditResult Result<T>(EditOutcome outcome, DefinitionRow<T>? row)
        where T : class => new(outcome, row?.Version ?? 0, row?.UpdatedAt ?? default, row?.UpdatedBy ?? "");
}
