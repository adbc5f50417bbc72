using Governance.Audit;
using Governance.Pricing;

namespace Governance.Tests.Pricing;

/// <summary>A correction replaces what it names and nothing else.</summary>
public sealed class PriceOverlayTests
{
    static readonly ModelPrice s_shipped = new()
    {
        Vendor = "anthropic",
        Model = "claude-x",
        Rates = new() { Input = 100, Output = 500, CacheRead = 10, CacheWriteShort = 125, CacheWriteLong = 200 },
        Tiers = [new(1000, new() { Input = 200, Output = 900, CacheRead = 20, CacheWriteShort = 250, CacheWriteLong = 400 })],
        ContextTokens = 5000,
        MaxOutputTokens = 800,
        GeoUsPermille = 1100,
        FastPermille = 2000,
        BatchPermille = 500,
        WebSearchNanos = 77,
    };

    static PriceOverlay Overlay => new() { Vendor = "anthropic", Model = "claude-x" };

    [Fact]
    public void WhatIsNotNamedStaysAsItIsShipped()
    {
        Assert.Equal(s_shipped with { Origin = "workspace" }, Overlay.Over(s_shipped));
        var corrected = (Overlay with { Rates = new() { Input = 60 } }).Over(s_shipped)!;
        Assert.Equal(s_shipped with { Origin = "workspace", Rates = s_shipped.Rates with { Input = 60 } }, corrected);
    }

    [Fact]
    public void EveryFieldThatIsNamedIsReplaced()
    {
        var tiers = new PriceTier[] { new(9, s_shipped.Rates) };
        var own = Overlay with
        {
            Rates = new() { Input = 1, Output = 2, CacheRead = 3, CacheWriteShort = 4, CacheWriteLong = 5 }, Tiers = tiers, ContextTokens = 6, MaxOutputTokens = 7,
            GeoUsPermille = 1008, FastPermille = 1009, BatchPermille = 1010, WebSearchNanos = 11,
        };
        Assert.Equal(new ModelPrice
        {
            Vendor = "anthropic", Model = "claude-x", Origin = "workspace", Rates = new() { Input = 1, Output = 2, CacheRead = 3, CacheWriteShort = 4, CacheWriteLong = 5 }, Tiers = tiers,
            ContextTokens = 6, MaxOutputTokens = 7, GeoUsPermille = 1008, FastPermille = 1009, BatchPermille = 1010, WebSearchNanos = 11,
        }, own.Over(s_shipped));
    }

    [Theory]
    [InlineData(1000, null, null, 1250, 2000)]
    [InlineData(1001, null, null, 1252, 2002)]
    [InlineData(1000, 3000, null, 3000, 3000)]
    [InlineData(1000, null, 9000, 1250, 9000)]
    public void CacheWritesWithoutAPriceFollowTheProvidersRule(int input, int? five, int? hour, int wantedFive, int wantedHour)
    {
        var price = new PriceOverlay { Vendor = "compatible", Model = "m", Rates = new() { Input = input, Output = 1, CacheWriteShort = five, CacheWriteLong = hour } }.Over(null)!;
        Assert.Equal((input, wantedFive, wantedHour), (price.Rates.CacheRead, price.Rates.CacheWriteShort, price.Rates.CacheWriteLong));
    }

    [Fact]
    public void APartOfAPriceOfAnUnknownModelIsNoPrice()
    {
        Assert.Null((Overlay with { Rates = new() { Input = 1 } }).Over(null));
        Assert.Null(new PriceBook([], [Overlay with { Rates = new() { Output = 1 } }]).Find("anthropic", "claude-x", DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public void WhatHidesABoundIsSaid()
    {
        Assert.Empty((Overlay with { Rates = new() { Input = 1 }, ContextTokens = 5000, FastPermille = 2000 }).Hides(s_shipped));
        Assert.Contains("tier above 1,000", Assert.Single((Overlay with { Tiers = [new(2000, s_shipped.Tiers[0].Rates)] }).Hides(s_shipped)), StringComparison.Ordinal);
        Assert.Contains("context window", Assert.Single((Overlay with { ContextTokens = 10 }).Hides(s_shipped)), StringComparison.Ordinal);
        Assert.Contains("fast mode", Assert.Single((Overlay with { FastPermille = 1000 }).Hides(s_shipped)), StringComparison.Ordinal);
        Assert.Contains("US", Assert.Single((Overlay with { GeoUsPermille = 1000 }).Hides(s_shipped)), StringComparison.Ordinal);
        Assert.Contains("web search", Assert.Single((Overlay with { WebSearchNanos = 0 }).Hides(s_shipped)), StringComparison.Ordinal);
        Assert.Contains("no context window", Assert.Single(Overlay.Hides(null)), StringComparison.Ordinal);
    }

    /// <summary>Version 0.1 wrote whole prices, with defaults for what nobody had named: a tier or a factor must not be lost by them.</summary>
    [Fact]
    public void ACorrectionOfVersionOneNamesOnlyWhatDiffersFromItsDefaults()
    {
        const string Stored = """{"vendor":"anthropic","model":"claude-x","rates":{"input":60,"output":500,"cache_read":60,"cache_write_short":60,"cache_write_long":60},"tiers":[],"geo_us_permille":1000,"fast_permille":1000,"batch_permille":1000,"web_search_nanos":0,"origin":"workspace"}""";
        var overlay = AuditJson.Read<PriceOverlay>(Stored);
        Assert.Equal(Overlay with { Rates = new() { Input = 60, Output = 500 } }, overlay.WithoutDefaults());
        Assert.Equal(s_shipped with { Origin = "workspace", Rates = s_shipped.Rates with { Input = 60 } }, overlay.WithoutDefaults().Over(s_shipped));
        Assert.Equal(Overlay, Overlay.WithoutDefaults());
    }
}
