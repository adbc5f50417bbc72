using System.Globalization;
using System.Text.Json;
using Governance.Pricing;

namespace Governance.Tests.Gateway.Surfaces.Anthropic.Metering;

/// <summary>Recorded answers of the real provider with what each costs; they lie beside the repository and may be absent.</summary>
static class Recordings
{
    /// <summary>All that are Anthropic messages; empty where the folder is absent.</summary>
    public static IReadOnlyList<Recording> Messages { get; } = [.. ReadAll()];

    static IEnumerable<Recording> ReadAll()
    {
        var folder = Ancestors().Select(parent => Path.Combine(parent, "shared", "fixtures")).FirstOrDefault(path => File.Exists(Path.Combine(path, "index.json")));
        if (folder is null)
        {
            yield break;
        }
        using var index = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "index.json")));
        foreach (var row in index.RootElement.GetProperty("fixtures").EnumerateArray().Where(row => row.GetProperty("kind").GetString() == "anthropic.messages"))
        {
            var file = row.GetProperty("file").GetString()!;
            var expected = row.GetProperty("expected");
            yield return new Recording(
                file, File.ReadAllBytes(Path.Combine(folder, file)), file.EndsWith(".sse", StringComparison.Ordinal), row.GetProperty("model").GetString()!, row.GetProperty("stop").GetString(),
                Usage(expected) with { ReasoningTokens = Number(expected, "reasoning"), WebSearches = Number(expected, "web_search") },
                expected.TryGetProperty("billable_lines", out var lines)
                    ? [.. lines.EnumerateArray().Select(line => new BillLine(line.GetProperty("type").GetString()!, line.GetProperty("model").GetString(), Usage(line)))]
                    : null,
                row.TryGetProperty("price_key", out _) ? decimal.Parse(row.GetProperty("expected_cost_usd").GetString()!, CultureInfo.InvariantCulture) : null);
        }
    }

    static TokenUsage Usage(JsonElement row) => new()
    {
        InputTokens = Number(row, "input_uncached"),
        CacheReadTokens = Number(row, "cache_read"),
        CacheWriteShortTokens = Number(row, "cache_write_5m"),
        CacheWriteLongTokens = Number(row, "cache_write_1h"),
        OutputTokens = Number(row, "output"),
    };

    static long Number(JsonElement row, string name) => row.GetProperty(name).GetInt64();

    static IEnumerable<string> Ancestors()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            yield return folder.FullName;
        }
    }
}

/// <summary>One recorded answer and what it is known to have used and cost.</summary>
sealed record Recording(
    string File, byte[] Body, bool Stream, string Model, string? Stop, TokenUsage Usage, IReadOnlyList<BillLine>? Lines, decimal? CostUsd);
