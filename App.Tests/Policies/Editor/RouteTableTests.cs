using Governance.Policies;
using Governance.Policies.Editor;
using Governance.Projects;
using Governance.Revisions;

namespace Governance.Tests.Policies.Editor;

/// <summary>What typing in the router's table comes to.</summary>
public sealed class RouteTableTests
{
    static Edition<RouteDefinition> Route(string? project, Mode mode, TaskType type, string model, int version = 3) =>
        new(new RouteDefinition { Project = project, Mode = mode, TaskType = type, Model = model }, version, DateTimeOffset.UnixEpoch, "maria@acme.test");

    static RouteTable Table() => new("p",
    [
        Route(null, Mode.Eco, TaskType.Simple, "claude-haiku-4-5"),
        Route("p", Mode.Eco, TaskType.Code, "claude-sonnet-5"),
        Route("other", Mode.Sport, TaskType.Code, "claude-opus-5"),
    ]);

    [Fact]
    public void NothingTypedIsNothingToSave()
    {
        var table = Table();
        table[Mode.Eco, TaskType.Code] = " claude-sonnet-5 ";
        Assert.Empty(table.Edits);
        Assert.Equal("claude-haiku-4-5", table.Inherited(Mode.Eco, TaskType.Simple));
        Assert.Equal("", table[Mode.Sport, TaskType.Code]);
    }

    [Fact]
    public void CellsAreAddedChangedAndClearedWithTheVersionTheyHad()
    {
        var table = Table();
        table[Mode.Eco, TaskType.Code] = "";
        table[Mode.Eco, TaskType.Simple] = "claude-sonnet-5";
        Assert.Equal(
            [(TaskType.Simple, 0, false, "claude-sonnet-5"), (TaskType.Code, 3, true, "claude-sonnet-5")],
            table.Edits.Select(edit => (edit.Route.TaskType, edit.ExpectedVersion, edit.Clears, edit.Route.Model)));
        Assert.All(table.Edits, edit => Assert.Equal("p", edit.Route.Project));
        Assert.Equal(2, table.Sentences.Count);
        Assert.Contains(new FieldDifference("Eco · code", "claude-sonnet-5", null), table.Fields);
    }

    [Theory]
    [InlineData("claude-*", false)]
    [InlineData("auto", false)]
    [InlineData("claude-opus-5", true)]
    [InlineData("", true)]
    public void ACellTakesOneModelOnly(string typed, bool valid)
    {
        var table = Table();
        table[Mode.Sport, TaskType.Complex] = typed;
        Assert.Equal(valid, table.ProblemAt(Mode.Sport, TaskType.Complex) is null);
        Assert.Equal(valid, table.IsValid);
    }
}
