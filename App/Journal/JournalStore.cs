using System.Data.Common;
using Governance.Journal.Postgres;
using Governance.Journal.Sqlite;

namespace Governance.Journal;

/// <summary>How a group found the store when it began.</summary>
/// <param name="NowMilliseconds">The store's clock.</param>
/// <param name="Foreign">Another instance has written since this one did: what is kept of the tables may be out of date.</param>
/// <param name="Outdated">Another instance has changed definitions since this one read them.</param>
/// <param name="WentBack">Why the store cannot be the one that this instance last saw, but only an older state of it; null where it is.</param>
readonly record struct Turn(long NowMilliseconds, bool Foreign, bool Outdated, string? WentBack = null);

/// <summary>The journal's own connection: how a group begins, commits and fails in the store at hand. Used on the journal's thread only.</summary>
abstract class JournalStore : IDisposable
{
    readonly Dictionary<string, Statement> statements = new(new ByText());

    /// <summary>This run of the process, as the store knows it; another one once it was declared dead.</summary>
    public string Instance { get; protected set; } = NewInstance();

    /// <summary>Small, and no other living instance's: makes the ids of calls unique. null where there is only one instance.</summary>
    public int? Number { get; protected set; }

    /// <summary>Whether the store knows this instance; another one must join before it writes.</summary>
    public bool Registered { get; protected set; }

    /// <summary>The version of the definitions that this instance has in force; 0 where only it changes them.</summary>
    public virtual long Definitions => 0;

    /// <summary>Which other instances are silent, as far as this one can say.</summary>
    public Contact Contact { get; protected init; } = new(TimeProvider.System, Instances.Lease);

    /// <summary>Grows when a group is committed that found the store in an older state.</summary>
    public virtual long State => 0;

    /// <summary>An instant that lies further ahead of the ledger's clock was written by a wrong one, and time does not go on from it. Where nobody else's clock can be asked it may be this one that was set back.</summary>
    public virtual TimeSpan MaxAhead => LedgerTime.MaxStep;

    public abstract DbConnection Connection { get; }

    public static JournalStore Of(JournalSettings settings, TimeProvider time, ILogger logger) =>
        settings.IsShared ? new PostgresStore(settings, time, logger) : new SqliteStore(settings, time);

    /// <summary>Connects for the first time.</summary>
    public abstract void Open();

    /// <summary>Makes this process known in the first transaction. What it held under an earlier id, and nobody has resolved, becomes its own again.</summary>
    public abstract void Register(JournalTransaction transaction);

    /// <summary>Opens a transaction that sees everything that was ever committed, and keeps every other writer out until it ends.</summary>
    public abstract Turn Begin();

    /// <param name="definitionsChanged">Whether every instance must read its definitions anew.</param>
    public abstract void Commit(JournalTransaction transaction, bool definitionsChanged);

    /// <summary>Never throws: a connection that cannot even do this is given up, and the next group connects anew.</summary>
    public abstract void Rollback();

    /// <summary>A turn of the store that was read on another connection. False where it is below one that was seen in the same state.</summary>
    public virtual bool Saw(long state, long turn) => true;

    /// <summary>What the store wants done now and then between two groups.</summary>
    public virtual void Tidy() { }

    /// <summary>Whether the failure is the store's as a whole, so that no work of the group can fare better by itself.</summary>
    public abstract bool IsUnavailable(Exception exception);

    /// <summary>After a commit that nobody answered: waits for the store and asks whether it arrived.</summary>
    public virtual bool Arrived() => false;

    /// <summary>Goes on under a new id, after this one was declared dead.</summary>
    public virtual void BeBornAgain() { }

    /// <summary>On the way out: nothing of this process is open any more, or somebody else may resolve it.</summary>
    public virtual void End() { }

    /// <summary>The statement for <paramref name="sql"/>, prepared at its first use and kept.</summary>
    public Statement Prepare(string sql)
    {
        if (!statements.TryGetValue(sql, out var statement))
        {
            statements[sql] = statement = NewStatement(sql);
        }
        return statement;
    }

    public virtual void Dispose() => DropStatements();

    protected abstract Statement NewStatement(string sql);

    protected static string NewInstance() => Guid.NewGuid().ToString("N");

    protected void ResetStatements()
    {
        foreach (var statement in statements.Values)
        {
            statement.Reset();
        }
    }

    protected void DropStatements()
    {
        foreach (var statement in statements.Values)
        {
            statement.Dispose();
        }
        statements.Clear();
    }

    /// <summary>Statements are long and nearly always the very same object: a few of their characters tell them apart.</summary>
    sealed class ByText : IEqualityComparer<string>
    {
        public bool Equals(string? left, string? right) => ReferenceEquals(left, right) || string.Equals(left, right, StringComparison.Ordinal);

        public int GetHashCode(string text) => text.Length == 0 ? 0 : HashCode.Combine(text.Length, text[text.Length / 4], text[text.Length / 2], text[^1]);
    }
}

/// <summary>The store cannot be written at the moment, and nothing of this was written; the journal works again by itself once it can be.</summary>
sealed class JournalUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>True where it may have been written after all: the connection was lost during the commit, and nobody could be asked since.</summary>
    public bool MayBeWritten => InnerException is CommitUnknownException;
}
