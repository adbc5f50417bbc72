using System.Diagnostics;
using System.Text.Json;

namespace Governance.Bench.Load;

/// <summary>Drives one order after another; lives as long as its owner, so that it is warm when it counts.</summary>
static class LoadGenerator
{
    /// <summary>How long calls in flight may take to end after the time is up.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static async Task<int> RunAsync(Arguments arguments)
    {
        if (!arguments.Has("child"))
        {
            return await RunAloneAsync(arguments);
        }
        Console.WriteLine("ready http://127.0.0.1/");
        while (await Console.In.ReadLineAsync() is { } line)
        {
            Console.WriteLine(JsonSerializer.Serialize(await DriveAsync(JsonSerializer.Deserialize<LoadOrder>(line)!)));
        }
        return 0;
    }

    static async Task<int> RunAloneAsync(Arguments arguments)
    {
        var stream = arguments.Text("only", "json") == "stream";
        var order = new LoadOrder(
            new Uri(arguments.Text("urls", ""), UriKind.Absolute),
            stream,
            arguments.Number("connections", 64, 1, 1000),
            arguments.Fraction("warmup", 0.5, 0, 60),
            arguments.Fraction("seconds", 5, 0.1, 600),
            arguments.Text("key", "none"),
            arguments.Number("body-bytes", 1024, 256, 1_000_000),
            0) { CallsPerSecond = arguments.Fraction("rate", 0, 0, 100_000) };
        var result = await DriveAsync(order);
        Console.WriteLine(JsonSerializer.Serialize(result));
        return result.Faults == 0 ? 0 : 1;
    }

    static async Task<LoadResult> DriveAsync(LoadOrder order)
    {
        Loopback.EndPoint(order.Address);
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var from = Stopwatch.GetTimestamp() + (long)(order.WarmupSeconds * Stopwatch.Frequency);
        var until = from + (long)(order.Seconds * Stopwatch.Frequency);
        var connections = Enumerable.Range(0, order.Connections).Select(index => new LoadConnection(order, index, from, until)).ToArray();
        var running = Task.WhenAll(connections.Select(connection => connection.RunAsync()));
        await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(order.WarmupSeconds + order.Seconds) + Patience));
        foreach (var connection in connections)
        {
            // Ends the calls that hang: their receive fails and is counted as a fault.
            connection.Dispose();
        }
        await running;
        var latencies = new Latencies();
        Array.ForEach(connections, connection => latencies.Add(connection.Latencies));
        var total = connections.Sum(connection => connection.Total);
        // The bound on calls may have ended the run before its time.
        var seconds = Math.Min(order.Seconds, Math.Max(0.001, Stopwatch.GetElapsedTime(from).TotalSeconds));
        return new LoadResult(
            total,
            latencies.Count,
            connections.Sum(connection => connection.Faults),
            connections.Select(connection => connection.FirstFault).FirstOrDefault(fault => fault is not null),
            latencies.Count / seconds,
            latencies.Micros(0.50),
            latencies.Micros(0.99),
            latencies.MeanMicros,
            (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds / Math.Max(1, total));
    }
}
