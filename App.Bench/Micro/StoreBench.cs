using System.Diagnostics;
using System.Globalization;

namespace Governance.Bench.Micro;

/// <summary>Times something durable, with one or many callers waiting at once; <paramref name="hold"/> returns when it is safe on disk.</summary>
sealed class StoreBench(string name, Func<Task> hold)
{
    public async Task<StoreFigures> RunAsync(int callers, int count)
    {
        await DriveAsync(callers, Math.Max(callers, count / 10));
        var began = Stopwatch.GetTimestamp();
        var latencies = await DriveAsync(callers, count);
        return new StoreFigures($"{name}, {callers} at once", latencies.Count / Stopwatch.GetElapsedTime(began).TotalSeconds, latencies.Micros(0.50), latencies.Micros(0.99));
    }

    /// <summary>Begins one every so often, whether the ones before have ended or not.</summary>
    public async Task<StoreFigures> RunPacedAsync(int perSecond, int count)
    {
        var began = Stopwatch.GetTimestamp();
        var running = new List<Task<long>>(count);
        for (var number = 0; number < count; number++)
        {
            var due = TimeSpan.FromSeconds((double)number / perSecond) - Stopwatch.GetElapsedTime(began);
            if (due > TimeSpan.Zero)
            {
                await Task.Delay(due);
            }
            running.Add(Task.Run(TimeAsync));
        }
        var latencies = new Latencies();
        foreach (var ticks in await Task.WhenAll(running))
        {
            latencies.Add(ticks);
        }
        return new StoreFigures($"{name}, {perSecond} a second", count / Stopwatch.GetElapsedTime(began).TotalSeconds, latencies.Micros(0.50), latencies.Micros(0.99));

        async Task<long> TimeAsync()
        {
            var from = Stopwatch.GetTimestamp();
            await hold();
            return Stopwatch.GetTimestamp() - from;
        }
    }

    async Task<Latencies> DriveAsync(int callers, int count)
    {
        var left = count;
        var each = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(CallAsync)));
        var all = new Latencies();
        Array.ForEach(each, all.Add);
        return all;

        async Task<Latencies> CallAsync()
        {
            var mine = new Latencies();
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var began = Stopwatch.GetTimestamp();
                await hold();
                mine.Add(Stopwatch.GetTimestamp() - began);
            }
            return mine;
        }
    }
}

/// <summary>What one durable step costs its caller, and how many fit into a second.</summary>
sealed record StoreFigures(string Name, double PerSecond, double P50Micros, double P99Micros)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name,-48} {PerSecond,9:0} /s   p50 {P50Micros / 1000,8:0.000} ms   p99 {P99Micros / 1000,8:0.000} ms");
}
