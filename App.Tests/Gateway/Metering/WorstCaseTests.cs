using Governance.Gateway;
using Governance.Gateway.Metering;
using Governance.Pricing;

namespace Governance.Tests.Gateway.Metering;

/// <summary>What is held is never less than what a call can cost.</summary>
public sealed class WorstCaseTests
{
    static readonly PriceBook s_prices = new(PriceList.Shipped);
    static readonly DateTimeOffset s_at = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);
    static readonly RequestFacts s_facts = new() { Model = "claude-opus-5-5", MaxTokens = 1_000, TextBytes = 4_000, ExpectedTextTokens = 1_000, Messages = 1 };

    [Fact]
    public void FormulaIsTenPercentAboveTheExpectedCost()
    {
        var estimate = Of(s_facts with { ExpectedTextTokens = 2_000 });
        // (1,000 × $20 + 2,000 × $4) per million × 1.10
        Assert.Equal(Money.FromUsd(0.0308m), estimate.Formula);
        Assert.Equal(2_000, estimate.ExpectedInputTokens);
    }

    [Fact]
    public void BytesBoundTheTextAndTheLargerFigureIsHeld()
    {
        var estimate = Of(s_facts);
        Assert.Equal(4_024, estimate.MaxInputTokens);
        Assert.Equal(Money.FromUsd(0.036096m), estimate.Bound);
        Assert.Equal(estimate.Bound, estimate.Amount);
        Assert.Equal(Of(s_facts with { TextBytes = 0 }).Formula, Of(s_facts with { TextBytes = 0 }).Amount);
        Assert.Null(estimate.UnboundedBecause);
    }

    [Theory]
    [InlineData(nameof(CacheWrite.None), 4_000_000)]
    [InlineData(nameof(CacheWrite.FiveMinutes), 5_000_000)]
    [InlineData(nameof(CacheWrite.OneHour), 8_000_000)]
    public void DearestCacheWriteThatTheBodyCausesIsCounted(string write, long rate) =>
        Assert.Equal(((4_024 * rate) + (1_000L * 20_000_000)) / 1_000, Of(s_facts with { CacheWrite = Enum.Parse<CacheWrite>(write) }).Bound.Nanos);

    [Theory]
    [InlineData(99_976, 500_000)]
    [InlineData(99_977, 2_500_000)]
    public void TierThatTheBoundCanReachIsCounted(long textBytes, long outputRate)
    {
        var estimate = Of(s_facts with { Model = "claude-haiku-5-5", TextBytes = textBytes });
        Assert.Equal(((textBytes + 24) * (outputRate / 5)) + (1_000 * outputRate), estimate.Bound.Nanos * 1_000);
    }

    [Fact]
    public void WindowBoundsWhatCannotBeMeasuredAndWhatIsTooLong()
    {
        Assert.Equal(1_000_000, Of(s_facts with { Unmeasurable = true }).MaxInputTokens);
        Assert.Equal(1_000_000, Of(s_facts with { Documents = 1, DocumentBytes = 100 }).MaxInputTokens);
        Assert.Equal(1_000_000, Of(s_facts with { TextBytes = 50_000_000 }).MaxInputTokens);
        Assert.Equal(4_024 + (2 * 4_784), Of(s_facts with { Images = 2 }).MaxInputTokens);
        Assert.Equal(1_000 + (2 * 1_568) + 2_500, Of(s_facts with { Images = 2, Documents = 1, DocumentBytes = 10 }).ExpectedInputTokens);
        Assert.Equal(4_924, Of(s_facts with { Tools = 1 }).MaxInputTokens);
    }

    [Fact]
    public void FactorsOfFastAndPlaceCountInBoth()
    {
        var (plain, both) = (Of(s_facts), Of(s_facts with { Fast = true, InferenceGeo = "us" }));
        Assert.Equal(plain.Bound.Nanos * 22 / 10, both.Bound.Nanos);
        Assert.Equal(plain.Formula.Nanos * 22 / 10, both.Formula.Nanos);
        Assert.Equal(plain.Bound, Of(s_facts with { InferenceGeo = "global" }).Bound);
        Assert.Equal(plain.Bound.Nanos * 11 / 10, Of(s_facts with { InferenceGeo = "somewhere-new" }).Bound.Nanos);
    }

    [Fact]
    public void MaxTokensCountsAsGiven()
    {
        Assert.Equal(500_000, Of(s_facts with { MaxTokens = 500_000 }).MaxOutputTokens);
        Assert.Equal(0, Of(s_facts with { MaxTokens = 0 }).MaxOutputTokens);
        Assert.Equal(128_000, Of(s_facts with { MaxTokens = null }).MaxOutputTokens);
        var nameless = Price("claude-opus-5-5") with { MaxOutputTokens = null, ContextTokens = null };
        Assert.NotNull(WorstCase.Of(s_facts with { MaxTokens = null }, nameless, [], false).UnboundedBecause);
        Assert.Equal(4_024, WorstCase.Of(s_facts, nameless, [], false).MaxInputTokens);
        Assert.NotNull(WorstCase.Of(s_facts with { Unmeasurable = true }, nameless, [], false).UnboundedBecause);
    }

    [Fact]
    public void OtherModelsAddUp()
    {
        var facts = s_facts with { OtherModels = ["claude-opus-4-8"] };
        var alone = WorstCase.Of(facts, Price("claude-opus-4-8"), [Price("claude-opus-5-5")], false);
        Assert.Equal(Of(s_facts).Bound + WorstCase.Of(s_facts, Price("claude-opus-4-8"), [], false).Bound, alone.Bound);
        Assert.Null(alone.UnboundedBecause);
        Assert.NotNull(WorstCase.Of(facts, Price("claude-opus-5-5"), [], false).UnboundedBecause);
    }

    [Fact]
    public void ServerToolsNeedABoundOnTheirUses()
    {
        var search = s_facts with { ServerTools = [new("web_search_20250305", null)] };
        Assert.Contains("web_search_20250305", Of(search).UnboundedBecause, StringComparison.Ordinal);
        Assert.Null(WorstCase.Of(search, Price("claude-opus-5-5"), [], allowUnbounded: true).UnboundedBecause);
        Assert.NotNull(Of(s_facts with { McpServers = true }).UnboundedBecause);
        Assert.Null(Of(s_facts with { ServerTools = [new("bash_20250124", null)] }).UnboundedBecause);

        var bounded = Of(s_facts with { ServerTools = [new("web_search_20250305", 2)] });
        Assert.Null(bounded.UnboundedBecause);
        Assert.Equal((4_924 + 2_000_000, 3_000), (bounded.MaxInputTokens, bounded.MaxOutputTokens));
        Assert.Equal(Money.FromUsd((2_004_924 * 0.000004m) + (3_000 * 0.00002m) + 0.02m), bounded.Bound);
    }

    [Fact]
    public void AdvisorAnswersAtItsOwnLength()
    {
        var facts = s_facts with { OtherModels = ["claude-opus-4-8"], ServerTools = [new("advisor_20260301", 1)] };
        var estimate = WorstCase.Of(facts, Price("claude-opus-5-5"), [Price("claude-opus-4-8")], false);
        Assert.True(estimate.Bound >= Money.FromUsd(128_000 * 2 * 0.000025m));
    }

    [Fact]
    public void AbsurdBodiesNeitherOverflowNorComeOutCheap()
    {
        var absurd = s_facts with
        {
            MaxTokens = long.MaxValue, TextBytes = long.MaxValue, ExpectedTextTokens = long.MaxValue, Images = int.MaxValue, Messages = int.MaxValue, Fast = true, InferenceGeo = "us",
            ServerTools = [new("web_search_20250305", long.MaxValue), new("web_fetch_20250910", long.MaxValue)],
        };
        Assert.InRange(Of(absurd).Amount.Usd, 10_000_000m, 1_000_000_000m);
    }

    [Fact]
    public void BoundIsNeverBelowTheBillOfAnyCallWithinIt()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        string[] models = ["claude-opus-5-5", "claude-haiku-5-5", "claude-sonnet-4-5", "claude-opus-4-6", "claude-3-opus-20240229"];
        for (var i = 0; i < 20_000; i++)
        {
            var price = Price(models[random.Next(models.Length)]);
            var facts = s_facts with
            {
                TextBytes = random.NextInt64(400_000), MaxTokens = random.Next(200_000), CacheWrite = (CacheWrite)random.Next(3), Fast = random.Next(2) == 0, InferenceGeo = random.Next(2) == 0 ? "us" : null,
            };
            var estimate = WorstCase.Of(facts, price, [], false);
            var prompt = random.NextInt64(estimate.MaxInputTokens + 1);
            var (read, five, hour) = (random.NextInt64(prompt / 3 + 1), random.NextInt64(prompt / 3 + 1), random.NextInt64(prompt / 3 + 1));
            (five, hour) = (facts.CacheWrite >= CacheWrite.FiveMinutes ? five : 0, facts.CacheWrite == CacheWrite.OneHour ? hour : 0);
            var usage = new TokenUsage { InputTokens = prompt - read - five - hour, CacheReadTokens = read, CacheWriteShortTokens = five, CacheWriteLongTokens = hour, OutputTokens = random.NextInt64(facts.MaxTokens!.Value + 1) };
            var bill = CallCost.Of(price, usage, new ServiceTerms(facts.Fast, facts.InferenceGeo == "us"));
            Assert.True(bill <= estimate.Bound && estimate.Bound <= estimate.Amount, $"seed {seed}, round {i}: {bill.Nanos} > {estimate.Bound.Nanos} for {price.Model} {facts} {usage}");
        }
    }

    static CallEstimate Of(RequestFacts facts) => WorstCase.Of(facts, Price(facts.Model), [], allowUnbounded: false);

    static ModelPrice Price(string model) => s_prices.Find("anthropic", model, s_at)!;
}
