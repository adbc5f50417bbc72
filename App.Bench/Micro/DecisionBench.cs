using System.Diagnostics;
using System.Globalization;

namespace Governance.Bench.Micro;

/// <summary>Times a piece of code that decides and touches nothing outside, call by call on one thread.</summary>
sealed class DecisionBench(string name, Action decide)
{
    /// <summary>Enough for the runtime's second compilation, which comes after 30 calls and a pause.</summary>
    const int WarmupCalls = 20_000;

    public DecisionFigures Run(int iterations)
    {
        for (var phase = 0; phase < 3; phase++)
        {
            for (var call = 0; call < WarmupCalls / 3; call++)
            {
                decide();
            }
            Thread.Sleep(150);
        }
        var latencies = new Latencies();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var call = 0; call < iterations; call++)
        {
            var began = Stopwatch.GetTimestamp();
            decide();
            latencies.Add(Stopwatch.GetTimestamp() - began);
        }
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        return new DecisionFigures(name, latencies.Micros(0.50), latencies.Micros(0.99), latencies.MeanMicros, (double)allocated / iterations);
    }
}

/// <summary>What one call costs.</summary>
/// <param name="AllocatedBytes">On the managed heap, a call.</param>
sealed record DecisionFigures(string Name, double P50Micros, double P99Micros, double MeanMicros, double AllocatedBytes)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name,-40} p50 {P50Micros,9:0.00} us   p99 {P99Micros,9:0.00} us   mean {MeanMicros,9:0.00} us   {AllocatedBytes,9:0} B allocated");
}
