using System.Globalization;
using System.Text.Json;

namespace Governance.Pricing;

/// <summary>The price list that the product ships as a resource, <c>prices.json</c>, whose head says where its figures come from.</summary>
static class PriceList
{
    static readonly Lazy<IReadOnlyList<ModelPrice>> shipped = new(() => Resource(Read));

    static readonly Lazy<PriceBook> book = new(() => new PriceBook(Shipped));

    static readonly Lazy<DateOnly> asOf = new(() => DateOnly.ParseExact(Resource(json => JsonDocument.Parse(json).RootElement.GetProperty("asOf").GetString()!), "yyyy-MM-dd", CultureInfo.InvariantCulture));

    /// <summary>Every shipped price; read once.</summary>
    public static IReadOnlyList<ModelPrice> Shipped => shipped.Value;

    /// <summary>The shipped prices as a book, without the workspace's corrections.</summary>
    public static PriceBook Book => book.Value;

    /// <summary>The day as of which the shipped prices are right.</summary>
    public static DateOnly ShippedAsOf => asOf.Value;

    /// <summary>Reads a list in the product's format.</summary>
    /// <exception cref="JsonException">The text is not such a list.</exception>
    /// <exception cref="FormatException">A figure or date in it is none.</exception>
    public static IReadOnlyList<ModelPrice> Read(Stream json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.GetProperty("prices").EnumerateArray().Select(Price)];
    }

    static T Resource<T>(Func<Stream, T> read)
    {
        using var json = typeof(PriceList).Assembly.GetManifestResourceStream("Governance.Pricing.prices.json")
            ?? throw new InvalidOperationException("The shipped price list is not in the assembly.");
        return read(json);
    }

    static ModelPrice Price(JsonElement row) => new()
    {
        Vendor = row.GetProperty("vendor").GetString()!,
        Model = row.GetProperty("model").GetString()!,
        Rates = Rates(row),
        Tiers = row.TryGetProperty("tiers", out var tiers)
            ? [.. tiers.EnumerateArray().Select(tier => new PriceTier(tier.GetProperty("above").GetInt64(), Rates(tier))).OrderBy(tier => tier.AbovePromptTokens)]
            : [],
        ContextTokens = Number(row, "ctx"),
        MaxOutputTokens = Number(row, "max"),
        GeoUsPermille = (int?)Number(row, "geoUs"),
        FastPermille = (int?)Number(row, "fast"),
        BatchPermille = (int?)Number(row, "batch"),
        WebSearchNanos = Number(row, "search"),
        EffectiveFrom = Day(row, "from"),
        EffectiveUntil = Day(row, "until"),
    };

    static TokenRates Rates(JsonElement row) => new()
    {
        Input = row.GetProperty("in").GetInt64(),
        Output = row.GetProperty("out").GetInt64(),
        CacheRead = row.GetProperty("cr").GetInt64(),
        CacheWriteShort = row.GetProperty("cw5m").GetInt64(),
        CacheWriteLong = row.GetProperty("cw1h").GetInt64(),
    };

    static long? Number(JsonElement row, string name) => row.TryGetProperty(name, out var value) ? value.GetInt64() : null;

    static DateTimeOffset? Day(JsonElement row, string name) => row.TryGetProperty(name, out var value)
        ? new DateTimeOffset(DateOnly.ParseExact(value.GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture), TimeOnly.MinValue, TimeSpan.Zero)
        : null;
}
