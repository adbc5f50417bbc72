using Governance.Documents.Text;
using Governance.Pricing;

namespace Governance.Documents;

/// <summary>Reads <c>prices</c>: the workspace's corrections to the price book. What a correction leaves out stays as it is shipped.</summary>
[Pure]
static class PriceSection
{
    /// <summary>Rates are micro-dollars for a million tokens.</summary>
    public const int RateDecimals = 6;
    const decimal RateMaximum = 1_000_000m;

    static readonly string[] BothRates = ["input", "output"];

    public static PriceOverlay Price(Fields fields, Reading reading)
    {
        var rates = fields.Map("usd_per_million");
        var price = new PriceOverlay
        {
            Model = fields.Model("model", required: true) ?? "",
            Vendor = fields.Id("vendor", required: true) ?? "",
            EffectiveFrom = fields.Instant("effective_from"),
            EffectiveUntil = fields.Instant("effective_until"),
            Rates = rates is null ? new() : Rates(rates, required: false),
            Tiers = Tiers(fields, reading),
            ContextTokens = fields.Whole("context", 1, int.MaxValue),
            MaxOutputTokens = fields.Whole("max_output", 1, int.MaxValue),
            GeoUsPermille = Factor(fields, "geo_us"),
            FastPermille = Factor(fields, "fast"),
            BatchPermille = Factor(fields, "batch"),
            WebSearchNanos = fields.Dollars("web_search_usd")?.Nanos,
        };
        if (price.EffectiveUntil <= price.EffectiveFrom)
        {
            reading.Fault(fields.At("effective_until"), "is not after effective_from");
        }
        if (price.Model.Length > 0 && price.Vendor.Length > 0)
        {
            reading.Claim(fields.Path, Identity.Of(price));
            Require(price, fields, rates, reading);
        }
        fields.Finish();
        return price;
    }

    /// <summary>A correction needs something to correct, or else the whole price.</summary>
    static void Require(PriceOverlay price, Fields fields, Fields? rates, Reading reading)
    {
        if (!reading.Shipped.Knows(price.Vendor, price.Model))
        {
            var why = $"is missing, and there is no shipped price of {DocumentPath.Shown(price.Model)} by {price.Vendor} to correct";
            foreach (var name in BothRates.Where(name => rates?.Has(name) == false))
            {
                reading.Fault(rates!.At(name), why);
            }
            if (!fields.Has("usd_per_million"))
            {
                reading.Fault(fields.At("usd_per_million"), why);
            }
        }
        else if (price == new PriceOverlay { Vendor = price.Vendor, Model = price.Model, EffectiveFrom = price.EffectiveFrom, EffectiveUntil = price.EffectiveUntil })
        {
            reading.Fault(fields.Path, "corrects nothing: name at least one of usd_per_million, tiers, context, max_output, geo_us, fast, batch, web_search_usd");
        }
    }

    static OverlayRates Rates(Fields rates, bool required)
    {
        var read = new OverlayRates
        {
            Input = Rate(rates, "input", required),
            Output = Rate(rates, "output", required),
            CacheRead = Rate(rates, "cache_read"),
            CacheWriteShort = Rate(rates, "cache_write_short"),
            CacheWriteLong = Rate(rates, "cache_write_long"),
        };
        rates.Finish();
        return read;
    }

    static List<PriceTier>? Tiers(Fields fields, Reading reading)
    {
        var seen = new HashSet<long>();
        var tiers = fields.Maps("tiers", item =>
        {
            var above = item.Whole("above_prompt_tokens", 1, int.MaxValue, required: true) ?? 0;
            if (above > 0 && !seen.Add(above))
            {
                reading.Fault(item.At("above_prompt_tokens"), $"{above} stands here twice");
            }
            var rates = item.Map("usd_per_million", required: true) is { } map ? Rates(map, required: true) : new();
            item.Finish();
            return new PriceTier(above, PriceOverlay.Whole(rates));
        });
        if (tiers is { Count: 0 })
        {
            reading.Fault(fields.At("tiers"), "is empty; leave it out to keep the shipped tiers");
        }
        return tiers?.OrderBy(tier => tier.AbovePromptTokens).ToList();
    }

    static long? Rate(Fields fields, string name, bool required = false) =>
        fields.Amount(name, RateDecimals, RateMaximum, required) is { } usd ? (long)(usd * 1_000_000m) : null;

    static int? Factor(Fields fields, string name) =>
        fields.Amount(name, 3, 100m) is { } factor ? (int)(factor * 1000m) : null;
}
