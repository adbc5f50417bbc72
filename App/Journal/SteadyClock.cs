namespace Governance.Journal;

/// <summary>Instants that go on as time passes, whatever is done to the wall clock: what a living process measures lifetimes by. Of no meaning in another process.</summary>
sealed class SteadyClock(TimeProvider time)
{
    /// <summary>From when it is asked first: before the store is open the ledger's clock is the machine's, which may be years away.</summary>
    readonly Lazy<(long Milliseconds, long Timestamp)> begun = new(() => (time.GetUtcNow().ToUnixTimeMilliseconds(), time.GetTimestamp()));

    /// <summary>Unix milliseconds, had nobody touched the clock since the process began.</summary>
    public long NowMilliseconds => begun.Value.Milliseconds + (long)time.GetElapsedTime(begun.Value.Timestamp).TotalMilliseconds;
}
