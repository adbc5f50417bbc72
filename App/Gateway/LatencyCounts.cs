namespace Governance.Gateway;

/// <summary>A histogram of durations that costs two interlocked additions a call.</summary>
sealed class LatencyCounts
{
    /// <summary>Upper bounds of the buckets, in seconds; the last bucket has none.</summary>
    public static readonly double[] Bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

    readonly long[] counts = new long[Bounds.Length + 1];
    long ticks;

    public void Add(TimeSpan duration)
    {
        var seconds = duration.TotalSeconds;
        var bucket = 0;
        while (bucket < Bounds.Length && seconds > Bounds[bucket])
        {
            bucket++;
        }
        Interlocked.Increment(ref counts[bucket]);
        Interlocked.Add(ref ticks, duration.Ticks);
    }

    /// <summary>How many fell into each bucket, and their sum.</summary>
    public (long[] Counts, TimeSpan Sum) Read() => ([.. counts.Select((_, i) => Volatile.Read(ref counts[i]))], new TimeSpan(Interlocked.Read(ref ticks)));
}
