using System.Diagnostics;
using System.Numerics;

namespace Governance.Bench;

/// <summary>Durations counted in buckets no wider than a sixty-fourth of their value; adding one allocates nothing.</summary>
sealed class Latencies
{
    const int SubBits = 6;
    const int Buckets = 64 << SubBits;

    readonly long[] counts = new long[Buckets];
    long nanosSum;

    public long Count { get; private set; }

    public void Add(long ticks)
    {
        var nanos = (long)(ticks * (1e9 / Stopwatch.Frequency));
        var shift = Math.Max(0, BitOperations.Log2((ulong)nanos | 1) - SubBits);
        counts[(shift << SubBits) + (int)(nanos >> shift)]++;
        nanosSum += nanos;
        Count++;
    }

    public void Add(Latencies other)
    {
        for (var index = 0; index < Buckets; index++)
        {
            counts[index] += other.counts[index];
        }
        nanosSum += other.nanosSum;
        Count += other.Count;
    }

    public double MeanMicros => Count == 0 ? 0 : nanosSum / 1e3 / Count;

    /// <summary>The middle of the bucket in which that share of all durations has been seen.</summary>
    /// <param name="share">0 to 1.</param>
    public double Micros(double share)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(Count * share));
        long seen = 0;
        for (var index = 0; index < Buckets; index++)
        {
            seen += counts[index];
            if (seen >= wanted)
            {
                var shift = Math.Max(0, (index >> SubBits) - 1);
                return (((long)(index - (shift << SubBits)) << shift) + (1L << shift) / 2.0) / 1e3;
            }
        }
        return 0;
    }
}
