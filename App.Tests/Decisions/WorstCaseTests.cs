using Governance.Decisions;
using Governance.Pricing;

namespace Governance.Tests.Decisions;

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
    public void LongestAnswerThatAFallbackSetsIsHeld()
    {
        var facts = s_facts with { MaxTokens = 1, OtherModels = ["claude-opus-4-8"], OtherMaxTokens = 128_000 };
        var estimate = WorstCase.Of(facts, Price("claude-opus-5-5"), [Price("claude-opus-4-8")], false);
        var input = 4_024 * (0.000004m + 0.000005m);
        Assert.Equal(Money.FromUsd(input + (128_000 * (0.00002m + 0.000025m))), estimate.Bound);
        Assert.Equal(128_000, estimate.MaxOutputTokens);
        Assert.Equal(1_000, Of(s_facts with { OtherMaxTokens = 5 }).MaxOutputTokens);
    }

    [Fact]
    public void CompactionIsOneMorePassAtTheModelsOwnLength()
    {
        var compacted = s_facts with { Compaction = true };
        Assert.Equal(Of(s_facts).Bound + Money.FromUsd((4_024 * 0.000004m) + (128_000 * 0.00002m)), Of(compacted).Bound);
        Assert.Equal((2 * 4_024L, 129_000L), (Of(compacted).MaxInputTokens, Of(compacted).MaxOutputTokens));
        var windowOnly = Price("claude-opus-5-5") with { MaxOutputTokens = null };
        Assert.Equal(1_001_000, WorstCase.Of(compacted, windowOnly, [], false).MaxOutputTokens);
        var nameless = windowOnly with { ContextTokens = null };
        Assert.Null(WorstCase.Of(s_facts, nameless, [], false).UnboundedBecause);
        Assert.Contains("compacted", WorstCase.Of(compacted, nameless, [], false).UnboundedBecause, StringComparison.Ordinal);
    }

    [Fact]
    public void ABoundBeyondAnyBudgetIsNeverHeld()
    {
        var free = Price("claude-opus-5-5") with { MaxOutputTokens = null, ContextTokens = null };
        var dear = free with { Rates = free.Rates with { Output = 2_000_000_000 } };
        Assert.Null(WorstCase.Of(s_facts with { MaxTokens = 400_000_000_000 }, dear, [], false).UnboundedBecause);
        Assert.Equal("its bound is beyond any budget", WorstCase.Of(s_facts with { MaxTokens = long.MaxValue }, dear, [], false).UnboundedBecause);
        Assert.Equal("its bound is beyond any budget", WorstCase.Of(s_facts with { MaxTokens = long.MaxValue }, dear, [], allowUnbounded: true).UnboundedBecause);
    }

    [Theory]
    [InlineData(64_000, 1_000_000, 256_000, true)]
    [InlineData(64_000, 1_000_000, 256_001, false)]
    [InlineData(4_096, 200_000, 128_000, true)]
    [InlineData(4_096, 200_000, 128_001, false)]
    [InlineData(64_000, 100_000, 100_001, false)]
    [InlineData(null, 200_000, 200_000, true)]
    [InlineData(null, 200_000, 200_001, false)]
    [InlineData(null, null, long.MaxValue, true)]
    [InlineData(64_000, null, 256_001, false)]
    [InlineData(128_000, null, long.MaxValue, false)]
    public void WhatNoModelAnswersIsInvalid(int? maxOutput, int? window, long maxTokens, bool valid)
    {
        var price = Price("claude-opus-5-5") with { MaxOutputTokens = maxOutput, ContextTokens = window };
        Assert.Equal(valid, WorstCase.Of(s_facts with { MaxTokens = maxTokens }, price, [], true).InvalidBecause is null);
        Assert.Equal(valid, WorstCase.Of(s_facts with { OtherMaxTokens = maxTokens, OtherModels = ["claude-opus-5-5"] }, price, [price], true).InvalidBecause is null);
    }

    [Fact]
    public void InvalidSaysWhatIsAskedAndWhatIsPossible() => Assert.Equal(
        "max_tokens: 9223372036854775807 is more than the 128000 that claude-opus-5-5 can answer", Of(s_facts with { MaxTokens = long.MaxValue }).InvalidBecause);

    [Fact]
    public void SpellingsOfOneModelCountOnceAtTheDearest()
    {
        var other = Price("claude-opus-4-8");
        var dearer = other with { Model = "anthropic/claude-opus-4.8", Rates = other.Rates with { Output = other.Rates.Output * 2 } };
        var facts = s_facts with { OtherModels = ["claude-opus-4-8", "anthropic/claude-opus-4.8"] };
        var estimate = WorstCase.Of(facts, Price("claude-opus-5-5"), [other, dearer], false);
        Assert.Null(estimate.UnboundedBecause);
        Assert.Equal(WorstCase.Of(s_facts with { OtherModels = ["claude-opus-4-8"] }, Price("claude-opus-5-5"), [dearer], false).Bound, estimate.Bound);
    }

    [Fact]
    public void SixteenOtherModelsAreEnough()
    {
        string[] names = [.. Enumerable.Range(0, 17).Select(i => $"model-{i}")];
        Assert.Null(CallLimits.TooManyModels(s_facts with { OtherModels = names[..16] }));
        Assert.Null(CallLimits.TooManyModels(s_facts with { OtherModels = [.. names[..16], .. names[..16].Select(name => "anthropic/" + name)] }));
        Assert.Contains("17 other models", CallLimits.TooManyModels(s_facts with { OtherModels = names }), StringComparison.Ordinal);
    }

    [Fact]
    public void InputThatCannotBeMeasuredIsJudgedAsAllThatTheModelTakes()
    {
        var price = Price("claude-opus-5-5");
        var hidden = s_facts with { Unmeasurable = true };
        Assert.Equal(1_000, CallLimits.JudgedInput(s_facts, price));
        Assert.Equal(1_000, CallLimits.JudgedInput(s_facts, null));
        Assert.Equal(1_000_000, CallLimits.JudgedInput(hidden, price));
        Assert.Equal(long.MaxValue, CallLimits.JudgedInput(hidden, null));
        Assert.Equal(long.MaxValue, CallLimits.JudgedInput(hidden, price with { ContextTokens = null }));
        Assert.Equal(1_000, Of(hidden).ExpectedInputTokens);
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
