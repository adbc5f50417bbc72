using System.Globalization;
using Governance.Bench.Upstream;

namespace Governance.Bench.Comparison;

/// <summary>What stands between the generator and the stub.</summary>
enum Target { Straight, Forwarder, Product }

/// <summary>What is compared, how long and how often.</summary>
sealed record ComparisonOptions
{
    public double Seconds { get; init; }
    public double WarmupSeconds { get; init; }
    /// <summary>How long each target is driven before the first round.</summary>
    public double CompileSeconds { get; init; }
    /// <summary>A cell in which the host took a larger share of the processors is measured again.</summary>
    public double MostStolen { get; init; }
    public int Rounds { get; init; }
    public IReadOnlyList<int> Connections { get; init; } = [];
    /// <summary>False is JSON, true is a stream.</summary>
    public IReadOnlyList<bool> Streams { get; init; } = [];
    public IReadOnlyList<Target> Targets { get; init; } = [];
    public int BodyBytes { get; init; }
    public int DeltasPerWrite { get; init; }
    public bool Cpu { get; init; }
    public bool Memory { get; init; }
    public bool Verify { get; init; }
    public string? Product { get; init; }
    public string DataFolder { get; init; } = "";
    public string? Out { get; init; }

    public static ComparisonOptions From(Arguments arguments) => new()
    {
        Seconds = arguments.Fraction("seconds", 5, 0.2, 600),
        WarmupSeconds = arguments.Fraction("warmup", 0.5, 0, 60),
        CompileSeconds = arguments.Fraction("compile", 3, 0.2, 600),
        MostStolen = arguments.Fraction("stolen", 0.02, 0, 1),
        Rounds = arguments.Number("rounds", 3, 1, 100),
        Connections = [.. arguments.Text("connections", "1,16,64").Split(',').Select(Count)],
        Streams = arguments.Text("only", "") switch
        {
            "" => [false, true],
            "json" => [false],
            "stream" => [true],
            _ => throw new BenchException("--only is json or stream."),
        },
        Targets = [.. arguments.Text("targets", "a,b,c").Split(',').Select(Named).Distinct().Order()],
        BodyBytes = arguments.Number("body-bytes", 1024, 256, 1_000_000),
        DeltasPerWrite = arguments.Number("deltas-per-write", 5, 1, StubAnswers.Deltas),
        Cpu = arguments.Has("cpu"),
        Memory = arguments.Has("memory"),
        Verify = arguments.Has("verify"),
        Product = arguments.Has("product") ? arguments.Text("product", "") : null,
        DataFolder = arguments.Text("data", Path.GetTempPath()),
        Out = arguments.Has("out") ? arguments.Text("out", "") : null,
    };

    static int Count(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 1000
        ? count
        : throw new BenchException("--connections is a list of numbers from 1 to 1000.");

    static Target Named(string text) => text switch
    {
        "a" => Target.Straight,
        "b" => Target.Forwarder,
        "c" => Target.Product,
        _ => throw new BenchException("--targets is a list of a, b and c."),
    };
}
