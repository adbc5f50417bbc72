using System.Globalization;
using System.Text.Json;
using Governance.Bench.Load;
using Governance.Bench.Upstream;

namespace Governance.Bench.Comparison;

/// <summary>Starts every party as its own process and drives the targets in turn, round after round.</summary>
sealed class Runner(ComparisonOptions options, Child stub, Child load, Child? forwarder, Product? product) : IDisposable
{
    const int Attempts = 5;

    readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
    readonly List<Cell> cells = [];

    public static async Task<int> RunAsync(ComparisonOptions options)
    {
        using var stopping = new Stopping();
        if (AppContext.BaseDirectory.Contains("/Debug/", StringComparison.Ordinal))
        {
            Console.WriteLine("Built without optimisation: figures mean nothing (dotnet run -c Release --project App.Bench).");
        }
        using var stub = await Child.StartAsync("stub", inline: true, "--deltas-per-write", options.DeltasPerWrite.ToString(CultureInfo.InvariantCulture));
        using var load = await Child.StartAsync("load", inline: true);
        using var forwarder = options.Targets.Contains(Target.Forwarder) ? await Child.StartAsync("forwarder", inline: false, "--upstream", stub.Address.ToString()) : null;
        using var product = options.Targets.Contains(Target.Product) ? await Product.StartAsync(new ProductStart(options.Product, options.DataFolder, ProductDocument.Yaml(stub.Address), options.BodyBytes, StubAnswers.BodyBytes(stream: false))) : null;
        using var runner = new Runner(options, stub, load, forwarder, product);
        try
        {
            return await runner.DriveAsync(stopping.Token);
        }
        catch (OperationCanceledException)
        {
            throw new BenchException("Stopped.");
        }
    }

    public void Dispose() => client.Dispose();

    async Task<int> DriveAsync(CancellationToken cancellation)
    {
        Console.WriteLine($"{options.Rounds} rounds of {options.Seconds} s a cell, body {options.BodyBytes} bytes, {StubAnswers.Deltas} deltas a stream in groups of {options.DeltasPerWrite}, {Environment.ProcessorCount} processors; load and stub run on the same machine.");
        foreach (var target in options.Targets)
        {
            foreach (var stream in options.Streams)
            {
                // Long enough for the runtime to have compiled its hot paths for good.
                await AskAsync(target, stream, 16, warmup: 0, options.CompileSeconds, cancellation);
            }
        }
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var stream in options.Streams)
            {
                foreach (var connections in options.Connections)
                {
                    foreach (var target in options.Targets)
                    {
                        cells.Add(await MeasureUndisturbedAsync(round, target, stream, connections, cancellation));
                    }
                }
            }
        }
        var rows = Row.From(cells);
        Console.WriteLine();
        Report.Print(rows, options);
        if (options.Out is not null)
        {
            Report.Write(options.Out, rows, cells, options);
        }
        return await BooksAreRightAsync() && cells.All(cell => cell.Load.Faults == 0) ? 0 : 1;
    }

    /// <summary>The least disturbed of a few attempts: on a virtual machine whose host is busy a figure says more of the host than of the target.</summary>
    async Task<Cell> MeasureUndisturbedAsync(int round, Target target, bool stream, int connections, CancellationToken cancellation)
    {
        var best = await MeasureAsync(round, target, stream, connections, cancellation);
        for (var attempt = 1; attempt < Attempts && best.Stolen > options.MostStolen && best.Load.Faults == 0; attempt++)
        {
            var again = await MeasureAsync(round, target, stream, connections, cancellation);
            best = again.Stolen < best.Stolen || again.Load.Faults > 0 ? again : best;
        }
        return best;
    }

    async Task<Cell> MeasureAsync(int round, Target target, bool stream, int connections, CancellationToken cancellation)
    {
        var process = target switch { Target.Straight => stub.Id, Target.Forwarder => forwarder!.Id, _ => product!.Id };
        var reached = await ReachedAsync();
        ProcessMeter.ForgetPeak(process);
        var cpu = ProcessMeter.CpuMicros(process);
        var (all, stolen) = ProcessMeter.MachineTicks();
        var result = await AskAsync(target, stream, connections, options.WarmupSeconds, options.Seconds, cancellation);
        cpu = ProcessMeter.CpuMicros(process) - cpu;
        var (allAfter, stolenAfter) = ProcessMeter.MachineTicks();
        var taken = (double)(stolenAfter - stolen) / Math.Max(1, allAfter - all);
        reached = await ReachedAsync() - reached;
        if (reached != result.Total)
        {
            result = result with { Faults = result.Faults + Math.Abs(reached - result.Total), FirstFault = result.FirstFault ?? $"{result.Total} calls were answered, but {reached} reached the stub." };
        }
        var name = $"round {round}  {(stream ? "stream" : "json"),-6} {connections,4}  {Report.Name(target),-18}";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {result.RequestsPerSecond,9:0} /s  p50 {result.P50Micros / 1000:0.000}  p99 {result.P99Micros / 1000:0.000} ms{(taken > options.MostStolen ? $"   the host took {taken:0 %}" : "")}"));
        if (result.Faults > 0)
        {
            Console.WriteLine($"  {result.Faults} FAULTS, such as: {result.FirstFault}");
        }
        return new Cell(round, target, stream, connections, result, cpu / Math.Max(1, result.Total), ProcessMeter.PeakMegabytes(process), taken);
    }

    async Task<LoadResult> AskAsync(Target target, bool stream, int connections, double warmup, double seconds, CancellationToken cancellation)
    {
        var address = target switch { Target.Straight => stub.Address, Target.Forwarder => forwarder!.Address, _ => product!.Address };
        var order = new LoadOrder(address, stream, connections, warmup, seconds, product?.Key ?? "sk-gov-bench", options.BodyBytes, StubAnswers.BodyBytes(stream));
        var answer = await load.AskAsync(JsonSerializer.Serialize(order), TimeSpan.FromSeconds(warmup + seconds + 40)).WaitAsync(cancellation);
        return JsonSerializer.Deserialize<LoadResult>(answer)!;
    }

    async Task<long> ReachedAsync()
    {
        using var count = JsonDocument.Parse(await client.GetStringAsync(new Uri(stub.Address, "/count")));
        return count.RootElement.GetProperty("requests").GetInt64();
    }

    async Task<bool> BooksAreRightAsync()
    {
        Console.WriteLine();
        Console.WriteLine("The stub's own count: " + await client.GetStringAsync(new Uri(stub.Address, "/count")));
        if (product is null || !options.Verify)
        {
            return true;
        }
        var (code, said) = await product.VerifyAsync();
        Console.WriteLine($"App verify: exit code {code}. {said}");
        return code == 0;
    }
}
