using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Governance.Audit;

/// <summary>The database file: one process at a time, brought to this version's tables before anything uses it.</summary>
sealed class Database : IDisposable
{
    readonly FileStream held;

    Database(FileStream held) => this.held = held;

    /// <summary>Takes the file for this process and applies what is missing. Throws <see cref="DatabaseInUseException"/> where another process has it.</summary>
    public static Database Take(JournalSettings settings)
    {
        var held = Hold(settings);
        using var connection = new SqliteConnection(settings.WriteConnectionString);
        using var db = new GovernanceDb(new DbContextOptionsBuilder<GovernanceDb>().UseSqlite(connection).Options);
        if (File.Exists(settings.File))
        {
            // A process that was killed while it migrated leaves EF's own lock behind; ours is held, so nobody else can be at it.
            db.Database.ExecuteSqlRaw("DROP TABLE IF EXISTS \"__EFMigrationsLock\"");
        }
        if (db.Database.GetAppliedMigrations().Except(db.Database.GetMigrations()).FirstOrDefault() is { } newer)
        {
            held.Dispose();
            throw new InvalidOperationException($"The database {settings.File} was written by a newer version (it knows {newer}). Start that version, or restore a backup.");
        }
        db.Database.Migrate();
        return new Database(held);
    }

    /// <summary>Keeps every other process off the file, without opening it. Throws <see cref="DatabaseInUseException"/> where another process has it.</summary>
    public static FileStream Hold(JournalSettings settings)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(settings.File)!);
        try
        {
            return new FileStream(settings.File + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new DatabaseInUseException(settings.File, exception);
        }
    }

    /// <summary>True where a process has the file now.</summary>
    public static bool IsHeld(JournalSettings settings)
    {
        try
        {
            using var _ = File.Exists(settings.File + ".lock") ? new FileStream(settings.File + ".lock", FileMode.Open, FileAccess.ReadWrite, FileShare.None) : null;
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    public void Dispose() => held.Dispose();
}

/// <summary>Another process has the database.</summary>
sealed class DatabaseInUseException(string file, Exception inner)
    : Exception($"Another process uses {file}. SQLite serves one process; stop the other one, or use another file (ConnectionStrings:Governance).", inner);
