using Governance.Audit;
using Governance.Ledger;

namespace Governance.Gateway;

/// <summary>Gives every call its id: unique among all instances, and never before an id that was given earlier.</summary>
sealed class CallIds(TimeProvider time, Journal? journal = null)
{
    long last;

    public CallId Next()
    {
        var now = time.GetUtcNow();
        while (true)
        {
            var before = Volatile.Read(ref last);
            var next = journal?.InstanceNumber is { } instance ? CallId.Next(new CallId(before), now, instance) : CallId.Next(new CallId(before), now);
            if (Interlocked.CompareExchange(ref last, next.Value, before) == before)
            {
                return next;
            }
        }
    }

    /// <summary>Goes on behind <paramref name="id"/>, the newest one that the ledger knows.</summary>
    public void StartAfter(CallId id)
    {
        if (id.Value > Volatile.Read(ref last))
        {
            Volatile.Write(ref last, id.Value);
        }
    }
}
