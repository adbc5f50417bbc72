namespace Governance.Audit;

/// <summary>The machine's clock, put right by the database's: periods must not depend on which instance took a call. Durations stay the machine's own.</summary>
sealed class LedgerTime : TimeProvider
{
    /// <summary>Differences below this are the way of the answer, not the clocks.</summary>
    const long TolerancePerMeasureTicks = 5 * TimeSpan.TicksPerMillisecond;

    long offset;

    /// <summary>How far the machine's clock is behind the database's; negative where it is ahead.</summary>
    public TimeSpan Offset => new(Interlocked.Read(ref offset));

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;

    /// <summary>Takes over what the database's clock says at this moment.</summary>
    public void Observe(DateTimeOffset database)
    {
        var difference = (database - base.GetUtcNow()).Ticks;
        if (Math.Abs(difference - Interlocked.Read(ref offset)) > TolerancePerMeasureTicks)
        {
            Interlocked.Exchange(ref offset, difference);
        }
    }
}
