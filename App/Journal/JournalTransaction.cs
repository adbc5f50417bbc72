using Governance.Journal.Postgres;

namespace Governance.Journal;

/// <summary>The open transaction of the journal: prepared statements, the instant, and what rooms remember of the tables. Used on the journal's thread only.</summary>
sealed class JournalTransaction(JournalStore store)
{
    readonly List<TransactionState> states = [];
    long lastMilliseconds;
    long admittedMilliseconds;
    long lastAuditId = -1;

    /// <summary>The ledger's clock, which is the store's: never goes back while the process lives.</summary>
    public long NowMilliseconds { get; private set; }

    public DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(NowMilliseconds);

    /// <summary>The instance that writes.</summary>
    public string Instance => store.Instance;

    /// <summary>Which other instances are silent, as far as this one can say.</summary>
    public Contact Contact => store.Contact;

    /// <summary>What was decided on a call of an earlier instant was decided by what a dead instance remembered, and does not count. 0 for an instance that never died.</summary>
    public long DecidedFromMilliseconds { get; internal set; }

    /// <summary>How far an instant may lie ahead of <see cref="Now"/> and still be believed.</summary>
    public TimeSpan MaxAhead => store.MaxAhead;

    /// <summary>Set by work that changes definitions: every instance reads them anew.</summary>
    public bool ChangesDefinitions { get; set; }

    /// <summary>The newest event of any chain, 0 where there is none.</summary>
    public long LastAuditId => lastAuditId >= 0 ? lastAuditId : ReadLastAuditId();

    /// <summary>The statement for <paramref name="sql"/>, prepared at its first use and kept.</summary>
    public Statement Prepare(string sql) => store.Prepare(sql);

    /// <summary>The id for the next event of any chain.</summary>
    public long TakeAuditId() => lastAuditId = LastAuditId + 1;

    /// <summary>What a room remembers of the tables from one group to the next; made at its first use.</summary>
    public T State<T>()
        where T : TransactionState, new()
    {
        foreach (var state in states)
        {
            if (state is T found)
            {
                return found;
            }
        }
        var made = new T();
        states.Add(made);
        return made;
    }

    /// <summary>Once this is committed the ledger's clock is not before that instant, of a call that was admitted: where the wall clock was set back meanwhile, what comes after the call must not look older.</summary>
    public void NotBefore(DateTimeOffset instant) => admittedMilliseconds = Math.Max(admittedMilliseconds, instant.ToUnixTimeMilliseconds());

    /// <summary>After a restart time goes on from the last event, even if the wall clock was set back meanwhile. Not from the latest: what an earlier start dated by a wrong clock may lie ahead for weeks.</summary>
    internal void StartClock()
    {
        var last = Prepare("SELECT at_milliseconds FROM audit ORDER BY id DESC LIMIT 1");
        lastMilliseconds = last.Step() ? last.Integer(0) : 0;
        last.Reset();
    }

    /// <summary>Time does not go back, unless it was a wrong clock that was so far ahead.</summary>
    /// <param name="last">Of the last group, in Unix milliseconds.</param>
    /// <param name="now">By the ledger's clock.</param>
    long GoOn(long last, long now) => last - now > (long)MaxAhead.TotalMilliseconds ? now : Math.Max(last, now);

    internal Turn Begin()
    {
        ChangesDefinitions = false;
        admittedMilliseconds = 0;
        var turn = store.Begin();
        NowMilliseconds = GoOn(lastMilliseconds, turn.NowMilliseconds);
        if (turn.Foreign)
        {
            Forget();
        }
        return turn;
    }

    internal void Commit()
    {
        store.Commit(this, ChangesDefinitions);
        lastMilliseconds = GoOn(admittedMilliseconds, NowMilliseconds);
    }

    internal void Rollback()
    {
        Forget();
        store.Rollback();
    }

    void Forget()
    {
        states.ForEach(state => state.Forget());
        lastAuditId = -1;
    }

    long ReadLastAuditId()
    {
        var last = Prepare("SELECT COALESCE(MAX(id), 0) FROM audit");
        last.Step();
        lastAuditId = last.Integer(0);
        last.Reset();
        return lastAuditId;
    }
}

/// <summary>What a room remembers of the tables from one group to the next.</summary>
abstract class TransactionState
{
    /// <summary>Another instance has written meanwhile, or the group was rolled back: what is remembered may no longer be so.</summary>
    public abstract void Forget();
}
