using Governance.Journal;
using Governance.Ledger.Entries;

namespace Governance.Gateway;

/// <summary>
/// Gives every call its id: unique among all instances, and not before an id that was given earlier. One that was given by a wrong clock, too far ahead,
/// is not followed: what comes after it would be counted in a period that has not begun.
/// </summary>
sealed class CallIds(TimeProvider time, JournalWriter? journal = null)
{
    static readonly TimeSpan clocksDiffer = TimeSpan.FromMinutes(5);

    long last;
    long newest;
    long newestMisdated;

    public CallId Next()
    {
        while (true)
        {
            var before = Volatile.Read(ref last);
            var next = NextAfter(new CallId(before), time.GetUtcNow());
            if (Interlocked.CompareExchange(ref last, next.Value, before) == before)
            {
                return next;
            }
        }
    }

    /// <summary>The instant of the newest entry that the ledger had at the start, where that lies ahead of its clock; null else.</summary>
    public DateTimeOffset? Ahead => new CallId(Volatile.Read(ref newest)).At is var at && at - time.GetUtcNow() > clocksDiffer ? at : null;

    /// <summary>Goes on behind <paramref name="id"/>, the newest one that the ledger knows.</summary>
    public void StartAfter(CallId id)
    {
        if (id.Value > Volatile.Read(ref last) || new CallId(Volatile.Read(ref last)).At - time.GetUtcNow() > MaxAhead)
        {
            Volatile.Write(ref last, id.Value);
        }
        Volatile.Write(ref newest, Math.Max(newest, id.Value));
    }

    TimeSpan MaxAhead => journal?.MaxAhead ?? LedgerTime.MaxStep;

    CallId NextAfter(CallId before, DateTimeOffset now)
    {
        // A process that turned out to be ahead of all others must not go on in the period that it was in; the ledger takes what is a little ahead.
        if (before.At - now > MaxAhead / 2)
        {
            Volatile.Write(ref newestMisdated, Math.Max(Volatile.Read(ref newestMisdated), before.Value));
            before = default;
        }
        // In a stretch of time for which ids were given already it begins anywhere in the millisecond.
        var from = before.Value < CallId.FirstAt(now).Value && CallId.FirstAt(now).Value <= Math.Max(Volatile.Read(ref newest), Volatile.Read(ref newestMisdated)) ? CallId.OneOf(now, Random.Shared.Next(CallId.PerMillisecond / 2)) : before;
        return journal?.InstanceNumber is { } instance ? CallId.Next(from, now, instance) : CallId.Next(from, now);
    }
}
