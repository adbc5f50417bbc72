using Governance.Pricing;

namespace Governance.Tests.Pricing;

/// <summary>A call costs what the provider bills, to the nano-dollar, and its lines add up.</summary>
public sealed class CallCostTests
{
    static readonly PriceBook s_prices = new(PriceList.Shipped);
    static readonly DateTimeOffset s_at = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("claude-opus-5-5", 1_000, 0, 0, 0, 1_000, 0, false, false, false, "0.024")]
    [InlineData("claude-opus-5-5", 1_000, 0, 0, 0, 1_000, 0, true, false, false, "0.048")]
    [InlineData("claude-opus-4-8", 1_000, 0, 0, 0, 1_000, 0, true, false, false, "0.06")]
    [InlineData("claude-opus-4-7", 1_000, 0, 0, 0, 1_000, 0, true, false, false, "0.18")]
    [InlineData("claude-opus-4-6", 1_000, 0, 0, 0, 1_000, 0, true, true, false, "0.198")]
    [InlineData("claude-sonnet-5-5", 1_000, 1_000, 1_000, 1_000, 1_000, 0, false, true, false, "0.02046")]
    [InlineData("claude-haiku-4-5", 1_000, 0, 0, 0, 1_000, 0, false, true, false, "0.0066")]
    [InlineData("claude-opus-5-5", 1_000, 0, 0, 0, 1_000, 0, false, false, true, "0.012")]
    [InlineData("claude-opus-5-5", 0, 0, 0, 0, 0, 3, true, true, true, "0.03")]
    [InlineData("claude-opus-5-5", 0, 0, 0, 0, 0, 0, false, false, false, "0")]
    [InlineData("claude-haiku-5-5", 100_000, 0, 0, 0, 1_000, 0, false, false, false, "0.0105")]
    [InlineData("claude-haiku-5-5", 100_001, 0, 0, 0, 1_000, 0, false, false, false, "0.0525005")]
    [InlineData("claude-haiku-5-5", 1, 99_999, 0, 0, 1_000, 0, false, false, false, "0.00150009")]
    [InlineData("claude-haiku-5-5", 1, 0, 50_000, 50_000, 1_000, 0, false, false, false, "0.0837505")]
    [InlineData("claude-haiku-5-5", 1, 0, 0, 0, 0, 0, false, true, true, "0.000000055")]
    [InlineData("claude-3-haiku-20240307", 1, 0, 0, 0, 0, 0, false, false, true, "0.000000125")]
    [InlineData("claude-fable-5-2", 1_000, 1_000, 1_000, 1_000, 1_000, 0, false, false, false, "0.0742")]
    public void CallCostsWhatItsClassesCost(string model, long input, long read, long five, long hour, long output, long searches, bool fast, bool geo, bool batch, string usd)
    {
        var usage = new TokenUsage
        {
            InputTokens = input, CacheReadTokens = read, CacheWriteShortTokens = five, CacheWriteLongTokens = hour, OutputTokens = output, WebSearches = searches,
        };
        var price = s_prices.Find("anthropic", model, s_at)!;
        var terms = new ServiceTerms(fast, geo, batch);
        Assert.Equal(usd, CallCost.Of(price, usage, terms).Usd.ToString("0.############", System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(CallCost.Of(price, usage, terms), CallCost.Explain(price, usage, terms).Total);
    }

    [Fact]
    public void CostIsRoundedUpOnceAndNotLineByLine()
    {
        // Each class is a third of a nano-dollar or so: five roundings would give 5.
        var price = Price(new TokenRates { Input = 300, Output = 300, CacheRead = 300, CacheWriteShort = 300, CacheWriteLong = 301 });
        var usage = new TokenUsage { InputTokens = 1, OutputTokens = 1, CacheReadTokens = 1, CacheWriteShortTokens = 1, CacheWriteLongTokens = 1 };
        Assert.Equal(new Money(2), CallCost.Of(price, usage, default));
        Assert.Equal(new Money(1), CallCost.Of(price, usage with { CacheWriteLongTokens = 0, OutputTokens = 0 }, default));
        Assert.Equal(new Money(1), CallCost.Of(Price(Flat(1)), new TokenUsage { InputTokens = 1 }, default));
        Assert.Equal(new Money(1), CallCost.Of(Price(Flat(1000)), new TokenUsage { InputTokens = 1 }, default));
        Assert.Equal(new Money(2), CallCost.Of(Price(Flat(1000)) with { GeoUsPermille = 1001 }, new TokenUsage { InputTokens = 1 }, new ServiceTerms(GeoUs: true)));
    }

    [Fact]
    public void LinesOfABreakdownAddUpToTheTotalForAnyUsage()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var i = 0; i < 5_000; i++)
        {
            var price = Price(new TokenRates
            {
                Input = random.Next(9_999), Output = random.Next(9_999), CacheRead = random.Next(9_999), CacheWriteShort = random.Next(9_999), CacheWriteLong = random.Next(9_999),
            }) with { GeoUsPermille = 1100, FastPermille = 2000, BatchPermille = 500, WebSearchNanos = random.Next(99) };
            var usage = new TokenUsage
            {
                InputTokens = random.Next(9), OutputTokens = random.Next(9), CacheReadTokens = random.Next(9), CacheWriteShortTokens = random.Next(9), CacheWriteLongTokens = random.Next(9), WebSearches = random.Next(3),
            };
            var terms = new ServiceTerms(random.Next(2) == 0, random.Next(2) == 0, random.Next(2) == 0);
            var breakdown = CallCost.Explain(price, usage, terms);
            Assert.True(breakdown.Total.Nanos == breakdown.Lines.Sum(line => line.Amount.Nanos) && breakdown.Lines.All(line => line.Amount >= Money.Zero), $"seed {seed}");
            Assert.True(breakdown.Total == CallCost.Of(price, usage, terms), $"seed {seed}");
            Assert.Equal(decimal.Ceiling(breakdown.Lines.Sum(line => line.Count * line.Rate) / 1000m), breakdown.Total.Nanos);
        }
    }

    [Fact]
    public void AbsurdCountsOverflowInsteadOfWrapping()
    {
        Assert.Throws<OverflowException>(() => CallCost.Of(Price(Flat(1_000_000)), new TokenUsage { InputTokens = long.MaxValue, OutputTokens = long.MaxValue }, default));
        Assert.Throws<OverflowException>(() => CallCost.Of(Price(Flat(long.MaxValue)), new TokenUsage { InputTokens = long.MaxValue }, default));
    }

    [Fact]
    public void TierThatAppliedIsNamed()
    {
        var price = s_prices.Find("anthropic", "claude-haiku-5-5", s_at)!;
        Assert.Null(CallCost.Explain(price, new TokenUsage { InputTokens = 100_000 }, default).Tier);
        Assert.Equal(100_000, CallCost.Explain(price, new TokenUsage { InputTokens = 100_001 }, default).Tier);
    }

    static TokenRates Flat(long rate) => new() { Input = rate, Output = rate, CacheRead = rate, CacheWriteShort = rate, CacheWriteLong = rate };

    static ModelPrice Price(TokenRates rates) => new() { Vendor = "anthropic", Model = "test", Rates = rates };
}
