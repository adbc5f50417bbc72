using Governance.Pricing;

namespace Governance.Configuration;

/// <summary>Reads <c>prices</c>: the workspace's corrections to the price book.</summary>
[Pure]
static class PriceSection
{
    /// <summary>Rates are micro-dollars for a million tokens.</summary>
    public const int RateDecimals = 6;
    const decimal RateMaximum = 1_000_000m;

    public static ModelPrice Price(Fields fields, Reading reading)
    {
        var price = new ModelPrice
        {
            Model = fields.Model("model", required: true) ?? "",
            Vendor = fields.Id("vendor", required: true) ?? "",
            EffectiveFrom = fields.Instant("effective_from"),
            EffectiveUntil = fields.Instant("effective_until"),
            Rates = Rates(fields),
            Tiers = Tiers(fields, reading),
            ContextTokens = fields.Whole("context", 1, int.MaxValue),
            MaxOutputTokens = fields.Whole("max_output", 1, int.MaxValue),
            GeoUsPermille = Factor(fields, "geo_us"),
            FastPermille = Factor(fields, "fast"),
            BatchPermille = Factor(fields, "batch"),
            WebSearchNanos = fields.Dollars("web_search_usd")?.Nanos ?? 0,
            Origin = "workspace",
        };
        if (price.EffectiveUntil <= price.EffectiveFrom)
        {
            reading.Fault(fields.At("effective_until"), "is not after effective_from");
        }
        if (price.Model.Length > 0 && price.Vendor.Length > 0)
        {
            reading.Claim(fields.Path, Identity.Of(price));
        }
        fields.Finish();
        return price;
    }

    static TokenRates Rates(Fields fields)
    {
        if (fields.Map("usd_per_million", required: true) is not { } rates)
        {
            return new() { Input = 0, Output = 0, CacheRead = 0, CacheWriteShort = 0, CacheWriteLong = 0 };
        }
        var input = Rate(rates, "input", required: true) ?? 0;
        var output = Rate(rates, "output", required: true) ?? 0;
        var written = Rate(rates, "cache_write_short") ?? input;
        var read = new TokenRates
        {
            Input = input,
            Output = output,
            CacheRead = Rate(rates, "cache_read") ?? input,
            CacheWriteShort = written,
            CacheWriteLong = Rate(rates, "cache_write_long") ?? written,
        };
        rates.Finish();
        return read;
    }

    static List<PriceTier> Tiers(Fields fields, Reading reading)
    {
        var seen = new HashSet<long>();
        var tiers = fields.Maps("tiers", item =>
        {
            var above = item.Whole("above_prompt_tokens", 1, int.MaxValue, required: true) ?? 0;
            if (above > 0 && !seen.Add(above))
            {
                reading.Fault(item.At("above_prompt_tokens"), $"{above} stands here twice");
            }
            var tier = new PriceTier(above, Rates(item));
            item.Finish();
            return tier;
        });
        return tiers?.OrderBy(tier => tier.AbovePromptTokens).ToList() ?? [];
    }

    static long? Rate(Fields fields, string name, bool required = false) =>
        fields.Amount(name, RateDecimals, RateMaximum, required) is { } usd ? (long)(usd * 1_000_000m) : null;

    static int Factor(Fields fields, string name) =>
        fields.Amount(name, 3, 100m) is { } factor ? (int)(factor * 1000m) : 1000;
}
