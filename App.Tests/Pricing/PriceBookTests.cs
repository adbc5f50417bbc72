using Governance.Pricing;

namespace Governance.Tests.Pricing;

/// <summary>The price book finds the price of the day, and none where it knows none.</summary>
public sealed class PriceBookTests
{
    static readonly PriceBook s_shipped = new(PriceList.Shipped);

    [Theory]
    [InlineData("anthropic", "claude-opus-5-5", "2026-09-21", null)]
    [InlineData("anthropic", "claude-opus-5-5", "2026-09-22", 4_000_000)]
    [InlineData("anthropic", "claude-opus-4-8", "2026-11-21", 5_000_000)]
    [InlineData("anthropic", "Anthropic/Claude-Opus-4.8", "2026-11-21", 5_000_000)]
    [InlineData("Anthropic", "us.anthropic.claude-opus-4-20250514-v1:0", "2026-11-21", 15_000_000)]
    [InlineData("openai", "gpt-5.6-sol", "2026-08-31", 5_000_000)]
    [InlineData("openai", "gpt-5.6-sol", "2026-09-01", 4_000_000)]
    [InlineData("openai", "gpt-6.2-sol", "2026-11-01", 2_000_000)]
    [InlineData("openai", "gpt-6.2-sol", "2026-10-31", null)]
    [InlineData("gemini", "gemini-3.6-flash", "2026-08-01", 1_500_000)]
    [InlineData("gemini", "gemini-3.6-flash", "2026-12-31", 750_000)]
    [InlineData("gemini", "gemini/gemini-3.6-flash", "2027-01-01", 1_500_000)]
    [InlineData("anthropic", "gpt-5", "2026-11-21", null)]
    [InlineData("openai", "claude-opus-4-8", "2026-11-21", null)]
    [InlineData("anthropic", "claude-opus-9", "2026-11-21", null)]
    [InlineData("anthropic", "claude-opus", "2026-11-21", null)]
    [InlineData("anthropic", "", "2026-11-21", null)]
    [InlineData("nobody", "claude-opus-4-8", "2026-11-21", null)]
    public void PriceIsTheOneOfTheDayAndTheVendor(string vendor, string model, string day, int? input) => Assert.Equal(input, s_shipped.Find(vendor, model, Day(day))?.Rates.Input);

    [Fact]
    public void CacheReadOfSonnetIsHalvedAtMidnightUtc()
    {
        Assert.Equal(200_000, s_shipped.Find("anthropic", "claude-sonnet-5-5", Day("2026-10-07").AddTicks(-1))!.Rates.CacheRead);
        Assert.Equal(100_000, s_shipped.Find("anthropic", "claude-sonnet-5-5", Day("2026-10-07"))!.Rates.CacheRead);
    }

    [Theory]
    [InlineData("claude-opus-5", "2026-11-21", 5_000_000)]
    [InlineData("claude-opus-5-20260301", "2026-11-21", 5_000_000)]
    [InlineData("claude-opus-5-latest", "2026-11-21", 5_000_000)]
    [InlineData("anthropic/claude-opus-5@20260301", "2026-11-21", 5_000_000)]
    [InlineData("claude-sonnet-4", "2026-11-21", 3_000_000)]
    [InlineData("claude-sonnet-4-latest", "2026-11-21", 3_000_000)]
    [InlineData("claude-3-7-sonnet", "2026-11-21", 3_000_000)]
    [InlineData("claude-sonnet-4-20250515", "2026-11-21", null)]
    [InlineData("claude-opus-5-2026", "2026-11-21", null)]
    public void AnAliasAndItsDatedIdHaveOnePrice(string model, string day, int? input) => Assert.Equal(input, s_shipped.Find("anthropic", model, Day(day))?.Rates.Input);

    [Theory]
    [InlineData("claude-opus-4-5", "claude-opus-4-5-20251101")]
    [InlineData("claude-opus-4-5-20251101", "claude-opus-4-5")]
    [InlineData("claude-opus-4-5", "claude-opus-4-5-latest")]
    [InlineData("Claude-Opus-4.5", "us.anthropic.claude-opus-4-5-20251101-v1:0")]
    public void ACorrectionIsFoundByEveryNameOfTheModel(string corrected, string asked)
    {
        var book = new PriceBook(PriceList.Shipped, [new PriceOverlay { Vendor = "anthropic", Model = corrected, Rates = new() { Input = 7 } }]);
        var price = book.FindFor("anthropic", asked, Day("2026-11-21"))!;
        Assert.Equal((7, 25_000_000, "workspace"), (price.Rates.Input, price.Rates.Output, price.Origin));
    }

    [Fact]
    public void ACorrectionOfOneSnapshotLeavesTheOtherAlone()
    {
        var rates = new TokenRates { Input = 10, Output = 10, CacheRead = 10, CacheWriteShort = 10, CacheWriteLong = 10 };
        var book = new PriceBook(
            [new() { Vendor = "v", Model = "m-20250101", Rates = rates }, new() { Vendor = "v", Model = "m-20260101", Rates = rates }],
            [new PriceOverlay { Vendor = "v", Model = "m-20250101", Rates = new() { Input = 3 } }]);
        Assert.Equal((3, 10), (book.Find("v", "m-20250101", Day("2026-11-21"))!.Rates.Input, book.Find("v", "m-20260101", Day("2026-11-21"))!.Rates.Input));
    }

    [Fact]
    public void ALaterCorrectionKeepsWhatAnEarlierOneNames()
    {
        var book = new PriceBook(PriceList.Shipped,
        [
            new PriceOverlay { Vendor = "anthropic", Model = "claude-opus-4-5", WebSearchNanos = 50_000_000, Rates = new() { Input = 6 } },
            new PriceOverlay { Vendor = "anthropic", Model = "claude-opus-4-5", EffectiveFrom = Day("2026-11-01"), Rates = new() { Output = 30 } },
            new PriceOverlay { Vendor = "anthropic", Model = "claude-opus-4-5-20251101", Rates = new() { Input = 7 } },
        ]);
        var alias = book.Find("anthropic", "claude-opus-4-5", Day("2026-11-21"))!;
        Assert.Equal((6L, 30L, 50_000_000L), (alias.Rates.Input, alias.Rates.Output, alias.WebSearchNanos));
        var dated = book.Find("anthropic", "claude-opus-4-5-20251101", Day("2026-11-21"))!;
        Assert.Equal((7L, 30L, 50_000_000L), (dated.Rates.Input, dated.Rates.Output, dated.WebSearchNanos));
    }

    [Fact]
    public void ADatedIdHasOnePriceInTheOldOrderAndTheNew()
    {
        Assert.Equal(3_000_000, s_shipped.Find("anthropic", "claude-sonnet-3-7-20250219", Day("2026-11-21"))?.Rates.Input);
        var book = new PriceBook(PriceList.Shipped, [new PriceOverlay { Vendor = "anthropic", Model = "claude-sonnet-3-7-20250219", Rates = new() { Input = 7 } }]);
        Assert.Equal(7, book.Find("anthropic", "claude-3-7-sonnet-20250219", Day("2026-11-21"))!.Rates.Input);
    }

    [Fact]
    public void CorrectionHoldsOnlyBetweenItsInstants()
    {
        var own = new PriceOverlay { Vendor = "anthropic", Model = "claude-opus-4-8", EffectiveFrom = Day("2026-11-10"), EffectiveUntil = Day("2026-11-20"), Rates = new() { Input = 1 } };
        var book = new PriceBook(PriceList.Shipped, [own]);
        Assert.Equal(5_000_000, book.Find("anthropic", "claude-opus-4-8", Day("2026-11-09"))!.Rates.Input);
        Assert.Equal(1, book.Find("anthropic", "claude-opus-4-8", Day("2026-11-10"))!.Rates.Input);
        Assert.Equal(1, book.FindAny("claude-opus-4.8", Day("2026-11-19"))!.Rates.Input);
        Assert.Equal(5_000_000, book.Find("anthropic", "claude-opus-4-8", Day("2026-11-20"))!.Rates.Input);
        Assert.NotEqual(s_shipped.Version, book.Version);
        Assert.Equal(1, book.Current(Day("2026-11-15")).Single(price => price is { Vendor: "anthropic", Model: "claude-opus-4-8" }).Rates.Input);
    }

    [Fact]
    public void CanonicalNameThatCoversSeveralRoutesTakesTheDearest()
    {
        var rates = new TokenRates { Input = 10, Output = 10, CacheRead = 10, CacheWriteShort = 10, CacheWriteLong = 10 };
        ModelPrice[] rows =
        [
            new() { Vendor = "bedrock", Model = "anthropic.claude-x-1-v1:0", Rates = rates },
            new() { Vendor = "bedrock", Model = "us.anthropic.claude-x-1-v1:0", Rates = rates with { Output = 11 } },
        ];
        var book = new PriceBook(rows);
        Assert.Equal(10, book.Find("bedrock", "anthropic.claude-x-1-v1:0", Day("2026-11-21"))!.Rates.Output);
        Assert.Equal(11, book.Find("bedrock", "claude-x-1", Day("2026-11-21"))!.Rates.Output);
    }

    [Fact]
    public void AnyVendorPrefersTheMakerOfTheModel()
    {
        Assert.Equal("anthropic", s_shipped.FindAny("anthropic/claude-opus-4.8", Day("2026-11-21"))!.Vendor);
        Assert.Equal("openai", s_shipped.FindAny("gpt-5-nano-2025-08-07", Day("2026-11-21"))!.Vendor);
        Assert.Null(s_shipped.FindAny("glm-5.2-unheard-of", Day("2026-11-21")));
    }

    [Fact]
    public void VersionDependsOnContentAndNotOnOrder()
    {
        Assert.Equal(s_shipped.Version, new PriceBook(PriceList.Shipped.Reverse()).Version);
        Assert.Equal(12, s_shipped.Version.Length);
        PriceOverlay[] own = [new() { Vendor = "v", Model = "m", Rates = new() { Input = 1, Output = 1 } }, new() { Vendor = "v", Model = "n", Rates = new() { Input = 1, Output = 1 } }];
        Assert.Equal(new PriceBook(PriceList.Shipped, own).Version, new PriceBook(PriceList.Shipped, own.Reverse()).Version);
    }

    [Fact]
    public void ShippedListHasNoFreeAndNoImplausibleRow()
    {
        Assert.True(PriceList.Shipped.Count > 700);
        foreach (var price in PriceList.Shipped)
        {
            Assert.True(price.Rates is { Input: >= 0, Output: >= 0, CacheRead: >= 0, CacheWriteShort: >= 0, CacheWriteLong: >= 0 } && price.Rates.Input + price.Rates.Output > 0, price.Model);
            Assert.True(price.EffectiveFrom is null || price.EffectiveUntil is null || price.EffectiveFrom < price.EffectiveUntil, price.Model);
            Assert.Equal(price.Tiers.Select(tier => tier.AbovePromptTokens).Order(), price.Tiers.Select(tier => tier.AbovePromptTokens));
            Assert.True(price.ContextTokens is null || price.Tiers.All(tier => tier.AbovePromptTokens < price.ContextTokens), $"{price.Model}: a tier that the window cannot reach");
        }
        foreach (var claude in PriceList.Shipped.Where(price => price.Vendor == "anthropic"))
        {
            Assert.True(claude is { BatchPermille: 500, WebSearchNanos: 10_000_000 } && claude.Rates.CacheWriteLong >= claude.Rates.CacheWriteShort, claude.Model);
        }
    }

    [Fact]
    public void CurrentHasOneRowForEveryModelThatHasAPriceThatDay()
    {
        var current = s_shipped.Current(Day("2026-10-06"));
        Assert.Equal(current.Count, current.Select(price => (price.Vendor, price.Model)).Distinct().Count());
        Assert.Equal(200_000, current.Single(price => price is { Vendor: "anthropic", Model: "claude-sonnet-5-5" }).Rates.CacheRead);
        Assert.DoesNotContain(current, price => price.Model == "claude-haiku-5-5");
    }

    static DateTimeOffset Day(string day) => new(DateOnly.ParseExact(day, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), TimeOnly.MinValue, TimeSpan.Zero);
}
