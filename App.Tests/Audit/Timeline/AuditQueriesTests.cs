using Governance.Audit;
using Governance.Audit.Timeline;
using Governance.Tests.Proofs;

namespace Governance.Tests.Audit.Timeline;

public abstract class AuditQueriesTests(Store store)
{
    static readonly DateTimeOffset Ever = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task PagesFollowEachOtherWithoutGapOrRepeat()
    {
        await using var trail = new Trail(store);
        await trail.TellAsync([.. Enumerable.Range(1, 120).Select(i => Trail.Event($"Event {i}."))]);
        var queries = new AuditQueries(trail.Reads);
        var seen = new List<long>();
        long? before = null;
        do
        {
            var page = await queries.PageAsync(new AuditFilter(), Ever, before);
            Assert.True(page.Entries.Count <= AuditQueries.PageSize);
            seen.AddRange(page.Entries.Select(entry => entry.Id));
            before = page.Older;
        }
        while (before is not null);
        Assert.Equal(Enumerable.Range(1, 120).Reverse().Select(id => (long)id), seen);
    }

    [Theory]
    [InlineData("100%", "Raised by 100% today.")]
    [InlineData("_under", "An _under score.")]
    [InlineData(@"back\slash", @"A back\slash.")]
    [InlineData("RAISED", "Raised by 100% today.")]
    [InlineData("%", "Raised by 100% today.")]
    public async Task TextIsFoundAsItIsWritten(string text, string sentence)
    {
        await using var trail = new Trail(store);
        await trail.TellAsync(Trail.Event("Raised by 100% today."), Trail.Event("An _under score."), Trail.Event(@"A back\slash."), Trail.Event("Raisin and thunder."));
        var page = await new AuditQueries(trail.Reads).PageAsync(new AuditFilter { Text = text }, Ever);
        Assert.Equal(sentence, Assert.Single(page.Entries).Sentence);
    }

    [Fact]
    public async Task EveryFilterNarrows()
    {
        await using var trail = new Trail(store);
        await trail.TellAsync(
            Trail.Event("one", AuditCategory.Blocked),
            Trail.Event("two", project: "other"),
            Trail.Event("three", actor: "ben@acme.test"),
            Trail.Event("four") with { RequestId = "req_0000000000001" },
            Trail.Event("five", AuditCategory.System, chain: AuditEvent.LedgerChain));
        var queries = new AuditQueries(trail.Reads);
        Assert.Equal(["four", "three", "two", "one"], await Sentences(new AuditFilter()));
        Assert.Equal(["five", "four", "three", "two", "one"], await Sentences(new AuditFilter { Seals = true }));
        Assert.Equal(["one"], await Sentences(new AuditFilter { Category = AuditCategory.Blocked }));
        Assert.Equal(["two"], await Sentences(new AuditFilter { Project = "other" }));
        Assert.Equal(["three"], await Sentences(new AuditFilter { Actor = "ben@acme.test" }));
        Assert.Equal(["four"], await Sentences(new AuditFilter { Request = "req_0000000000001" }));
        Assert.Empty(await Sentences(new AuditFilter { Project = "other", Category = AuditCategory.Blocked }));

        async Task<IEnumerable<string>> Sentences(AuditFilter filter) => (await queries.PageAsync(filter, Ever)).Entries.Select(entry => entry.Sentence);
    }

    [Fact]
    public async Task DaysAreInUtcAndTheLastOneIsIncluded()
    {
        await using var trail = new Trail(store);
        foreach (var day in (int[])[10, 11, 12, 13])
        {
            trail.Clock.Now = new DateTimeOffset(2026, 12, day, 23, 59, 59, TimeSpan.Zero);
            await trail.TellAsync(Trail.Event($"day {day}"));
        }
        var queries = new AuditQueries(trail.Reads);
        var within = await queries.PageAsync(new AuditFilter { From = new DateOnly(2026, 12, 11), Until = new DateOnly(2026, 12, 12) }, Ever);
        Assert.Equal(["day 12", "day 11"], within.Entries.Select(entry => entry.Sentence));
        var window = await queries.PageAsync(new AuditFilter { From = new DateOnly(2020, 1, 1) }, new DateTimeOffset(2026, 12, 12, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal(["day 13", "day 12"], window.Entries.Select(entry => entry.Sentence));
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task ARareEntryFarBackIsFoundInStretches()
    {
        await using var trail = new Trail(store);
        await trail.TellAsync([Trail.Event("rare", project: "rare"), .. Enumerable.Range(0, 60_000).Select(_ => Trail.Event("common"))]);
        var queries = new AuditQueries(trail.Reads);
        var filter = new AuditFilter { Project = "rare" };
        var first = await queries.PageAsync(filter, Ever);
        Assert.Empty(first.Entries);
        Assert.NotNull(first.SearchedTo);
        var second = await queries.PageAsync(filter, Ever, first.Older);
        Assert.Equal("rare", Assert.Single(second.Entries).Sentence);
        Assert.Null(second.Older);
    }

    [Fact]
    public async Task WhatArrivesIsShownToWhoFollowsAndWaitsForWhoDoesNot()
    {
        await using var trail = new Trail(store);
        await trail.TellAsync(Trail.Event("first"));
        var list = new AuditList(new AuditQueries(trail.Reads), trail.Clock);
        await list.LoadAsync(new AuditFilter { Project = "chat" }, 365);
        await trail.TellAsync(Trail.Event("second"), Trail.Event("elsewhere", project: "other"));
        await list.RefreshAsync(follow: false);
        Assert.Equal(["first"], Shown());
        Assert.Equal("1 new", list.WaitingText);
        await trail.TellAsync(Trail.Event("third"));
        await list.RefreshAsync(follow: false);
        Assert.Equal(2, list.Waiting);
        await list.ShowWaitingAsync();
        Assert.Equal(["third", "second", "first"], Shown());
        await trail.TellAsync(Trail.Event("fourth"));
        await list.RefreshAsync(follow: true);
        Assert.Equal(["fourth", "third", "second", "first"], Shown());

        IEnumerable<string> Shown() => list.Runs.SelectMany(run => run.Entries).Select(entry => entry.Sentence);
    }

    [Fact]
    public async Task MoreThanAPageOfNewEntriesReadsThePageAnew()
    {
        await using var trail = new Trail(store);
        await trail.TellAsync(Trail.Event("old"));
        var list = new AuditList(new AuditQueries(trail.Reads), trail.Clock);
        await list.LoadAsync(new AuditFilter(), 365);
        await trail.TellAsync([.. Enumerable.Range(1, 80).Select(i => Trail.Event($"new {i}"))]);
        await list.RefreshAsync(follow: true);
        Assert.Equal(AuditQueries.PageSize, list.Runs.Sum(run => run.Entries.Count));
        Assert.Equal("new 80", list.Runs[0].Newest.Sentence);
        Assert.NotNull(list.Older);
    }
}

public sealed class AuditQueriesTestsOnSqlite() : AuditQueriesTests(Store.Sqlite);

public sealed class AuditQueriesTestsOnPostgres() : AuditQueriesTests(Store.Postgres);
