using System.Diagnostics;
using Governance.Journal.Postgres;

namespace Governance.Journal;

/// <summary>
/// The one door by which anything is written. Work queues up; one thread writes all that waits in one transaction, commits
/// (one fsync) and then answers every waiter. Where several instances share the store, their groups take turns.
/// </summary>
sealed partial class JournalWriter : IAsyncDisposable
{
    readonly JournalSettings settings;
    readonly ILogger<JournalWriter> logger;
    readonly Feed feed;
    readonly TimeProvider time;
    readonly object door = new();
    readonly JournalStore store;
    JournalListener[] listeners = [];
    JournalTransaction? transaction;
    List<JournalWork> waiting = [];
    List<JournalWork> group = [];
    Thread? writer;
    bool closing;
    volatile bool unavailable;
    int lastGroupSize;
    long oldest;

    public JournalWriter(JournalSettings settings, TimeProvider time, Feed feed, ILogger<JournalWriter> logger)
    {
        this.settings = settings;
        this.feed = feed;
        this.time = time;
        this.logger = logger;
        store = JournalStore.Of(settings, time, logger);
    }

    /// <summary>How far an instant may lie ahead of the ledger's clock and still be believed.</summary>
    public TimeSpan MaxAhead => store.MaxAhead;

    /// <summary>Held while anything writes: by the journal's thread, and by the few writers of the sign-in tables.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>This run of the process; another one after it was declared dead.</summary>
    public string Instance => store.Instance;

    /// <summary>As in <see cref="InstanceRow.Number"/>; null where only one instance uses the store.</summary>
    public int? InstanceNumber => store.Number;

    /// <summary>The version of the definitions in force here; another one in the store means that another instance has changed them.</summary>
    public long Definitions => store.Definitions;

    /// <summary>Why the last group could not be written; null since one was.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>Why the store itself could not be written when it was tried last; null since it was.</summary>
    public string? Unwritable { get; private set; }

    /// <summary>How long the oldest work has been waiting or written; zero where there is none.</summary>
    public TimeSpan Delay => Volatile.Read(ref oldest) is var since && since == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(since);

    /// <summary>Told of every sign of life that this instance gives, and of the others'.</summary>
    public Contact Contact => store.Contact;

    /// <summary>Which state of the store this is: another one after it went back to an older one and that was acted upon.</summary>
    public long StateOfStore => store.State;

    /// <summary>Somebody else read the store's turn, in the state that was asked for before. False where that is an older one than was seen.</summary>
    public bool Saw(long state, long turn) => store.Saw(state, turn);

    public JournalFigures Figures { get; } = new();

    /// <summary>Works that wait for their group.</summary>
    public int Waiting => waiting.Count;

    /// <summary>In the order of their phases.</summary>
    internal IReadOnlyList<JournalListener> Listeners => listeners;

    internal Change NewChange(JournalTransaction within) => new(store.Connection, within);

    /// <summary>Opens the connection, lets every room load what it keeps in memory, and starts the thread.</summary>
    public void Start(IEnumerable<JournalListener> rooms)
    {
        store.Open();
        listeners = [.. rooms.OrderBy(room => room.Phase)];
        transaction = new JournalTransaction(store);
        transaction.StartClock();
        transaction.Begin();
        if (!settings.IsShared)
        {
            // Time flows on from the newest event rather than standing still until the clock has come as far.
            (time as LedgerTime)?.GoOnFrom(transaction.Now);
        }
        store.Register(transaction);
        using (var start = NewChange(transaction))
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
            if (unavailable)
            {
                JournalAnswers.Fail(work, new JournalUnavailableException("The store cannot be written at the moment."), settings.OwnThread);
                return;
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
        store.End();
        store.Dispose();
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
                store.Tidy();
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

    [LoggerMessage(LogLevel.Critical, "The store is not as it was seen last: {Reason}")]
    static partial void LogWentBack(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Error, "Could not write {Work}")]
    static partial void LogFailed(ILogger logger, string work, Exception exception);
}
