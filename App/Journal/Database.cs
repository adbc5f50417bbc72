using Governance.Journal.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Governance.Journal;

/// <summary>The database, brought to this version's tables before anything uses it. A SQLite file is taken for one process at a time; PostgreSQL is shared.</summary>
sealed class Database : IDisposable
{
    /// <summary>Held while tables are changed, so that instances that start together do it once.</summary>
    const long MigrationLock = 0x476f7665726e;

    readonly FileHold? held;
    readonly JournalSettings settings;

    Database(JournalSettings settings, FileHold? held) => (this.settings, this.held) = (settings, held);

    /// <summary>Takes the file for this process and applies what is missing. Throws <see cref="DatabaseInUseException"/> where another process has it.</summary>
    public static Database Take(JournalSettings settings)
    {
        if (settings.IsShared)
        {
            MigrateShared(settings);
            return new Database(settings, null);
        }
        var held = FileHold.Take(settings, create: true);
        try
        {
            using var db = StoreContext.On(settings.WriteConnectionString, shared: false)();
            // A process that was killed while it migrated leaves EF's own lock behind; ours is held, so nobody else can be at it.
            db.Database.ExecuteSqlRaw("DROP TABLE IF EXISTS \"__EFMigrationsLock\"");
            Migrate(db, settings);
            return new Database(settings, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Keeps every other process off the file, without opening it. Throws <see cref="DatabaseInUseException"/> where another process has it.</summary>
    public static FileHold Hold(JournalSettings settings) => FileHold.Take(settings, create: false);

    /// <summary>True where a process has the file now.</summary>
    public static bool IsHeld(JournalSettings settings) => FileHold.IsHeld(settings);

    public void Dispose()
    {
        if (held is null)
        {
            return;
        }
        // Connections that are kept for later would lose their locks when the file is closed here.
        foreach (var kept in (string[])[settings.ReadConnectionString, settings.SignInConnectionString])
        {
            using var connection = new SqliteConnection(kept);
            SqliteConnection.ClearPool(connection);
        }
        held.Dispose();
    }

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
            try
            {
                db.Database.Migrate();
            }
            catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.DuplicateColumn or PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.DuplicateFunction)
            {
                // Without the inner one: what it says stands in the sentence.
                throw new InvalidOperationException(
                    $"The database {settings.Place} says that it has the tables of an older version, but holds parts of a newer one ({exception.MessageText}). That is so after pg_restore --clean, which leaves what its backup does not name. "
                    + "Drop the database, create it again, restore the backup into the empty one (docs/deploying.md, Backup, restore), and start again.");
            }
        }
    }
}
