using Governance.Audit.Timeline;

namespace Governance.Tests.Audit.Timeline;

/// <summary>A page that shows an entry twice could not be drawn: its lines are told apart by their entries.</summary>
public abstract class AuditListTests(Store store)
{
    [Fact]
    public async Task TwoClicksOnOlderShowEachEntryOnce()
    {
        await using var trail = new Trail(store);
        await trail.TellAsync([.. Enumerable.Range(1, 160).Select(i => Trail.Event($"Event {i}."))]);
        var list = new AuditList(new AuditQueries(trail.Reads), trail.Clock);
        await list.LoadAsync(new AuditFilter(), 90);

        await Task.WhenAll(list.LoadOlderAsync(), list.LoadOlderAsync(), list.LoadOlderAsync());

        var shown = Shown(list);
        Assert.Equal(shown.Distinct(), shown);
        while (list.Older is not null)
        {
            await list.LoadOlderAsync();
        }
        Assert.Equal(Enumerable.Range(1, 160).Reverse().Select(id => (long)id), Shown(list));
    }

    [Fact]
    public async Task SeveralReadersOfTheNewestShowEachEntryOnce()
    {
        await using var trail = new Trail(store);
        await trail.TellAsync(Trail.Event("First."));
        var list = new AuditList(new AuditQueries(trail.Reads), trail.Clock);
        await list.LoadAsync(new AuditFilter(), 90);
        await trail.TellAsync([.. Enumerable.Range(2, 20).Select(i => Trail.Event($"Event {i}."))]);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => list.RefreshAsync(follow: true)));

        Assert.Equal(Enumerable.Range(1, 21).Reverse().Select(id => (long)id), Shown(list));
    }

    [Fact]
    public async Task TheFilterThatWasChosenLastIsWhatIsShown()
    {
        await using var trail = new Trail(store);
        await trail.TellAsync(Trail.Event("one"), Trail.Event("two", project: "other"));
        var list = new AuditList(new AuditQueries(trail.Reads), trail.Clock);

        await Task.WhenAll(list.LoadAsync(new AuditFilter(), 90), list.LoadAsync(new AuditFilter { Project = "other" }, 90));

        Assert.Equal([2L], Shown(list));
    }

    static List<long> Shown(AuditList list) => [.. list.Runs.SelectMany(run => run.Entries).Select(entry => entry.Id)];
}

public sealed class AuditListTestsOnSqlite() : AuditListTests(Store.Sqlite);

public sealed class AuditListTestsOnPostgres() : AuditListTests(Store.Postgres);
