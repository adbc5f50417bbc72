namespace Governance.Ledger;

/// <summary>Instants that go on as time passes, whatever is done to the wall clock: what a living process measures lifetimes by. Of no meaning in another process.</summary>
sealed class SteadyClock(TimeProvider time)
{
    readonly long begun = time.GetUtcNow().ToUnixTimeMilliseconds();
    readonly long started = time.GetTimestamp();

    /// <summary>Unix milliseconds, had nobody touched the clock since the process began.</summary>
    public long NowMilliseconds => begun + (long)time.GetElapsedTime(started).TotalMilliseconds;
}
