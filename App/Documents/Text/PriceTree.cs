using System.Globalization;
using Governance.Audit;
using Governance.Pricing;

namespace Governance.Documents.Text;

/// <summary>A price as the mapping that means it; see <see cref="DefinitionTree"/>.</summary>
[Pure]
static class PriceTree
{
    public static DocumentMap Of(PriceOverlay price) => new Outline()
        .Add("model", price.Model)
        .Add("vendor", price.Vendor)
        .Add("effective_from", price.EffectiveFrom is { } from ? Phrases.Day(from) : null)
        .Add("effective_until", price.EffectiveUntil is { } until ? Phrases.Day(until) : null)
        .Add("usd_per_million", price.Rates == new OverlayRates() ? null : Of(price.Rates))
        .Add("tiers", price.Tiers is null ? null : new DocumentList([.. price.Tiers.OrderBy(tier => tier.AbovePromptTokens).Select(Of)]))
        .Add("context", price.ContextTokens)
        .Add("max_output", price.MaxOutputTokens)
        .Add("geo_us", Factor(price.GeoUsPermille))
        .Add("fast", Factor(price.FastPermille))
        .Add("batch", Factor(price.BatchPermille))
        .Add("web_search_usd", price.WebSearchNanos is { } nanos ? new Money(nanos).ToPlain() : null).Map;

    static DocumentMap Of(OverlayRates rates) => new Outline()
        .Add("input", Rate(rates.Input))
        .Add("output", Rate(rates.Output))
        .Add("cache_read", Rate(rates.CacheRead))
        .Add("cache_write_short", Rate(rates.CacheWriteShort))
        .Add("cache_write_long", Rate(rates.CacheWriteLong)).Map;

    static DocumentMap Of(PriceTier tier) => new Outline()
        .Add("above_prompt_tokens", tier.AbovePromptTokens)
        .Add("usd_per_million", Of(tier.Rates)).Map;

    static DocumentMap Of(TokenRates rates) => new Outline()
        .Add("input", Rate(rates.Input))
        .Add("output", Rate(rates.Output))
        .Add("cache_read", Rate(rates.CacheRead))
        .Add("cache_write_short", Rate(rates.CacheWriteShort))
        .Add("cache_write_long", Rate(rates.CacheWriteLong)).Map;

    static string? Rate(long? picos) => picos is { } rate ? (rate / 1_000_000m).ToString("0.00####", CultureInfo.InvariantCulture) : null;

    static string? Factor(int? permille) => permille is { } factor ? (factor / 1000m).ToString("0.###", CultureInfo.InvariantCulture) : null;
}
