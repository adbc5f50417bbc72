namespace Governance.Journal;

/// <summary>
/// Answers the waiters of a group on the thread pool, as many at a time as there are processors: one hand-over for a share of the group
/// costs far less than one for each. A waiter goes on until it waits again, which is soon; what changes definitions is answered by itself,
/// because a page may take its time.
/// </summary>
sealed class JournalAnswers : IThreadPoolWorkItem
{
    readonly List<JournalWork> works;
    readonly Exception? failure;

    JournalAnswers(List<JournalWork> works, Exception? failure = null) => (this.works, this.failure) = (works, failure);

    /// <summary>Tells everybody who waits for works [from, to) of <paramref name="group"/> that they are durable.</summary>
    /// <param name="onPool">False where the journal has no thread of its own: then whoever lets it write is answered before it goes on.</param>
    public static void Complete(List<JournalWork> group, int from, int to, bool onPool)
    {
        var awaited = 0;
        for (var i = from; i < to; i++)
        {
            awaited += group[i].IsAwaited ? 1 : 0;
        }
        var share = Math.Max(1, (awaited + Environment.ProcessorCount - 1) / Environment.ProcessorCount);
        Hand(group, from, to, share, last: false, onPool);
        Hand(group, from, to, share, last: true, onPool);
    }

    static void Hand(List<JournalWork> group, int from, int to, int share, bool last, bool onPool)
    {
        List<JournalWork>? some = null;
        for (var i = from; i < to; i++)
        {
            if (!group[i].IsAwaited || group[i].IsAnsweredLast != last)
            {
                continue;
            }
            (some ??= new List<JournalWork>(share)).Add(group[i]);
            if (some.Count == share)
            {
                Hand(new JournalAnswers(some), onPool);
                some = null;
            }
        }
        if (some is not null)
        {
            Hand(new JournalAnswers(some), onPool);
        }
    }

    /// <summary>Tells who waits for <paramref name="work"/> that it is not written; <paramref name="onPool"/> as above.</summary>
    public static void Fail(JournalWork work, Exception failure, bool onPool) => Hand(new JournalAnswers([work], failure), onPool);

    public void Execute()
    {
        foreach (var work in works)
        {
            if (failure is null)
            {
                work.Complete();
            }
            else
            {
                work.Fail(failure);
            }
        }
    }

    static void Hand(JournalAnswers answers, bool onPool)
    {
        if (onPool)
        {
            ThreadPool.UnsafeQueueUserWorkItem(answers, preferLocal: false);
        }
        else
        {
            answers.Execute();
        }
    }
}
