using System.Globalization;
using Governance.Pricing;

namespace Governance.Configuration;

/// <summary>A price as the mapping that means it; see <see cref="DefinitionTree"/>.</summary>
[Pure]
static class PriceTree
{
    public static DocumentMap Of(ModelPrice price) => new Outline()
        .Add("model", price.Model)
        .Add("vendor", price.Vendor)
        .Add("effective_from", price.EffectiveFrom is { } from ? Identity.Day(from) : null)
        .Add("effective_until", price.EffectiveUntil is { } until ? Identity.Day(until) : null)
        .Add("usd_per_million", Of(price.Rates))
        .Add("tiers", new DocumentList([.. price.Tiers.OrderBy(tier => tier.AbovePromptTokens).Select(Of)]), price.Tiers.Count == 0)
        .Add("context", price.ContextTokens)
        .Add("max_output", price.MaxOutputTokens)
        .Add("geo_us", Factor(price.GeoUsPermille), isDefault: price.GeoUsPermille == 1000)
        .Add("fast", Factor(price.FastPermille), isDefault: price.FastPermille == 1000)
        .Add("batch", Factor(price.BatchPermille), isDefault: price.BatchPermille == 1000)
        .Add("web_search_usd", new Money(price.WebSearchNanos).ToPlain(), isDefault: price.WebSearchNanos == 0).Map;

    static DocumentMap Of(PriceTier tier) => new Outline()
        .Add("above_prompt_tokens", tier.AbovePromptTokens)
        .Add("usd_per_million", Of(tier.Rates)).Map;

    static DocumentMap Of(TokenRates rates) => new Outline()
        .Add("input", Rate(rates.Input))
        .Add("output", Rate(rates.Output))
        .Add("cache_read", Rate(rates.CacheRead), isDefault: rates.CacheRead == rates.Input)
        .Add("cache_write_short", Rate(rates.CacheWriteShort), isDefault: rates.CacheWriteShort == rates.Input)
        .Add("cache_write_long", Rate(rates.CacheWriteLong), isDefault: rates.CacheWriteLong == rates.CacheWriteShort).Map;

    static string Rate(long picos) => (picos / 1_000_000m).ToString("0.00####", CultureInfo.InvariantCulture);

    static string Factor(int permille) => (permille / 1000m).ToString("0.###", CultureInfo.InvariantCulture);
}
