using System.Text.Json;
using System.Text.Json.Serialization;
using Governance.Policies;
using Governance.Projects;

namespace Governance.Tests.Policies;

/// <summary>The table of decisions: policy.cases.json says what is asked of which rules and what must come out.</summary>
public sealed class PolicyCaseTests
{
    static readonly JsonSerializerOptions options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter() },
    };

    static readonly Dictionary<string, Case> cases = JsonSerializer.Deserialize<List<Case>>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Policies", "policy.cases.json")), options)!
        .ToDictionary(one => one.Name);

    public static TheoryData<string> Names => [.. cases.Keys];

    [Fact]
    public void TheTableIsNotCutShort() => Assert.True(cases.Count >= 60);

    [Theory]
    [MemberData(nameof(Names))]
    public void TheDecisionIsTheOneOfTheTable(string name)
    {
        var (_, rules, routes, ask, expect) = cases[name];
        var set = PolicySet.Compile(rules.Select(rule => (rule.Definition, 7)), routes ?? []);
        var decision = PolicyEvaluator.Decide(set, ask.Question);

        var denial = decision.Denial;
        Assert.Equal(expect.Code, denial?.DenyCode);
        Assert.Equal(expect.Denies, denial?.RuleId);
        Assert.Equal(expect.Denies is null ? null : 7, denial?.RuleVersion);
        Assert.Equal(expect.Value, denial?.DeniedValue);
        Assert.Equal(expect.Code is null, decision.Allowed);
        if (expect.Served is { } served)
        {
            Assert.Equal(served, decision.ServedModel);
        }
        if (expect.Message is { } message)
        {
            Assert.Equal(message, denial!.Message);
        }
        if (expect.Model is { } model)
        {
            Assert.Equal(model, denial!.Model);
        }
        Assert.Equal(expect.Intervention, decision.Intervention is { } change ? new Change(change.Kind, change.From, change.To, change.RuleId) : null);
        Assert.Equal(expect.Staged ?? [], decision.StagedFindings.Select(step => $"{step.RuleId} {step.Outcome}"));
        Assert.Equal(denial is null, decision.Steps.All(step => step.Outcome != StepOutcome.Denied));
        Assert.NotEqual("", denial?.Recovery);
    }

    sealed record Case(string Name, List<Rule> Rules, List<RouteDefinition>? Routes, Ask Ask, Expectation Expect);

    sealed record Rule(string Id, RuleType Type)
    {
        public List<string> Models { get; init; } = [];
        public List<Mode> Modes { get; init; } = [];
        public TaskType? TaskType { get; init; }
        public string? Model { get; init; }
        public long? Tokens { get; init; }
        public bool Workspace { get; init; }
        public RuleState State { get; init; } = RuleState.Enforced;

        public RuleDefinition Definition => new()
        {
            Id = Id, Type = Type, Project = Workspace ? null : "chat-widget", State = State, Models = Models, Modes = Modes, TaskType = TaskType, Model = Model, Tokens = Tokens,
        };
    }

    sealed record Ask
    {
        public string Project { get; init; } = "chat-widget";
        public required string Model { get; init; }
        public List<string> Others { get; init; } = [];
        public Mode Mode { get; init; } = Mode.Balanced;
        public bool ModeStated { get; init; }
        public TaskType TaskType { get; init; } = TaskType.Simple;
        public long Tokens { get; init; } = 100;

        public PolicyQuestion Question => new()
        {
            Project = Project, AskedModel = Model, OtherModels = Others, Mode = Mode, ModeStated = ModeStated, TaskType = TaskType, ExpectedInputTokens = Tokens,
        };
    }

    sealed record Expectation(string? Denies, string? Code, string? Value, string? Message, string? Model, string? Served, Change? Intervention, List<string>? Staged);

    sealed record Change(InterventionKind Kind, string From, string To, string? Rule);
}
