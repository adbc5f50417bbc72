using System.Globalization;

namespace Governance.Pricing;

/// <summary>The rates that a correction names, in pico-dollars per token; null leaves the rate as it is.</summary>
[Pure]
sealed record OverlayRates
{
    public long? Input { get; init; }
    public long? Output { get; init; }
    public long? CacheRead { get; init; }
    public long? CacheWriteShort { get; init; }
    public long? CacheWriteLong { get; init; }
}

/// <summary>
/// A correction of the price book by the workspace: it replaces the fields that it names and leaves everything else of the shipped price as it is.
/// For a model that the book does not have it is the whole price, and input and output must then be named.
/// </summary>
[Pure]
sealed record PriceOverlay
{
    /// <summary>What the anthropic interface charges for a cache write that has no price of its own, in thousandths of the input price: for five minutes, for an hour.</summary>
    const int WriteShortPermille = 1250, WriteLongPermille = 2000;

    /// <summary>The provider whose price is corrected.</summary>
    public required string Vendor { get; init; }
    /// <summary>The model id as the provider writes it; an alias and its dated id are one model.</summary>
    public required string Model { get; init; }
    public OverlayRates Rates { get; init; } = new();
    /// <summary>Null leaves the tiers; an empty list removes them.</summary>
    public IReadOnlyList<PriceTier>? Tiers { get; init; }
    public long? ContextTokens { get; init; }
    public long? MaxOutputTokens { get; init; }
    public int? GeoUsPermille { get; init; }
    public int? FastPermille { get; init; }
    public int? BatchPermille { get; init; }
    public long? WebSearchNanos { get; init; }
    /// <summary>First instant at which the correction holds; null since always.</summary>
    public DateTimeOffset? EffectiveFrom { get; init; }
    /// <summary>First instant at which it no longer holds; null for ever.</summary>
    public DateTimeOffset? EffectiveUntil { get; init; }
    /// <summary>Set only in corrections that version 0.1 stored, which wrote every field whether it was named or not.</summary>
    public string? Origin { get; init; }

    /// <summary>True where it can stand alone: a model without a shipped price needs both.</summary>
    public bool IsComplete => Rates is { Input: not null, Output: not null };

    /// <summary>A correction that version 0.1 stored, without the defaults that it wrote for what nobody had named; any other as it is.</summary>
    public PriceOverlay WithoutDefaults() => Origin is null ? this : this with
    {
        Origin = null,
        Rates = Rates with
        {
            CacheRead = Rates.CacheRead == Rates.Input ? null : Rates.CacheRead,
            CacheWriteShort = Rates.CacheWriteShort == Rates.Input ? null : Rates.CacheWriteShort,
            CacheWriteLong = Rates.CacheWriteLong == Rates.CacheWriteShort ? null : Rates.CacheWriteLong,
        },
        Tiers = Tiers is { Count: 0 } ? null : Tiers,
        GeoUsPermille = GeoUsPermille == 1000 ? null : GeoUsPermille,
        FastPermille = FastPermille == 1000 ? null : FastPermille,
        BatchPermille = BatchPermille == 1000 ? null : BatchPermille,
        WebSearchNanos = WebSearchNanos == 0 ? null : WebSearchNanos,
    };

    /// <summary>The price that holds where this corrects <paramref name="shipped"/>; null where there is none to correct and this is not complete.</summary>
    public ModelPrice? Over(ModelPrice? shipped)
    {
        if ((Rates.Input ?? shipped?.Rates.Input) is not { } input || (Rates.Output ?? shipped?.Rates.Output) is not { } output)
        {
            return null;
        }
        return new ModelPrice
        {
            Vendor = shipped?.Vendor ?? Vendor,
            Model = shipped?.Model ?? Model,
            Rates = Whole(Rates with
            {
                Input = input,
                Output = output,
                CacheRead = Rates.CacheRead ?? shipped?.Rates.CacheRead,
                CacheWriteShort = Rates.CacheWriteShort ?? shipped?.Rates.CacheWriteShort,
                CacheWriteLong = Rates.CacheWriteLong ?? shipped?.Rates.CacheWriteLong,
            }),
            Tiers = Tiers ?? shipped?.Tiers ?? [],
            ContextTokens = ContextTokens ?? shipped?.ContextTokens,
            MaxOutputTokens = MaxOutputTokens ?? shipped?.MaxOutputTokens,
            GeoUsPermille = GeoUsPermille ?? shipped?.GeoUsPermille,
            FastPermille = FastPermille ?? shipped?.FastPermille,
            BatchPermille = BatchPermille ?? shipped?.BatchPermille,
            WebSearchNanos = WebSearchNanos ?? shipped?.WebSearchNanos,
            EffectiveFrom = EffectiveFrom ?? shipped?.EffectiveFrom,
            EffectiveUntil = EffectiveUntil ?? shipped?.EffectiveUntil,
            Origin = "workspace",
        };
    }

    /// <summary>All rates of a price that names at least input and output: a cache read costs as much as input, a cache write follows the provider's rule.</summary>
    public static TokenRates Whole(OverlayRates named)
    {
        var (input, written) = (named.Input ?? 0, named.CacheWriteShort ?? Times(named.Input ?? 0, WriteShortPermille));
        return new TokenRates
        {
            Input = input,
            Output = named.Output ?? 0,
            CacheRead = named.CacheRead ?? input,
            CacheWriteShort = written,
            CacheWriteLong = named.CacheWriteLong ?? Math.Max(Times(input, WriteLongPermille), written),
        };
    }

    /// <summary>What the correction takes away that bounded or raised the price of a call, in sentences; none where it only changes figures.</summary>
    public IReadOnlyList<string> Hides(ModelPrice? shipped)
    {
        if (shipped is null)
        {
            return ContextTokens is null
                ? [$"{Model} has no context window: calls whose prompt cannot be measured (files, addresses, server tools) have no bound and are refused. Name 'context'."]
                : [];
        }
        var hidden = new List<string>();
        if (Tiers is not null)
        {
            hidden.AddRange(shipped.Tiers.Where(tier => Tiers.All(own => own.AbovePromptTokens > tier.AbovePromptTokens || own.Rates.Input < tier.Rates.Input))
                .Select(tier => $"The shipped tier above {Grouped(tier.AbovePromptTokens)} prompt tokens no longer applies."));
        }
        if (ContextTokens < shipped.ContextTokens)
        {
            hidden.Add($"The context window is set to {Grouped(ContextTokens.Value)} tokens, less than the shipped {Grouped(shipped.ContextTokens.Value)}: longer prompts cost more than is held for them.");
        }
        if (MaxOutputTokens < shipped.MaxOutputTokens)
        {
            hidden.Add($"The longest answer is set to {Grouped(MaxOutputTokens.Value)} tokens, less than the shipped {Grouped(shipped.MaxOutputTokens.Value)}.");
        }
        Note(FastPermille, shipped.FastPermille, "fast mode");
        Note(GeoUsPermille, shipped.GeoUsPermille, "inference in the US");
        if (WebSearchNanos < shipped.WebSearchNanos)
        {
            hidden.Add($"A web search is set to {new Money(WebSearchNanos.Value)}, less than the shipped {new Money(shipped.SearchFeeNanos)}.");
        }
        return hidden;

        void Note(int? own, int? known, string what)
        {
            if (own < known)
            {
                hidden.Add(string.Create(CultureInfo.InvariantCulture, $"The factor for {what} is set to {own / 1000m:0.###}, less than the shipped {known / 1000m:0.###}."));
            }
        }
    }

    static long Times(long rate, int permille) => (long)Int128.Min(long.MaxValue, (((Int128)rate * permille) + 999) / 1000);

    static string Grouped(long count) => count.ToString("#,##0", CultureInfo.InvariantCulture);
}
