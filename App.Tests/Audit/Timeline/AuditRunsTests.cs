using Governance.Audit;
using Governance.Audit.Timeline;
using Governance.Gateway.Surfaces.Anthropic.Reading;

namespace Governance.Tests.Audit.Timeline;

public sealed class AuditRunsTests
{
    static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void IdenticalRefusalsInARowAreOneRun()
    {
        var runs = AuditRuns.Of([.. Enumerable.Range(0, 38).Select(i => Refusal(100 - i))]);
        var run = Assert.Single(runs);
        Assert.Equal(38, run.Entries.Count);
        Assert.Equal(100, run.Newest.Id);
        Assert.Equal(63, run.Oldest.Id);
    }

    [Fact]
    public void RefusalsThatDifferOnlyInAmountsAreOneRun() => Assert.Single(AuditRuns.Of(
        [Refusal(2) with { Sentence = "Spent $49.87 and $1,000.18 is more than the cap." }, Refusal(1) with { Sentence = "Spent $48.00 and $0.000018 is more than the cap." }]));

    [Fact]
    public void WhatHappensBetweenSplitsARun()
    {
        var change = Refusal(2) with { Category = AuditCategory.Change, Action = "rule.changed", TargetKind = "rule" };
        Assert.Equal([1, 1, 1], AuditRuns.Of([Refusal(3), change, Refusal(1)]).Select(run => run.Entries.Count));
    }

    [Fact]
    public void EveryEntryIsInOneRunAndTheOrderStays()
    {
        AuditEntry[] entries = [Refusal(5), Refusal(4), Refusal(3) with { ActorId = "other" }, Refusal(2), Refusal(1)];
        Assert.Equal(entries, AuditRuns.Of(entries).SelectMany(run => run.Entries));
    }

    public static TheoryData<AuditEntry> OtherEntries() => new(
        Refusal(1) with { Sentence = "Model claude-opus-4-7 is denied." },
        Refusal(1) with { ActorId = "other-key" },
        Refusal(1) with { Project = "other" },
        Refusal(1) with { Category = AuditCategory.Intervened },
        Refusal(1) with { Action = "call.forced" },
        Refusal(1) with { At = Noon.AddDays(-1) });

    [Theory]
    [MemberData(nameof(OtherEntries))]
    public void DifferentEntriesStayApart(AuditEntry older) => Assert.Equal(2, AuditRuns.Of([Refusal(2), older]).Count);

    [Fact]
    public void ChangesAreNeverGathered()
    {
        var change = Refusal(2) with { Category = AuditCategory.Change, TargetKind = "rule" };
        Assert.Equal(2, AuditRuns.Of([change, change with { Id = 1 }]).Count);
    }

    [Fact]
    public void OfNothingThereAreNoRuns() => Assert.Empty(AuditRuns.Of([]));

    internal static AuditEntry Refusal(long id) => new()
    {
        Id = id,
        Chain = "chat-widget",
        Sequence = id,
        At = Noon.AddSeconds(id),
        Category = AuditCategory.Blocked,
        Action = "call.refused",
        ActorKind = ActorKind.Key,
        ActorId = "ci",
        Project = "chat-widget",
        TargetKind = "call",
        TargetId = "MODEL_DENIED",
        Sentence = "Model claude-opus-4-8 is denied.",
    };
}
