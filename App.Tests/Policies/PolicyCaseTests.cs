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
        var (rules, routes, ask, expect) = cases[name];
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

    public sealed record Case(string Name)
    {
        public required List<Rule> Rules { get; init; }
        internal List<RouteDefinition>? Routes { get; init; }
        public required Ask Ask { get; init; }
        public required Expectation Expect { get; init; }

        internal void Deconstruct(out List<Rule> rules, out List<RouteDefinition>? routes, out Ask ask, out Expectation expect) => (rules, routes, ask, expect) = (Rules, Routes, Ask, Expect);
    }
}
