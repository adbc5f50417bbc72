using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Governance.Audit;

/// <summary>
/// The one door by which anything is written. Work queues up; one thread writes all that waits in one transaction, commits
/// (one fsync) and then answers every waiter. Only this connection checkpoints, because the SQLite at hand can lose commits
/// when another connection commits while a checkpoint starts.
/// </summary>
sealed partial class Journal : IAsyncDisposable
{
    readonly JournalSettings settings;
    readonly TimeProvider time;
    readonly ILogger<Journal> logger;
    readonly Feed feed;
    readonly object door = new();
    readonly SqliteConnection connection;
    JournalListener[] listeners = [];
    JournalTransaction? transaction;
    List<JournalWork> waiting = [];
    List<JournalWork> group = [];
    Thread? writer;
    bool closing;
    int lastGroupSize;
    long oldest;
    int groupsSinceCheckpoint;

    public Journal(JournalSettings settings, TimeProvider time, Feed feed, ILogger<Journal> logger)
    {
        this.settings = settings;
        this.time = time;
        this.feed = feed;
        this.logger = logger;
        connection = new SqliteConnection(settings.WriteConnectionString);
    }

    /// <summary>Held while anything writes: by the journal's thread, and by the few writers of the sign-in tables.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>Why the last group could not be written; null since one was.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>How long the oldest work has been waiting or written; zero where there is none.</summary>
    public TimeSpan Delay => Volatile.Read(ref oldest) is var since && since == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(since);

    internal IReadOnlyList<JournalListener> Listeners => listeners;

    internal Change NewChange(JournalTransaction within) => new(connection, within);

    /// <summary>Opens the connection, lets every room load what it keeps in memory, and starts the thread.</summary>
    public void Start(IEnumerable<JournalListener> rooms)
    {
        connection.Open();
        Pragma("journal_mode=WAL");
        Pragma("synchronous=FULL");
        Pragma("busy_timeout=5000");
        Pragma("wal_autocheckpoint=0");
        Pragma("cache_size=-65536");
        listeners = [.. rooms];
        transaction = new JournalTransaction(connection, time);
        transaction.StartClock();
        transaction.Begin();
        using (var start = new Change(connection, transaction))
        {
            foreach (var listener in listeners)
            {
                listener.Start(start);
            }
            foreach (var listener in listeners)
            {
                listener.BeforeCommit(transaction);
            }
        }
        transaction.Commit();
        foreach (var listener in listeners)
        {
            listener.AfterCommit();
        }
        if (settings.OwnThread)
        {
            writer = new Thread(Write) { Name = "journal", IsBackground = true };
            writer.Start();
        }
    }

    /// <summary>Queues <paramref name="work"/>. Its waiter is answered after the commit; a queue at its limit throws <see cref="JournalFullException"/> and nothing is queued.</summary>
    public void Submit(JournalWork work)
    {
        lock (door)
        {
            if (closing || waiting.Count >= settings.QueueLimit)
            {
                throw new JournalFullException(closing);
            }
            waiting.Add(work);
            if (oldest == 0)
            {
                oldest = Stopwatch.GetTimestamp();
            }
            if (waiting.Count == 1)
            {
                Monitor.Pulse(door);
            }
        }
    }

    /// <summary>Changes definitions: <paramref name="edit"/> runs alone in its transaction with EF on the journal's connection; every room then sees the new state before this answers.</summary>
    public Task<T> ChangeAsync<T>(Func<Change, T> edit)
    {
        var work = new ChangeWork<T>(this, edit);
        Submit(work);
        return work.Committed.AsTask();
    }

    /// <summary>Writes what waits, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (door)
        {
            closing = true;
            Monitor.Pulse(door);
        }
        if (writer is not null)
        {
            await Task.Run(writer.Join);
        }
        transaction?.Dispose();
        await connection.DisposeAsync();
        Gate.Dispose();
    }

    /// <summary>Writes what waits, as one group, on the caller's thread: for a journal without a thread of its own.</summary>
    internal void WriteWaiting() => Write();

    void Write()
    {
        while (Take())
        {
            Gate.Wait();
            try
            {
                WriteInOrder();
                Checkpoint();
            }
            catch (Exception exception)
            {
                // Memory and database may no longer agree. What is committed is safe; a new start reads it.
                Environment.FailFast("The journal failed behind a commit.", exception);
            }
            finally
            {
                group.Clear();
                Gate.Release();
                lock (door)
                {
                    oldest = waiting.Count == 0 ? 0 : Stopwatch.GetTimestamp();
                }
            }
        }
    }

    /// <summary>Waits for work and takes all of it. Under load it lets a group gather, because a larger commit costs hardly more than a small one; when idle it never waits.</summary>
    bool Take()
    {
        lock (door)
        {
            while (waiting.Count == 0)
            {
                if (closing || !settings.OwnThread)
                {
                    return false;
                }
                Monitor.Wait(door);
            }
            if (lastGroupSize >= settings.GatherFrom && waiting.Count < lastGroupSize && !closing)
            {
                Monitor.Exit(door);
                Thread.Sleep(settings.GatherMilliseconds);
                Monitor.Enter(door);
            }
            (waiting, group) = (group, waiting);
            lastGroupSize = group.Count;
            return true;
        }
    }

    void WriteInOrder()
    {
        var from = 0;
        for (var i = 0; i < group.Count; i++)
        {
            if (group[i].Alone)
            {
                WriteGroup(from, i);
                WriteGroup(i, i + 1);
                from = i + 1;
            }
        }
        WriteGroup(from, group.Count);
    }

    /// <summary>Writes works [from, to) in one transaction. Where that fails each is tried alone, so that one bad work never takes others with it.</summary>
    void WriteGroup(int from, int to)
    {
        if (from == to)
        {
            return;
        }
        try
        {
            Commit(from, to);
        }
        catch (Exception exception)
        {
            // Nothing of the group is in the database; each work is tried by itself.
            Rollback();
            if (to - from == 1)
            {
                LastFailure = exception is Microsoft.Data.Sqlite.SqliteException ? exception.Message : LastFailure;
                LogFailed(logger, group[from].GetType().Name, exception);
                group[from].Fail(exception);
                return;
            }
            for (var i = from; i < to; i++)
            {
                WriteGroup(i, i + 1);
            }
            return;
        }
        Answer(from, to);
    }

    void Commit(int from, int to)
    {
        Debug.Assert(transaction is not null);
        transaction.Begin();
        for (var i = from; i < to; i++)
        {
            group[i].Execute(transaction);
        }
        foreach (var listener in listeners)
        {
            listener.BeforeCommit(transaction);
        }
        CrashPoint.Reach("before-commit");
        transaction.Commit();
        CrashPoint.Reach("after-commit");
    }

    /// <summary>From here on the group is durable: memory follows, waiters are answered.</summary>
    void Answer(int from, int to)
    {
        LastFailure = null;
        foreach (var listener in listeners)
        {
            listener.AfterCommit();
        }
        group[from].Committing();
        CrashPoint.Reach("before-answer");
        for (var i = from; i < to; i++)
        {
            group[i].Complete();
        }
        feed.Publish();
    }

    void Rollback()
    {
        transaction!.Rollback();
        foreach (var listener in listeners)
        {
            listener.AfterRollback();
        }
    }

    /// <summary>Moves the log into the database now and then; PASSIVE never waits for readers, TRUNCATE only runs where the log has grown beyond its limit.</summary>
    void Checkpoint()
    {
        if (++groupsSinceCheckpoint < settings.CheckpointGroups)
        {
            return;
        }
        groupsSinceCheckpoint = 0;
        var log = new FileInfo(settings.File + "-wal");
        var mode = log.Exists && log.Length > settings.LogLimitBytes ? SQLitePCL.raw.SQLITE_CHECKPOINT_TRUNCATE : SQLitePCL.raw.SQLITE_CHECKPOINT_PASSIVE;
        CrashPoint.Reach("checkpoint-begin");
        _ = SQLitePCL.raw.sqlite3_wal_checkpoint_v2(connection.Handle, null, mode, out _, out _);
        CrashPoint.Reach("checkpoint-end");
    }

    void Pragma(string pragma)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA " + pragma;
        command.ExecuteNonQuery();
    }

    [LoggerMessage(LogLevel.Error, "Could not write {Work}")]
    static partial void LogFailed(ILogger logger, string work, Exception exception);
}
