using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Governance.Bench.Comparison;

/// <summary>The figures for people and for programs.</summary>
static class Report
{
    static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        // A target that answered nothing has ratios that are no numbers; the file is still written.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static void Print(IReadOnlyList<Row> rows, ComparisonOptions options)
    {
        var heads = new List<string> { "kind", "connections", "target", "requests/s", "p50 ms", "p99 ms", "added p50", "added p99", "of forwarder" };
        if (options.Cpu)
        {
            heads.Add("CPU us");
        }
        if (options.Memory)
        {
            heads.Add("peak MB");
        }
        var lines = rows.Select(row => Line(row, options)).Prepend([.. heads]).ToArray();
        var widths = heads.Select((_, column) => lines.Max(line => line[column].Length)).ToArray();
        foreach (var line in lines)
        {
            Console.WriteLine("| " + string.Join(" | ", line.Select((text, column) => column is 0 or 2 ? text.PadRight(widths[column]) : text.PadLeft(widths[column]))) + " |");
            if (ReferenceEquals(line, lines[0]))
            {
                Console.WriteLine("|" + string.Join("|", widths.Select((width, column) => column is 0 or 2 ? new string('-', width + 2) : new string('-', width + 1) + ":")) + "|");
            }
        }
    }

    public static void Write(string file, IReadOnlyList<Row> rows, IReadOnlyList<Cell> cells, ComparisonOptions options) =>
        File.WriteAllText(file, JsonSerializer.Serialize(new { At = DateTimeOffset.UtcNow, Environment.ProcessorCount, options, Medians = rows, cells }, Json));

    static string[] Line(Row row, ComparisonOptions options)
    {
        string[] line =
        [
            row.Stream ? "stream" : "json",
            row.Connections.ToString(CultureInfo.InvariantCulture),
            Name(row.Target),
            Text(row.RequestsPerSecond, "#,##0"),
            Text(row.P50Micros / 1000, "0.000"),
            Text(row.P99Micros / 1000, "0.000"),
            Text(row.AddedP50Micros / 1000, "0.000"),
            Text(row.AddedP99Micros / 1000, "0.000"),
            Text(row.OfForwarder, "0.00"),
        ];
        return [.. line, .. options.Cpu ? (string[])[Text(row.CpuMicros, "0.0")] : [], .. options.Memory ? (string[])[Text(row.PeakMegabytes, "0")] : []];
    }

    public static string Name(Target target) => target switch
    {
        Target.Straight => "a straight to stub",
        Target.Forwarder => "b bare forwarder",
        _ => "c product",
    };

    static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
