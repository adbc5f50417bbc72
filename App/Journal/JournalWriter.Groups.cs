using System.Data.Common;
using System.Diagnostics;
using Governance.Journal.Postgres;

namespace Governance.Journal;

/// <content>How a group is written, answered, or taken back.</content>
sealed partial class JournalWriter
{
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
        catch (Exception exception) when (exception is not CommitUnknownException)
        {
            TakeBack(from, to, exception);
            return;
        }
        catch (CommitUnknownException exception)
        {
            var arrived = Arrived(exception);
            if (arrived is not true)
            {
                // Where the answer is no, nobody need doubt it.
                TakeBack(from, to, arrived is null ? exception : exception.InnerException!);
                return;
            }
        }
        Answer(from, to);
    }

    /// <summary>Nothing of the group is in the database.</summary>
    void TakeBack(int from, int to, Exception exception)
    {
        Rollback();
        if (exception is InstanceEndedException)
        {
            store.BeBornAgain();
        }
        if (to - from == 1 || store.IsUnavailable(exception) || StoreFailure.IsForAll(exception))
        {
            Refuse(from, to, exception);
            return;
        }
        for (var i = from; i < to; i++)
        {
            WriteGroup(i, i + 1);
        }
    }

    void Commit(int from, int to)
    {
        Debug.Assert(transaction is not null);
        if (!store.Registered)
        {
            Join();
        }
        Follow(transaction.Begin());
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

    /// <summary>After this instance was declared dead: becomes known as a new one and reads everything anew, before any work of it is written.</summary>
    void Join()
    {
        var turn = transaction!.Begin();
        store.Register(transaction);
        Follow(turn with { Foreign = true, Outdated = true });
        foreach (var listener in listeners)
        {
            listener.BeforeCommit(transaction);
        }
        try
        {
            transaction.Commit();
        }
        catch (CommitUnknownException)
        {
            // Whether this id is known is not known: yet another one is taken.
            throw new InstanceEndedException();
        }
        foreach (var listener in listeners)
        {
            listener.AfterCommit();
        }
        transaction.DecidedFromMilliseconds = time.GetUtcNow().ToUnixTimeMilliseconds() + 1;
    }

    /// <summary>What other instances have committed since this one's last group comes into force here, before anything is decided.</summary>
    void Follow(Turn turn)
    {
        if (turn.Foreign)
        {
            foreach (var listener in listeners)
            {
                listener.AfterForeignCommit();
            }
        }
        if (turn.WentBack is { } reason)
        {
            LogWentBack(logger, reason);
            foreach (var listener in listeners)
            {
                listener.AfterWentBack(transaction!, reason);
            }
        }
        if (turn.Outdated)
        {
            using var change = NewChange(transaction!);
            change.Prepare(listeners);
            change.Swap();
        }
    }

    /// <summary>After a commit that nobody answered; null where nobody can be asked. While it is asked for, everybody else is told to come back rather than left waiting.</summary>
    bool? Arrived(Exception exception)
    {
        LastFailure = exception.Message;
        unavailable = true;
        try
        {
            FailWaiting();
            return store.Arrived();
        }
        catch (Exception unanswered)
        {
            LogFailed(logger, "the outcome of a commit", unanswered);
            return null;
        }
        finally
        {
            unavailable = false;
        }
    }

    void FailWaiting()
    {
        List<JournalWork> turnedAway;
        lock (door)
        {
            (turnedAway, waiting) = (waiting, []);
        }
        var answer = new JournalUnavailableException("The store cannot be written at the moment.");
        turnedAway.ForEach(work => JournalAnswers.Fail(work, answer, settings.OwnThread));
    }

    void Refuse(int from, int to, Exception exception)
    {
        var down = store.IsUnavailable(exception);
        Figures.Failed(to - from);
        LastFailure = down || exception is DbException or StoreUnavailableException ? exception.Message : LastFailure;
        Unwritable = down || StoreFailure.Is(exception) ? exception.Message : Unwritable;
        LogFailed(logger, to - from == 1 ? group[from].GetType().Name : $"{to - from} works", exception);
        var answer = down ? new JournalUnavailableException("The store cannot be written at the moment.", exception) : exception;
        for (var i = from; i < to; i++)
        {
            JournalAnswers.Fail(group[i], answer, settings.OwnThread);
        }
    }

    /// <summary>From here on the group is durable: memory follows, waiters are answered.</summary>
    void Answer(int from, int to)
    {
        (LastFailure, Unwritable) = (null, null);
        Figures.Committed(to - from);
        // First what is in force: who is woken by a listener decides by it.
        group[from].Committing();
        foreach (var listener in listeners)
        {
            listener.AfterCommit();
        }
        CrashPoint.Reach("before-answer");
        JournalAnswers.Complete(group, from, to, settings.OwnThread);
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
}
