using System.Collections.Concurrent;

namespace Governance.Journal;

/// <summary>Tells whoever looks that something was committed, at most so often; what changed is read from the database.</summary>
sealed class Feed(TimeProvider time)
{
    readonly ConcurrentDictionary<Subscription, bool> subscriptions = new();

    /// <summary>Calls <paramref name="onCommitted"/> after commits, never twice within <paramref name="interval"/> and never twice at once. Dispose to stop.</summary>
    public IDisposable Subscribe(Func<Task> onCommitted, TimeSpan interval)
    {
        var subscription = new Subscription(this, onCommitted, interval, time);
        subscriptions[subscription] = true;
        return subscription;
    }

    /// <summary>Called by the journal after every commit; costs nothing while nobody looks.</summary>
    public void Publish()
    {
        if (subscriptions.IsEmpty)
        {
            return;
        }
        foreach (var subscription in subscriptions.Keys)
        {
            subscription.Signal();
        }
    }

    sealed class Subscription(Feed feed, Func<Task> onCommitted, TimeSpan interval, TimeProvider time) : IDisposable
    {
        const int Idle = 0;
        const int Scheduled = 1;
        const int SignalledWhileScheduled = 2;
        int state;
        volatile bool disposed;

        public void Signal()
        {
            var before = Interlocked.CompareExchange(ref state, Scheduled, Idle);
            if (before == Idle)
            {
                _ = Task.Run(DeliverAsync);
            }
            else if (before == Scheduled)
            {
                Interlocked.CompareExchange(ref state, SignalledWhileScheduled, Scheduled);
            }
        }

        public void Dispose()
        {
            disposed = true;
            feed.subscriptions.TryRemove(this, out _);
        }

        async Task DeliverAsync()
        {
            do
            {
                Interlocked.Exchange(ref state, Scheduled);
                if (disposed)
                {
                    return;
                }
                try
                {
                    await onCommitted();
                }
                catch (ObjectDisposedException)
                {
                    Dispose();
                }
                catch (Exception)
                {
                    // Whoever looks shows its own failures; the next commit tells it again.
                }
                await Task.Delay(interval, time);
            }
            while (Interlocked.CompareExchange(ref state, Idle, Scheduled) != Scheduled);
        }
    }
}
