using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Governance.Audit;

/// <summary>The database, brought to this version's tables before anything uses it. A SQLite file is taken for one process at a time; PostgreSQL is shared.</summary>
sealed class Database : IDisposable
{
    /// <summary>Held while tables are changed, so that instances that start together do it once.</summary>
    const long MigrationLock = 0x476f7665726e;

    readonly FileStream? held;

    Database(FileStream? held) => this.held = held;

    /// <summary>Takes the file for this process and applies what is missing. Throws <see cref="DatabaseInUseException"/> where another process has it.</summary>
    public static Database Take(JournalSettings settings)
    {
        if (settings.IsShared)
        {
            MigrateShared(settings);
            return new Database(null);
        }
        var held = Hold(settings);
        try
        {
            using var db = StoreContext.On(settings.WriteConnectionString, shared: false)();
            if (File.Exists(settings.File))
            {
                // A process that was killed while it migrated leaves EF's own lock behind; ours is held, so nobody else can be at it.
                db.Database.ExecuteSqlRaw("DROP TABLE IF EXISTS \"__EFMigrationsLock\"");
            }
            Migrate(db, settings);
            return new Database(held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Keeps every other process off the file, without opening it. Throws <see cref="DatabaseInUseException"/> where another process has it.</summary>
    public static FileStream Hold(JournalSettings settings)
    {
        var folder = Path.GetDirectoryName(settings.File)!;
        try
        {
            Directory.CreateDirectory(folder);
            return new FileStream(settings.File + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (IsHeldByAnother(exception))
        {
            throw new DatabaseInUseException(settings.File, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The data folder {folder} cannot be written ({exception.Message.TrimEnd('.')}). Make it writable for this process, or name another file with ConnectionStrings:Governance.", exception);
        }
    }

    /// <summary>What the system answers where another process has the file: EAGAIN on Linux, EWOULDBLOCK on macOS, a sharing violation on Windows.</summary>
    static bool IsHeldByAnother(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020);

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

    public void Dispose() => held?.Dispose();

    static void MigrateShared(JournalSettings settings)
    {
        using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(settings.WriteConnectionString) { Options = null }.ConnectionString);
        connection.Open();
        using (var taken = new NpgsqlCommand("SELECT pg_advisory_lock($1)", connection) { Parameters = { new NpgsqlParameter { Value = MigrationLock } }, CommandTimeout = 300 })
        {
            taken.ExecuteNonQuery();
        }
        using var db = StoreContext.Over(connection);
        Migrate(db, settings);
        // The lock ends with the connection.
    }

    static void Migrate(GovernanceDb db, JournalSettings settings)
    {
        var (applied, known) = (db.Database.GetAppliedMigrations().ToList(), db.Database.GetMigrations().ToList());
        if (applied.Except(known).FirstOrDefault() is { } newer)
        {
            throw new InvalidOperationException($"The database {settings.Place} was written by a newer version (it knows {newer}). Start that version, or restore a backup.");
        }
        // Where nothing is missing EF would still compare its whole model with the last migration, at every start.
        if (known.Except(applied).Any())
        {
            db.Database.Migrate();
        }
    }
}

/// <summary>Another process has the database.</summary>
sealed class DatabaseInUseException(string file, Exception inner)
    : Exception($"Another process uses {file}. SQLite serves one process; stop the other one, or use another file (ConnectionStrings:Governance).", inner);
