using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Governance.Pricing;

/// <summary>All prices, of all vendors and times, indexed for asking. It never guesses: what it does not know has no price.</summary>
[Pure]
sealed class PriceBook
{
    /// <summary>The order in which vendors are asked where the vendor is unknown; the rest follow by name.</summary>
    static readonly string[] preferred = ["anthropic", "openai", "gemini", "mistral", "deepseek", "xai", "groq", "vertex", "bedrock", "openrouter"];

    readonly FrozenDictionary<(string Vendor, string Model), ModelPrice[]> exact;
    readonly FrozenDictionary<(string Vendor, string Model), ModelPrice[]> canonical;
    readonly string[] vendors;

    public PriceBook(IEnumerable<ModelPrice> prices)
    {
        var all = prices.ToArray();
        exact = Index(all, price => Plain(price.Model));
        canonical = Index(all, price => ModelName.Canonical(price.Model));
        vendors = [.. all.Select(price => Plain(price.Vendor)).Distinct().OrderBy(Preference).ThenBy(vendor => vendor, StringComparer.Ordinal)];
        Version = Digest(all);
    }

    /// <summary>A short digest of the content: two books of one version price alike.</summary>
    public string Version { get; }

    /// <summary>
    /// The price of <paramref name="model"/> with this vendor at this instant: by the id as written, else by its canonical name. Of several rows that hold, a row of the workspace wins over a shipped
    /// one, then the later one. Where one canonical name covers several routes of different price, the dearest. Null where the vendor has none.
    /// </summary>
    public ModelPrice? Find(string vendor, string model, DateTimeOffset at)
    {
        var name = Plain(vendor);
        return Choose(exact, (name, Plain(model)), at) ?? Choose(canonical, (name, ModelName.Canonical(model)), at);
    }

    /// <summary>The price with the first vendor that knows the model, the makers before the resellers; null where none does.</summary>
    public ModelPrice? FindAny(string model, DateTimeOffset at)
    {
        var plain = Plain(model);
        var name = ModelName.Canonical(model);
        foreach (var vendor in vendors)
        {
            if ((Choose(exact, (vendor, plain), at) ?? Choose(canonical, (vendor, name), at)) is { } price)
            {
                return price;
            }
        }
        return null;
    }

    /// <summary>The price of every model that has one at this instant, by vendor and model.</summary>
    public IReadOnlyList<ModelPrice> Current(DateTimeOffset at) =>
    [
        .. exact.Values.Select(rows => Choose(rows, at)).OfType<ModelPrice>()
            .OrderBy(price => Preference(Plain(price.Vendor))).ThenBy(price => price.Vendor, StringComparer.Ordinal).ThenBy(price => price.Model, StringComparer.Ordinal),
    ];

    static FrozenDictionary<(string Vendor, string Model), ModelPrice[]> Index(ModelPrice[] prices, Func<ModelPrice, string> name) => prices
        .GroupBy(price => (Vendor: Plain(price.Vendor), Model: name(price)))
        .Where(rows => rows.Key.Model.Length > 0)
        .ToFrozenDictionary(rows => rows.Key, rows => rows.ToArray());

    static ModelPrice? Choose(FrozenDictionary<(string Vendor, string Model), ModelPrice[]> index, (string Vendor, string Model) key, DateTimeOffset at) =>
        index.TryGetValue(key, out var rows) ? Choose(rows, at) : null;

    static ModelPrice? Choose(ModelPrice[] rows, DateTimeOffset at)
    {
        ModelPrice? best = null;
        foreach (var row in rows)
        {
            var holds = (row.EffectiveFrom is not { } from || from <= at) && (row.EffectiveUntil is not { } until || at < until);
            if (holds && (best is null || Rank(row).CompareTo(Rank(best)) > 0))
            {
                best = row;
            }
        }
        return best;
    }

    static (bool Workspace, DateTimeOffset From, long Output, long Input, long CacheWrite) Rank(ModelPrice price) => (
        price.Origin == "workspace", price.EffectiveFrom ?? DateTimeOffset.MinValue, price.Rates.Output, price.Rates.Input, price.Rates.CacheWriteLong);

    static int Preference(string vendor) => Array.IndexOf(preferred, vendor) is var place and >= 0 ? place : preferred.Length;

    static string Plain(string text) => text.Trim().ToLowerInvariant();

    static string Digest(ModelPrice[] prices)
    {
        var lines = prices.Select(Line).Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))))[..12];
    }

    static string Line(ModelPrice price) => string.Create(CultureInfo.InvariantCulture,
        $"{price.Vendor}|{price.Model}|{Line(price.Rates)}|{string.Join(';', price.Tiers.Select(tier => tier.AbovePromptTokens.ToString(CultureInfo.InvariantCulture) + ":" + Line(tier.Rates)))}|{price.ContextTokens}|{price.MaxOutputTokens}|{price.GeoUsPermille}|{price.FastPermille}|{price.BatchPermille}|{price.WebSearchNanos}|{price.EffectiveFrom:O}|{price.EffectiveUntil:O}|{price.Origin}");

    static string Line(TokenRates rates) => string.Create(CultureInfo.InvariantCulture, $"{rates.Input},{rates.Output},{rates.CacheRead},{rates.CacheWriteShort},{rates.CacheWriteLong}");
}
