using System.Threading.Tasks.Sources;

namespace Governance.Journal;

/// <summary>Something to be written. It runs on the journal's thread inside a transaction that it may share with others; whoever waits is answered after the commit.</summary>
abstract class JournalWork
{
    /// <summary>Alone in its transaction, because it changes definitions that others in the group were decided on.</summary>
    public virtual bool Alone => false;

    /// <summary>Writes. May run again after a rollback, so it must not keep anything of an earlier run.</summary>
    public abstract void Execute(JournalTransaction transaction);

    /// <summary>Right after the commit, before anybody is answered; called for work that is alone.</summary>
    public virtual void Committing() { }

    /// <summary>False where nobody waits for the commit.</summary>
    public virtual bool IsAwaited => true;

    /// <summary>True where whoever waits has long work ahead and nobody waits for it in turn, such as telling a client why not: answered behind the others of the group.</summary>
    public virtual bool IsAnsweredLast => false;

    /// <summary>Answers whoever waits: durable. Who waited goes on inside, so it is never called on the journal's thread.</summary>
    public abstract void Complete();

    /// <summary>Answers whoever waits: not written. Never on the journal's thread, as <see cref="Complete"/>.</summary>
    public abstract void Fail(Exception exception);
}

/// <summary>Work that answers with a <typeparamref name="T"/>.</summary>
abstract class JournalWork<T> : JournalWork, IValueTaskSource<T>
{
    ManualResetValueTaskSourceCore<T> source;

    /// <summary>What <see cref="JournalWork.Execute"/> came to; handed out after the commit.</summary>
    protected T? Result { get; set; }

    /// <summary>For work that wraps this one.</summary>
    internal T? Outcome => Result;

    /// <summary>To be awaited once.</summary>
    public ValueTask<T> Committed => new(this, source.Version);

    public override void Complete() => source.SetResult(Result!);

    public override void Fail(Exception exception) => source.SetException(exception);

    T IValueTaskSource<T>.GetResult(short token) => source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => source.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        source.OnCompleted(continuation, state, token, flags);
}

/// <summary>A room's part in the journal: what it keeps in memory follows what is committed. All members run on the journal's thread.</summary>
abstract class JournalListener
{
    /// <summary>When its turn comes in every hook below.</summary>
    public abstract JournalPhase Phase { get; }

    /// <summary>Loads what the room keeps in memory, once, before anything is served.</summary>
    public virtual void Start(Change change) { }

    /// <summary>Before a change of definitions commits: reads the new state and answers what swaps it in after the commit.</summary>
    public virtual Action? Prepare(Change change) => null;

    /// <summary>Before a group commits: the last rows that belong to it.</summary>
    public virtual void BeforeCommit(JournalTransaction transaction) { }

    public virtual void AfterCommit() { }

    /// <summary>Before a group of this instance, where another instance has written meanwhile: forget what is kept of the tables.</summary>
    public virtual void AfterForeignCommit() { }

    /// <summary>In the first group that finds the store in an older state than this instance has seen, before any of its works.</summary>
    public virtual void AfterWentBack(JournalTransaction transaction, string reason) { }

    /// <summary>Forget everything that the group had brought about.</summary>
    public virtual void AfterRollback() { }
}
