using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Governance.Pricing;

namespace Governance.Tests.Gateway.Surfaces.Anthropic.Metering;

/// <summary>
/// A provider's biller that is made from the published price table and rules and from none of the product's code: of everything that a stream said it takes the dearest reading.
/// Amounts are in 1e-21 dollars, so that nothing is rounded before the end.
/// </summary>
sealed partial class UsageBiller
{
    readonly List<JsonObject> shipped;
    readonly List<PriceOverlay> overlays;

    public UsageBiller(IEnumerable<PriceOverlay> overlays, DateTimeOffset at)
    {
        using var json = typeof(PriceList).Assembly.GetManifestResourceStream("Governance.Pricing.prices.json")!;
        shipped = [.. JsonNode.Parse(json)!["prices"]!.AsArray().Select(row => row!.AsObject()).Where(row => (string)row["vendor"]! == "anthropic" && Holds(row, at))];
        this.overlays = [.. overlays];
    }

    /// <summary>What the call is billed, in nano-dollars, rounded up once, and whether a total fell on the way.</summary>
    /// <param name="asked">The model that was sent.</param>
    /// <param name="longest">The request asked for cache writes of an hour.</param>
    /// <param name="usages">The usage objects of the stream, in order.</param>
    public (BigInteger Nanos, bool Fell) Of(string asked, bool longest, IReadOnlyList<JsonObject> usages)
    {
        var merged = new JsonObject();
        var said = new List<JsonObject>();
        var (fast, us, batch) = (false, false, false);
        foreach (var usage in usages)
        {
            foreach (var (name, value) in usage.Where(field => field.Value is not null))
            {
                merged[name] = value!.DeepClone();
            }
            fast |= (string?)usage["speed"] == "fast";
            us |= (string?)usage["inference_geo"] == "us";
            batch = usage["service_tier"] is { } tier ? (string?)tier == "batch" : batch;
            said.Add((JsonObject)merged.DeepClone());
        }
        var output = said.Max(each => Count(each, "output_tokens"));
        var searches = said.Max(each => each["server_tool_use"] is JsonObject tools ? Count(tools, "web_search_requests") : 0);
        var prompts = said.ConvertAll(each => Prompt(each, longest));
        var outputs = said.ConvertAll(each => Count(each, "output_tokens"));
        var items = said.ConvertAll(each => (each["iterations"] as JsonArray ?? []).Sum(item => Prompt(item!.AsObject(), longest) + Count(item.AsObject(), "output_tokens")));
        var fell = Falls(prompts) || Falls(outputs) || Falls(items);
        var readings = fell ? said : [said[^1]];
        var dearest = readings.Max(each => Dearest(each));
        return ((dearest + 999_999_999_999) / 1_000_000_000_000, fell);

        BigInteger Dearest(JsonObject usage)
        {
            var extras = BigInteger.Zero;
            var itemsCost = BigInteger.Zero;
            string? served = null;
            foreach (var item in usage["iterations"] as JsonArray ?? [])
            {
                var model = (string?)item!["model"] ?? asked;
                var cost = Cost(model, item.AsObject(), Count(item.AsObject(), "output_tokens"));
                itemsCost += cost;
                var kind = (string)item["type"]!;
                extras += kind is "compaction" or "advisor_message" ? cost : 0;
                served = kind == "fallback_message" ? model : served;
            }
            var total = Cost(served ?? asked, usage, output) + extras;
            return BigInteger.Max(itemsCost, total) + ((BigInteger)searches * 10_000_000 * 1_000_000_000_000);
        }

        BigInteger Cost(string model, JsonObject usage, long answered)
        {
            var price = PriceOf(model);
            var (five, hour) = Writes(usage, longest);
            var prompt = Count(usage, "input_tokens") + Count(usage, "cache_read_input_tokens") + five + hour;
            var rates = price.Tier is { } tier && prompt > tier.Above ? tier.Rates : price.Rates;
            var pico = ((BigInteger)Count(usage, "input_tokens") * rates.Input) + ((BigInteger)Count(usage, "cache_read_input_tokens") * rates.CacheRead)
                + ((BigInteger)five * rates.CacheWriteShort) + ((BigInteger)hour * rates.CacheWriteLong) + ((BigInteger)answered * rates.Output);
            return pico * (us ? price.Us : 1000) * (fast ? price.Fast : 1000) * (batch ? price.Batch : 1000);
        }
    }

    static bool Falls(List<long> totals) => totals.Zip(totals.Skip(1)).Any(pair => pair.Second < pair.First);

    static long Prompt(JsonObject usage, bool longest)
    {
        var (five, hour) = Writes(usage, longest);
        return Count(usage, "input_tokens") + Count(usage, "cache_read_input_tokens") + five + hour;
    }

    /// <summary>What the split covers as it says, the rest at the longest lifetime that the request could cause.</summary>
    static (long Five, long Hour) Writes(JsonObject usage, bool longest)
    {
        var split = usage["cache_creation"] as JsonObject;
        var (five, hour) = split is null ? (0L, 0L) : (Count(split, "ephemeral_5m_input_tokens"), Count(split, "ephemeral_1h_input_tokens"));
        var rest = Math.Max(0, (usage["cache_creation_input_tokens"] is null ? five + hour : Count(usage, "cache_creation_input_tokens")) - five - hour);
        return longest ? (five, hour + rest) : (five + rest, hour);
    }

    static long Count(JsonObject usage, string name) => usage[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? value.GetValue<long>() : 0;

    sealed record Prices(TokenRates Rates, (long Above, TokenRates Rates)? Tier, int Us, int Fast, int Batch);

    /// <summary>The row of the id, else of its alias, else of the alias's dated id, with the owner's correction of the same model upon it.</summary>
    Prices PriceOf(string model)
    {
        var row = shipped.Find(each => (string)each["model"]! == model) ?? shipped.Find(each => (string)each["model"]! == Undated(model))
            ?? shipped.Where(each => Undated((string)each["model"]!) == model).MaxBy(each => (long)each["out"]!)!;
        var own = overlays.Find(each => each.Model == model) ?? overlays.Find(each => each.Model == Undated(model)) ?? overlays.Find(each => Undated(each.Model) == model);
        var rates = RatesOf(row);
        rates = own is null ? rates : new()
        {
            Input = own.Rates.Input ?? rates.Input, Output = own.Rates.Output ?? rates.Output, CacheRead = own.Rates.CacheRead ?? rates.CacheRead,
            CacheWriteShort = own.Rates.CacheWriteShort ?? rates.CacheWriteShort, CacheWriteLong = own.Rates.CacheWriteLong ?? rates.CacheWriteLong,
        };
        var tier = row["tiers"] is JsonArray tiers ? ((long)tiers[0]!["above"]!, RatesOf(tiers[0]!.AsObject())) : ((long, TokenRates)?)null;
        return new(rates, tier, own?.GeoUsPermille ?? (int?)row["geoUs"] ?? 1100, own?.FastPermille ?? (int?)row["fast"] ?? 6000, own?.BatchPermille ?? (int?)row["batch"] ?? 1000);
    }

    static TokenRates RatesOf(JsonObject row) => new()
    {
        Input = (long)row["in"]!, Output = (long)row["out"]!, CacheRead = (long)row["cr"]!, CacheWriteShort = (long)row["cw5m"]!, CacheWriteLong = (long)row["cw1h"]!,
    };

    static string Undated(string model) => Date().Replace(model, "");

    static bool Holds(JsonObject row, DateTimeOffset at) =>
        (row["from"] is not { } from || DateTimeOffset.Parse((string)from! + "Z", System.Globalization.CultureInfo.InvariantCulture) <= at)
        && (row["until"] is not { } until || at < DateTimeOffset.Parse((string)until! + "Z", System.Globalization.CultureInfo.InvariantCulture));

    [GeneratedRegex("-[0-9]{8}$|-latest$")]
    private static partial Regex Date();
}
