using System.Globalization;
using System.Text.Json;
using Governance.Bench.Comparison;
using Governance.Bench.Load;
using Governance.Bench.Upstream;

namespace Governance.Bench.SignIn;

/// <summary><c>sign-in-flood</c>: one address tries passwords all the time; does the owner still come in from another, and are calls still answered as fast?</summary>
sealed class FloodCommand(FloodOptions options, Product product, Child load, Owner owner)
{
    const int SignIns = 10;
    const double MaxRatio = 2;

    /// <summary>Calls are due one after another; so many connections are never all busy while the product is well.</summary>
    const int CallConnections = 32;

    const int BodyBytes = 1024;

    /// <summary>The first sign-in falls into the first second of the attempts, when most passwords wait to be compared: what is let through at once is then used up.</summary>
    static readonly TimeSpan firstSignIn = TimeSpan.FromSeconds(0.4);

    public static async Task<int> RunAsync(FloodOptions options)
    {
        using var stopping = new Stopping();
        if (AppContext.BaseDirectory.Contains("/Debug/", StringComparison.Ordinal))
        {
            Console.WriteLine("Built without optimisation: figures mean nothing (dotnet run -c Release --project App.Bench).");
        }
        using var stub = await Child.StartAsync("stub", inline: true);
        using var load = await Child.StartAsync("load", inline: true);
        using var product = await Product.StartAsync(new ProductStart(options.Product, options.DataFolder, ProductDocument.Yaml(stub.Address, withOwner: false), BodyBytes, StubAnswers.BodyBytes(stream: false)));
        try
        {
            var owner = new Owner(product.Address);
            await owner.BeginAsync(await product.WelcomeAsync(), stopping.Token);
            return await new FloodCommand(options, product, load, owner).MeasureAsync(stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.Token.IsCancellationRequested)
        {
            throw new BenchException("Stopped.");
        }
        catch (HttpRequestException fault)
        {
            throw new BenchException($"The product could not be asked: {fault.Message}");
        }
    }

    async Task<int> MeasureAsync(CancellationToken cancellation)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{options.CallsPerSecond} calls a second for {options.Seconds} s without and {options.Seconds} s with {options.AttemptsPerMinute:#,##0} sign-in attempts a minute over at most {options.Connections} connections; {Environment.ProcessorCount} processors, load average {LoadAverage()}; everything runs on the same machine."));
        await CallAsync(callsPerSecond: 0, 0, options.CompileSeconds, cancellation);
        var rounds = new List<FloodRound>();
        while (rounds.Count < options.Rounds)
        {
            rounds.Add(await MeasureRoundAsync(rounds.Count, cancellation));
            Console.WriteLine();
            rounds[^1].Print(options);
        }
        Console.WriteLine($"Load average {LoadAverage()}.");
        var faults = rounds.SelectMany(round => round.Faults(options)).Concat(FaultsOfRatio(rounds)).ToList();
        faults.ForEach(Console.WriteLine);
        return faults.Count == 0 ? 0 : 1;
    }

    static IEnumerable<string> FaultsOfRatio(IReadOnlyList<FloodRound> rounds)
    {
        var ratios = rounds.Select(round => round.P99Ratio).Order().ToArray();
        var median = (ratios[(ratios.Length - 1) / 2] + ratios[ratios.Length / 2]) / 2;
        return median <= MaxRatio ? [] : [$"The calls' p99 rose to {FloodRound.Text(median, "0.00")} times what it was without attempts; the aim is {FloodRound.Text(MaxRatio, "0")}."];
    }

    async Task<FloodRound> MeasureRoundAsync(int round, CancellationToken cancellation)
    {
        var (idle, idleStolen) = await CallSteadilyAsync(warmup: 1, cancellation);
        using var attempts = new Attempts(product.Address, options);
        await attempts.PrepareAsync(cancellation);
        var attempting = attempts.SendAsync(cancellation);
        var signingIn = SignInRepeatedlyAsync(round, cancellation);
        var (flood, floodStolen) = await CallSteadilyAsync(warmup: 0, cancellation);
        return new FloodRound(idle, idleStolen, flood, floodStolen, await attempting, await signingIn);
    }

    async Task<IReadOnlyList<SignInMade>> SignInRepeatedlyAsync(int round, CancellationToken cancellation)
    {
        var made = new List<SignInMade>();
        using var between = new PeriodicTimer(TimeSpan.FromSeconds(options.Seconds / SignIns));
        await Task.Delay(firstSignIn, cancellation);
        do
        {
            made.Add(await owner.SignInAsync(round, cancellation));
        }
        while (made.Count < SignIns && await between.WaitForNextTickAsync(cancellation));
        return made;
    }

    async Task<(LoadResult Calls, double Stolen)> CallSteadilyAsync(double warmup, CancellationToken cancellation)
    {
        var (all, stolen) = ProcessMeter.MachineTicks();
        var calls = await CallAsync(options.CallsPerSecond, warmup, options.Seconds, cancellation);
        var (allAfter, stolenAfter) = ProcessMeter.MachineTicks();
        return (calls, (double)(stolenAfter - stolen) / Math.Max(1, allAfter - all));
    }

    async Task<LoadResult> CallAsync(double callsPerSecond, double warmup, double seconds, CancellationToken cancellation)
    {
        var order = new LoadOrder(product.Address, Stream: false, CallConnections, warmup, seconds, product.Key, BodyBytes, StubAnswers.BodyBytes(stream: false)) { CallsPerSecond = callsPerSecond };
        var answer = await load.AskAsync(JsonSerializer.Serialize(order), TimeSpan.FromSeconds(warmup + seconds + 40)).WaitAsync(cancellation);
        return JsonSerializer.Deserialize<LoadResult>(answer)!;
    }

    /// <summary>Of the last minute: a figure of a machine that does other things too says so.</summary>
    static string LoadAverage() => File.ReadAllText("/proc/loadavg").Split(' ')[0];
}
