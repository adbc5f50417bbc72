using Governance.Policies;
using Governance.Projects;

namespace Governance.Tests.Policies;

public sealed class RuleValidationTests
{
    static readonly RuleDefinition opus = new() { Id = "no-opus", Type = RuleType.DenyModel, Project = "chat-widget", Models = ["claude-opus"] };
    static readonly RuleDefinition sport = new() { Id = "no-sport", Type = RuleType.DenyMode, Modes = [Mode.Sport] };
    static readonly RuleDefinition force = new() { Id = "code-sonnet", Type = RuleType.ForceModel, TaskType = TaskType.Code, Model = "claude-sonnet-5" };
    static readonly RuleDefinition cap = new() { Id = "input-8k", Type = RuleType.MaxInputTokens, Tokens = 8000 };

    [Fact]
    public void WellFormedRulesHaveNoProblem() => Assert.All([opus, sport, force, cap, force with { TaskType = null }, opus with { Models = ["*", "openai/*"] }], rule => Assert.Empty(RuleValidation.Check(rule)));

    public static TheoryData<string, object> Faults => new()
    {
        { "id", opus with { Id = "" } },
        { "id", opus with { Id = "No-Opus" } },
        { "id", opus with { Id = "-opus" } },
        { "id", opus with { Id = new string('a', 65) } },
        { "scope.project", opus with { Project = "Chat Widget" } },
        { "type", opus with { Type = (RuleType)99, Models = [] } },
        { "state", opus with { State = (RuleState)99 } },
        { "reason", opus with { Reason = new string('r', 1001) } },
        { "models", opus with { Models = [] } },
        { "models[1]", opus with { Models = ["claude-opus", ""] } },
        { "models[0]", opus with { Models = [" claude-opus"] } },
        { "models[0]", opus with { Models = ["---"] } },
        { "models[1]", opus with { Models = ["claude-opus", "claude-opus"] } },
        { "modes", opus with { Modes = [Mode.Eco] } },
        { "task_type", opus with { TaskType = TaskType.Code } },
        { "model", opus with { Model = "claude-sonnet-5" } },
        { "tokens", opus with { Tokens = 1 } },
        { "modes", sport with { Modes = [] } },
        { "modes[1]", sport with { Modes = [Mode.Eco, Mode.Eco] } },
        { "modes[0]", sport with { Modes = [(Mode)9] } },
        { "models", sport with { Models = ["claude-opus"] } },
        { "model", force with { Model = null } },
        { "model", force with { Model = "claude-*" } },
        { "model", force with { Model = "auto" } },
        { "task_type", force with { TaskType = (TaskType)9 } },
        { "tokens", cap with { Tokens = null } },
        { "tokens", cap with { Tokens = 0 } },
        { "tokens", cap with { Tokens = -1 } },
        { "tokens", cap with { Tokens = 1_000_000_001 } },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void EachFaultIsNamedByItsPathAndNothingElseIs(string path, object rule) => Assert.Equal(path, Assert.Single(RuleValidation.Check((RuleDefinition)rule)).Path);

    [Fact]
    public void ARouteNamesOneModel()
    {
        var route = new RouteDefinition { Project = "chat-widget", Mode = Mode.Eco, TaskType = TaskType.Simple, Model = "claude-haiku-4-5" };
        Assert.Empty(RuleValidation.Check(route));
        Assert.Equal("model", Assert.Single(RuleValidation.Check(route with { Model = "auto" })).Path);
        Assert.Equal("model", Assert.Single(RuleValidation.Check(route with { Model = "claude-*" })).Path);
        Assert.Equal("mode", Assert.Single(RuleValidation.Check(route with { Mode = (Mode)9 })).Path);
        Assert.Equal("[1]", Assert.Single(RuleValidation.CheckTable([route, route with { Model = "claude-sonnet-5" }])).Path);
        Assert.Empty(RuleValidation.CheckTable([route, route with { Project = null }, route with { Mode = Mode.Sport }]));
    }
}
