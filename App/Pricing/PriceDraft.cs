using System.Globalization;
using Governance.Audit;
using Governance.Members;
using Governance.Projects;

namespace Governance.Pricing;

/// <summary>A correction of a price as a person types it: rates in dollars per million tokens, limits in tokens. What is left empty stays as it is shipped.</summary>
sealed class PriceDraft
{
    const decimal MaxUsd = 1_000_000m;
    const string Input = "price-input", Output = "price-output", CacheRead = "price-cache-read", WriteShort = "price-cache-write", WriteLong = "price-cache-write-long";

    /// <summary>The fields of a rate.</summary>
    public static readonly (string Id, string Label, Func<TokenRates, long> Of)[] Rates =
    [
        (Input, "Input", rates => rates.Input), (Output, "Output", rates => rates.Output), (CacheRead, "Cache read", rates => rates.CacheRead),
        (WriteShort, "Cache write, 5 minutes", rates => rates.CacheWriteShort), (WriteLong, "Cache write, 1 hour", rates => rates.CacheWriteLong),
    ];

    /// <summary>The fields of a limit in tokens.</summary>
    public static readonly (string Id, string Label, Func<ModelPrice, long?> Of)[] Limits =
    [
        ("price-context", "Context window, tokens", price => price.ContextTokens), ("price-max-output", "Longest answer, tokens", price => price.MaxOutputTokens),
    ];

    readonly Dictionary<string, string?> typed = [];

    public string Model { get; set; } = "";

    public string Vendor { get; set; } = "anthropic";

    public string? this[string id]
    {
        get => typed.GetValueOrDefault(id);
        set => typed[id] = value;
    }

    /// <summary>The shipped price that this would correct; null where there is none.</summary>
    public ModelPrice? Corrected(PriceBook shipped, DateTimeOffset at) => shipped.Uncorrected(Vendor.Trim(), Model.Trim(), at);

    /// <summary>The correction, or null with the faults in <paramref name="problems"/>.</summary>
    public PriceOverlay? Read(FormProblems problems, PriceBook shipped)
    {
        problems.Note("price-model", Model.Trim().Length == 0 ? "Write the model's id as the provider does." : null);
        problems.Note("price-vendor", Identifier.IsValid(Vendor.Trim()) ? null : $"A vendor {Identifier.Rule}.");
        var isNew = !shipped.Knows(Vendor.Trim(), Model.Trim());
        var overlay = new PriceOverlay
        {
            Model = Model.Trim(),
            Vendor = Vendor.Trim(),
            Rates = new OverlayRates
            {
                Input = Rate(Input, isNew, problems),
                Output = Rate(Output, isNew, problems),
                CacheRead = Rate(CacheRead, false, problems),
                CacheWriteShort = Rate(WriteShort, false, problems),
                CacheWriteLong = Rate(WriteLong, false, problems),
            },
            ContextTokens = Tokens(Limits[0].Id, problems),
            MaxOutputTokens = Tokens(Limits[1].Id, problems),
        };
        if (problems.None && overlay == new PriceOverlay { Model = overlay.Model, Vendor = overlay.Vendor })
        {
            problems.Note(Input, "Write at least one figure that differs from the shipped one.");
        }
        return problems.None ? overlay : null;
    }

    /// <summary>Pico-dollars per token are micro-dollars per million tokens.</summary>
    public static string Text(long rate) => "$" + (rate / 1_000_000m).ToString("0.00####", CultureInfo.InvariantCulture);

    /// <summary>What a correction names, in words: <c>input $1.50, context 200,000</c>.</summary>
    public static string Named(PriceOverlay overlay)
    {
        var rates = overlay.Rates;
        (string Name, string? Value)[] all =
        [
            ("input", Dollars(rates.Input)), ("output", Dollars(rates.Output)), ("cache read", Dollars(rates.CacheRead)),
            ("cache write, 5 min", Dollars(rates.CacheWriteShort)), ("cache write, 1 h", Dollars(rates.CacheWriteLong)),
            ("tiers", overlay.Tiers is { } tiers ? string.Join(", ", tiers.Select(tier => $"above {Count(tier.AbovePromptTokens)}")) : null),
            ("context", Count(overlay.ContextTokens)), ("longest answer", Count(overlay.MaxOutputTokens)),
            ("US factor", Factor(overlay.GeoUsPermille)), ("fast factor", Factor(overlay.FastPermille)), ("batch factor", Factor(overlay.BatchPermille)),
            ("web search", overlay.WebSearchNanos is { } nanos ? new Money(nanos).ToString() : null),
        ];
        return string.Join(", ", all.Where(each => each.Value is not null).Select(each => $"{each.Name} {each.Value}"));
    }

    /// <summary>When a correction holds, in words.</summary>
    public static string Period(PriceOverlay overlay) => (overlay.EffectiveFrom, overlay.EffectiveUntil) switch
    {
        (null, null) => "always",
        ({ } from, null) => $"from {Phrases.Day(from)}",
        (null, { } until) => $"until {Phrases.Day(until)}",
        ({ } from, { } until) => $"{Phrases.Day(from)} to {Phrases.Day(until)}",
    };

    long? Rate(string id, bool required, FormProblems problems)
    {
        var text = typed.GetValueOrDefault(id)?.Trim() ?? "";
        if (text.Length == 0)
        {
            problems.Note(id, required ? "This model has no shipped price: write an amount in dollars, such as 3.00." : null);
            return null;
        }
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var usd) || usd > MaxUsd || usd * 1_000_000m % 1m != 0m)
        {
            problems.Note(id, "Write dollars with a point and at most six decimals, such as 0.25.");
            return null;
        }
        return (long)(usd * 1_000_000m);
    }

    long? Tokens(string id, FormProblems problems)
    {
        var text = typed.GetValueOrDefault(id)?.Trim() ?? "";
        if (text.Length == 0)
        {
            return null;
        }
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var tokens) || tokens == 0)
        {
            problems.Note(id, "Write a whole number of tokens, such as 200000.");
            return null;
        }
        return tokens;
    }

    static string? Dollars(long? rate) => rate is { } known ? Text(known) : null;

    static string? Count(long? count) => count?.ToString("#,##0", CultureInfo.InvariantCulture);

    static string? Factor(int? permille) => permille is { } factor ? (factor / 1000m).ToString("0.###", CultureInfo.InvariantCulture) : null;
}
