using System.Data.Common;
using Governance.Journal.Postgres;
using Microsoft.Data.Sqlite;

namespace Governance.Journal.Sqlite;

/// <summary>
/// One file and one process. Only this connection checkpoints, because the SQLite at hand can lose commits when another connection
/// commits while a checkpoint starts.
/// </summary>
sealed class SqliteStore(JournalSettings settings, TimeProvider time) : JournalStore
{
    readonly SqliteConnection connection = new(settings.WriteConnectionString);
    int groupsSinceCheckpoint;

    /// <summary>For so long a commit waits for another process that writes.</summary>
    const int BusyMilliseconds = 5000;

    /// <summary>For so long cutting the log back waits for readers; calls wait meanwhile.</summary>
    const int CutMilliseconds = 25;

    public override DbConnection Connection => connection;

    public override void Open()
    {
        connection.Open();
        Pragma("journal_mode=WAL");
        Pragma("synchronous=FULL");
        Pragma(FormattableString.Invariant($"busy_timeout={BusyMilliseconds}"));
        Pragma("wal_autocheckpoint=0");
        // Small on purpose: SQLite walks the whole cache at every commit in which a page was split.
        Pragma("cache_size=-8192");
    }

    /// <summary>The file is held by this process, so every other one that is in it has ended.</summary>
    public override void Register(JournalTransaction transaction)
    {
        transaction.Prepare("UPDATE instances SET ended_milliseconds = ?1 WHERE ended_milliseconds IS NULL").Bind(1, transaction.NowMilliseconds).Run();
        Instances.Add(transaction, Instance, 0);
        // Within a transaction the log is open for certain.
        settings.Opened.Remember();
    }

    public override Turn Begin()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        Prepare("BEGIN IMMEDIATE").Run();
        return new Turn(now, Foreign: false, Outdated: false);
    }

    public override void Commit(JournalTransaction transaction, bool definitionsChanged)
    {
        settings.Opened.Check();
        Prepare("COMMIT").Run();
        Registered = true;
    }

    public override void Rollback()
    {
        ResetStatements();
        if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0)
        {
            Prepare("ROLLBACK").Run();
        }
    }

    /// <summary>Each work is tried by itself: a full disk may still take a small one.</summary>
    public override bool IsUnavailable(Exception exception) => false;

    /// <summary>Moves the log into the database now and then, without waiting for readers. One that has grown beyond its limit is cut back, which waits for readers, but only for those that are about to end: calls wait with it. Where one goes on it is tried again.</summary>
    public override void Tidy()
    {
        if (++groupsSinceCheckpoint < settings.CheckpointGroups)
        {
            return;
        }
        groupsSinceCheckpoint = 0;
        var log = new FileInfo(settings.RealFile + "-wal");
        var isLong = log.Exists && log.Length > settings.LogLimitBytes;
        CrashPoint.Reach("checkpoint-begin");
        _ = SQLitePCL.raw.sqlite3_busy_timeout(connection.Handle, CutMilliseconds);
        _ = SQLitePCL.raw.sqlite3_wal_checkpoint_v2(connection.Handle, null, isLong ? SQLitePCL.raw.SQLITE_CHECKPOINT_TRUNCATE : SQLitePCL.raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
        _ = SQLitePCL.raw.sqlite3_busy_timeout(connection.Handle, BusyMilliseconds);
        CrashPoint.Reach("checkpoint-end");
    }

    public override void Dispose()
    {
        base.Dispose();
        if (settings.Opened.HasLostLog)
        {
            // Closing alone moves the log into the database only where no connection is kept for later.
            _ = SQLitePCL.raw.sqlite3_wal_checkpoint_v2(connection.Handle, null, SQLitePCL.raw.SQLITE_CHECKPOINT_FULL, out _, out _);
        }
        connection.Dispose();
        settings.Opened.Forget();
    }

    protected override Statement NewStatement(string sql) => new SqliteStatement(connection, sql);

    void Pragma(string pragma)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA " + pragma;
        command.ExecuteNonQuery();
    }
}
