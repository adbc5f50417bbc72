using System.Text.Json;
using Governance.Audit;
using Governance.Journal;
using Microsoft.EntityFrameworkCore;

namespace Governance.Ledger.Fences;

/// <summary>How far a ledger had come: its epoch, and the newest event with its hash.</summary>
sealed record LedgerMark(long Epoch, long EventId, string EventHash, DateTimeOffset At)
{
    public string ToText() => AuditJson.Text(this);

    /// <summary>Where a ledger now is; null where it is empty.</summary>
    public static async Task<LedgerMark?> ReadAsync(Reads reads, TimeProvider time)
    {
        await using var db = reads.Open();
        var newest = await db.Audit.OrderByDescending(row => row.Id).Select(row => new { row.Id, row.Hash }).FirstOrDefaultAsync();
        return newest is null ? null : new LedgerMark(await db.Fences.MaxAsync(fence => fence.Epoch) ?? 1, newest.Id, Convert.ToHexStringLower(newest.Hash), time.GetUtcNow());
    }

    /// <summary>The hash that the ledger has for an event; null where it has none.</summary>
    public static async Task<string?> HashAsync(GovernanceDb db, long eventId) =>
        await db.Audit.Where(row => row.Id == eventId).Select(row => row.Hash).FirstOrDefaultAsync() is { } hash ? Convert.ToHexStringLower(hash) : null;

    /// <summary>Null where it cannot be read.</summary>
    public static LedgerMark? Parse(string? text)
    {
        try
        {
            return text is null ? null : AuditJson.Read<LedgerMark>(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Why a ledger in that state is not the one that came as far as this; null where it is, or where somebody has already said that it goes on from an older state.</summary>
    /// <param name="hashThen">The hash that the ledger has for the event of this mark.</param>
    public string? Behind(long epoch, long eventId, string? hashThen) =>
        epoch > Epoch ? null
        : epoch < Epoch || eventId < EventId ? $"the database ends at event {eventId}, but it had come to event {EventId} by {At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC; an older copy was put in its place."
        : hashThen != EventHash ? $"event {EventId} of the database is not the one that was written by {At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC; another copy was put in its place."
        : null;
}

/// <summary>
/// The mark as a small file beside the database, so that a database which was exchanged for an older copy is noticed. It is written behind
/// commits, never before, so it can only say too little.
/// </summary>
sealed class LedgerMarkFile(JournalSettings settings)
{
    public string Path { get; } = settings.File + ".mark";

    /// <summary>Null where there is none, or none that can be read.</summary>
    public LedgerMark? Read()
    {
        try
        {
            return File.Exists(Path) ? LedgerMark.Parse(File.ReadAllText(Path)) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Write(LedgerMark mark)
    {
        OwnerOnly.CreateFolder(System.IO.Path.GetDirectoryName(Path)!);
        var next = Path + ".next";
        OwnerOnly.WriteAllText(next, mark.ToText());
        File.Move(next, Path, overwrite: true);
    }
}
