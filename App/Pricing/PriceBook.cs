using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Governance.Pricing;

/// <summary>All prices, of all vendors and times, with the workspace's corrections laid over them, indexed for asking. It never guesses: what it does not know has no price.</summary>
[Pure]
sealed class PriceBook
{
    /// <summary>The order in which vendors are asked where the vendor is unknown; the rest follow by name.</summary>
    static readonly string[] preferred = ["anthropic", "openai", "gemini", "mistral", "deepseek", "xai", "groq", "vertex", "bedrock", "openrouter"];

    readonly ModelIndex<ModelPrice> prices;
    readonly ModelIndex<PriceOverlay> corrections;
    readonly string[] vendors;

    public PriceBook(IEnumerable<ModelPrice> shipped, IEnumerable<PriceOverlay>? overlays = null)
    {
        var all = shipped.ToArray();
        Overlays = [.. (overlays ?? []).OrderBy(overlay => overlay.Vendor, StringComparer.Ordinal).ThenBy(overlay => overlay.Model, StringComparer.Ordinal).ThenBy(overlay => overlay.EffectiveFrom)];
        prices = new(all, price => (price.Vendor, price.Model), Choose);
        corrections = new(Overlays, overlay => (overlay.Vendor, overlay.Model), (rows, _) => rows.Count == 0 ? null : rows[^1]);
        vendors = [.. all.Select(price => Plain(price.Vendor)).Concat(Overlays.Select(overlay => Plain(overlay.Vendor))).Distinct().OrderBy(Preference).ThenBy(vendor => vendor, StringComparer.Ordinal)];
        Version = Digest(all, Overlays);
    }

    /// <summary>A short digest of the content: two books of one version price alike.</summary>
    public string Version { get; }

    /// <summary>The workspace's corrections, by vendor, model and first instant.</summary>
    public IReadOnlyList<PriceOverlay> Overlays { get; }

    /// <summary>
    /// The price of <paramref name="model"/> with this vendor at this instant: by the id as written, else by its canonical name, else as the alias of a dated id or the dated id of an alias.
    /// Corrections are found by the same rule and laid over what is found, the closest name and then the latest uppermost. Of several rows that hold, the later one; where one name covers several routes of different price, the dearest.
    /// Null where the vendor has none.
    /// </summary>
    public ModelPrice? Find(string vendor, string model, DateTimeOffset at)
    {
        var price = prices.Find(vendor, model, at);
        return corrections.IsEmpty || corrections.Family(vendor, model) is not { Count: > 0 } family ? price : Corrected(price, family, model, at);
    }

    /// <summary>The price with the first vendor that knows the model, the makers before the resellers; null where none does.</summary>
    public ModelPrice? FindAny(string model, DateTimeOffset at)
    {
        foreach (var vendor in vendors)
        {
            if (Find(vendor, model, at) is { } price)
            {
                return price;
            }
        }
        return null;
    }

    /// <summary>True where the vendor has a price of the model at any time.</summary>
    public bool Knows(string vendor, string model) => prices.Knows(vendor, model);

    /// <summary>The shipped price that a correction is laid over at the instant; null where there is none.</summary>
    public ModelPrice? Uncorrected(string vendor, string model, DateTimeOffset at) => prices.Find(vendor, model, at);

    /// <summary>What a call to <paramref name="model"/> through this vendor's interface is priced at: the vendor's own price, else that of the first other vendor that knows the model. Null for no name and for an unknown one.</summary>
    public ModelPrice? FindFor(string vendor, string model, DateTimeOffset at) => model.Length == 0 ? null : Find(vendor, model, at) ?? FindAny(model, at);

    /// <summary>The price of every model that has one at this instant, by vendor and model.</summary>
    public IReadOnlyList<ModelPrice> Current(DateTimeOffset at) =>
    [
        .. prices.ByExactName.Select(rows => Choose(rows, at)).OfType<ModelPrice>()
            .Select(price => Find(price.Vendor, price.Model, at)).OfType<ModelPrice>()
            .Concat(Overlays.Where(overlay => prices.Find(overlay.Vendor, overlay.Model, at) is null).Select(overlay => Find(overlay.Vendor, overlay.Model, at)).OfType<ModelPrice>())
            .DistinctBy(price => (Plain(price.Vendor), Plain(price.Model)))
            .OrderBy(price => Preference(Plain(price.Vendor))).ThenBy(price => price.Vendor, StringComparer.Ordinal).ThenBy(price => price.Model, StringComparer.Ordinal),
    ];

    static ModelPrice? Corrected(ModelPrice? price, IReadOnlyList<PriceOverlay> family, string model, DateTimeOffset at) => family
        .Where(overlay => Holds(overlay.EffectiveFrom, overlay.EffectiveUntil, at))
        .OrderBy(overlay => Closeness(overlay.Model, model)).ThenBy(overlay => overlay.EffectiveFrom ?? DateTimeOffset.MinValue)
        .Aggregate(price, (below, overlay) => overlay.Over(below) ?? below);

    static int Closeness(string named, string asked) => Plain(named) == Plain(asked) ? 2 : ModelName.Ordered(named) == ModelName.Ordered(asked) ? 1 : 0;

    static ModelPrice? Choose(IReadOnlyList<ModelPrice> rows, DateTimeOffset at)
    {
        ModelPrice? best = null;
        foreach (var row in rows)
        {
            if (Holds(row.EffectiveFrom, row.EffectiveUntil, at) && (best is null || Rank(row).CompareTo(Rank(best)) > 0))
            {
                best = row;
            }
        }
        return best;
    }

    static bool Holds(DateTimeOffset? from, DateTimeOffset? until, DateTimeOffset at) => !(from > at) && !(until <= at);

    static (DateTimeOffset From, long Output, long Input, long CacheWrite) Rank(ModelPrice price) =>
        (price.EffectiveFrom ?? DateTimeOffset.MinValue, price.Rates.Output, price.Rates.Input, price.Rates.CacheWriteLong);

    static int Preference(string vendor) => Array.IndexOf(preferred, vendor) is var place and >= 0 ? place : preferred.Length;

    static string Plain(string text) => ModelIndex<ModelPrice>.Plain(text);

    static string Digest(ModelPrice[] prices, IReadOnlyList<PriceOverlay> overlays)
    {
        var lines = prices.Select(Line).Concat(overlays.Select(Line)).Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))))[..12];
    }

    static string Line(ModelPrice price) => string.Create(CultureInfo.InvariantCulture,
        $"{price.Vendor}|{price.Model}|{Line(price.Rates)}|{Line(price.Tiers)}|{price.ContextTokens}|{price.MaxOutputTokens}|{price.GeoUsPermille}|{price.FastPermille}|{price.BatchPermille}|{price.WebSearchNanos}|{price.EffectiveFrom:O}|{price.EffectiveUntil:O}|{price.Origin}");

    static string Line(PriceOverlay overlay) => string.Create(CultureInfo.InvariantCulture,
        $"{overlay.Vendor}|{overlay.Model}|{overlay.Rates.Input},{overlay.Rates.Output},{overlay.Rates.CacheRead},{overlay.Rates.CacheWriteShort},{overlay.Rates.CacheWriteLong}|{(overlay.Tiers is null ? "-" : Line(overlay.Tiers))}|{overlay.ContextTokens}|{overlay.MaxOutputTokens}|{overlay.GeoUsPermille}|{overlay.FastPermille}|{overlay.BatchPermille}|{overlay.WebSearchNanos}|{overlay.EffectiveFrom:O}|{overlay.EffectiveUntil:O}|overlay");

    static string Line(IReadOnlyList<PriceTier> tiers) => string.Join(';', tiers.Select(tier => tier.AbovePromptTokens.ToString(CultureInfo.InvariantCulture) + ":" + Line(tier.Rates)));

    static string Line(TokenRates rates) => string.Create(CultureInfo.InvariantCulture, $"{rates.Input},{rates.Output},{rates.CacheRead},{rates.CacheWriteShort},{rates.CacheWriteLong}");
}
