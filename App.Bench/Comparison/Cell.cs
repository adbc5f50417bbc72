using Governance.Bench.Load;

namespace Governance.Bench.Comparison;

/// <summary>What was measured once.</summary>
/// <param name="CpuMicros">Processor time of the target's process a request; straight: of the stub's.</param>
/// <param name="PeakMegabytes">The most memory resident in the target's process meanwhile.</param>
/// <param name="Stolen">Share of the processors' time that the machine's host gave to others meanwhile, 0 to 1.</param>
sealed record Cell(int Round, Target Target, bool Stream, int Connections, LoadResult Load, double CpuMicros, double PeakMegabytes, double Stolen);

/// <summary>The medians of a cell over all rounds; differences and ratios are taken within a round, so that drift between rounds drops out.</summary>
sealed record Row
{
    public required Target Target { get; init; }
    public required bool Stream { get; init; }
    public required int Connections { get; init; }
    public required double RequestsPerSecond { get; init; }
    public required double P50Micros { get; init; }
    public required double P99Micros { get; init; }
    /// <summary>Against straight to the stub; null where that was not driven.</summary>
    public double? AddedP50Micros { get; init; }
    public double? AddedP99Micros { get; init; }
    /// <summary>Share of the bare forwarder's requests a second; null where that was not driven.</summary>
    public double? OfForwarder { get; init; }
    public required double CpuMicros { get; init; }
    public required double PeakMegabytes { get; init; }

    public static IReadOnlyList<Row> From(IReadOnlyList<Cell> cells) =>
    [
        .. cells.GroupBy(cell => (cell.Stream, cell.Connections, cell.Target))
            .OrderBy(group => group.Key)
            .Select(group => From([.. group], cells)),
    ];

    static Row From(IReadOnlyList<Cell> mine, IReadOnlyList<Cell> all) => new()
    {
        Target = mine[0].Target,
        Stream = mine[0].Stream,
        Connections = mine[0].Connections,
        RequestsPerSecond = Median(mine.Select(cell => cell.Load.RequestsPerSecond))!.Value,
        P50Micros = Median(mine.Select(cell => cell.Load.P50Micros))!.Value,
        P99Micros = Median(mine.Select(cell => cell.Load.P99Micros))!.Value,
        AddedP50Micros = Paired(mine, all, Target.Straight, (cell, straight) => cell.P50Micros - straight.P50Micros),
        AddedP99Micros = Paired(mine, all, Target.Straight, (cell, straight) => cell.P99Micros - straight.P99Micros),
        OfForwarder = Paired(mine, all, Target.Forwarder, (cell, bare) => cell.RequestsPerSecond / bare.RequestsPerSecond),
        CpuMicros = Median(mine.Select(cell => cell.CpuMicros))!.Value,
        PeakMegabytes = mine.Max(cell => cell.PeakMegabytes),
    };

    static double? Paired(IReadOnlyList<Cell> mine, IReadOnlyList<Cell> all, Target against, Func<LoadResult, LoadResult, double> compare) =>
        Median(mine.SelectMany(cell => all
            .Where(other => other.Target == against && (other.Round, other.Stream, other.Connections) == (cell.Round, cell.Stream, cell.Connections))
            .Select(other => compare(cell.Load, other.Load))));

    static double? Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? null : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
