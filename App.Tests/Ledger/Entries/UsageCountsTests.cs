using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Tests.Ledger.Entries;

/// <summary>What the process counts of its own entries.</summary>
public sealed class UsageCountsTests
{
    [Fact]
    public async Task CostAndCorrectionsComeToWhatTheLedgerDoes()
    {
        await using var rig = new LedgerRig();
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        await rig.SpendAsync(3.25m);
        await rig.CorrectAsync(0.25m);
        await rig.CorrectAsync(4m);
        var counts = rig.Get<UsageCounts>();
        var (project, model, spend) = Assert.Single(counts.Spend);
        Assert.Equal(("chat-widget", "claude-haiku-4-5", Money.FromUsd(5.25m), Money.FromUsd(2.25m)), (project, model, spend.Cost, spend.Corrections));
        Assert.Equal(Assert.Single(rig.Balances("chat-month")).PostedNanos, (spend.Cost + spend.Corrections).Nanos);
        Assert.Equal([("chat-widget", UsageOutcome.Posted, 1L), ("chat-widget", UsageOutcome.Assumed, 2L)], counts.Entries);
    }

    [Fact]
    public void WhatIsRolledBackIsNotCounted()
    {
        var counts = new UsageCounts();
        counts.Add(Call("main", "m"), Posted);
        counts.AfterRollback();
        counts.AfterCommit();
        Assert.Empty(counts.Entries);
        Assert.Empty(counts.Spend);
    }

    [Fact]
    public void AnUnpricedModelIsOtherAndAnotherSpellingIsThePriceListsName()
    {
        var counts = new UsageCounts();
        foreach (var call in new[] { Call("main", "m"), Call("main", "M") with { PricedAs = "m" }, Call("main", "anything", vendor: null), Call("main", null) })
        {
            counts.Add(call, Posted);
        }
        counts.AfterCommit();
        Assert.Equal([("m", 20), ("other", 20)], counts.Spend.Select(each => (each.Model, each.Spend.InputTokens)).OrderBy(each => each.Model, StringComparer.Ordinal));
    }

    /// <summary>Beyond the limits everything is still counted, only not by name.</summary>
    [Fact]
    public void ThereAreNoMoreSeriesThanTheLimitsSay()
    {
        var counts = new UsageCounts();
        for (var i = 0; i < 1000; i++)
        {
            counts.Add(Call($"project-{i}", $"model-{i % 7}"), Posted);
        }
        counts.AfterCommit();
        Assert.Equal(UsageCounts.MaxProjects + 1, counts.Entries.Count());
        Assert.Equal(UsageCounts.MaxPairs + 1, counts.Spend.Count());
        Assert.Equal((1000, 10_000), (counts.Entries.Sum(entry => entry.Count), counts.Spend.Sum(each => each.Spend.InputTokens)));
    }

    [Fact]
    public void OneAbsurdEntryFillsAFigureAndNeverTurnsItRound()
    {
        var counts = new UsageCounts();
        for (var i = 0; i < 3; i++)
        {
            counts.Add(Call("main", "m"), Posted with { Cost = new Money(long.MaxValue), Usage = new TokenUsage { OutputTokens = long.MaxValue } });
        }
        counts.AfterCommit();
        var spend = Assert.Single(counts.Spend).Spend;
        Assert.Equal((long.MaxValue, long.MaxValue), (spend.Cost.Nanos, spend.OutputTokens));
    }

    static CallResult Posted => new() { Outcome = UsageOutcome.Posted, Cost = new Money(7), Usage = new TokenUsage { InputTokens = 10 }, End = "Completed" };

    static LedgerCall Call(string project, string? model, string? vendor = "anthropic") => new()
    {
        Id = new CallId(1),
        For = new Attribution { Project = project, Key = "key", Model = model, Vendor = vendor },
        ModelAsked = model ?? "",
    };
}
