using Governance.Policies;
using Governance.Policies.Editor;
using Governance.Projects;

namespace Governance.Tests.Policies.Editor;

public sealed class RuleSentenceTests
{
    static readonly RuleDefinition opus = new() { Id = "no-opus", Type = RuleType.DenyModel, Project = "chat-widget", Models = ["claude-opus"], Reason = "5x" };
    static readonly RuleDefinition force = new() { Id = "code-sonnet", Type = RuleType.ForceModel, TaskType = TaskType.Code, Model = "claude-sonnet-5" };
    static readonly RuleDefinition cap = new() { Id = "input-8k", Type = RuleType.MaxInputTokens, Project = "chat-widget", Tokens = 8000 };

    public static TheoryData<string, object> Sentences => new()
    {
        { "Models of the family claude-opus are denied in chat-widget.", opus },
        { "Model claude-opus-4-8 is denied in every project.", opus with { Models = ["claude-opus-4-8"], Project = null } },
        { "Models matching claude-opus-4-* are denied in chat-widget.", opus with { Models = ["claude-opus-4-*"] } },
        { "Models claude-opus, gpt-5 and o1 are denied in chat-widget.", opus with { Models = ["claude-opus", "gpt-5", "o1"] } },
        { "Models of the family claude-opus are denied in chat-widget. Staged: recorded, not enforced.", opus with { State = RuleState.Staged } },
        { "Models of the family claude-opus are denied in chat-widget. Not in force: draft.", opus with { State = RuleState.Draft } },
        { "Models of the family claude-opus are denied in chat-widget. Retired: no longer in force.", opus with { State = RuleState.Retired } },
        { "Mode sport is denied in every project.", new RuleDefinition { Id = "m", Type = RuleType.DenyMode, Modes = [Mode.Sport] } },
        { "Modes eco and sport are denied in every project.", new RuleDefinition { Id = "m", Type = RuleType.DenyMode, Modes = [Mode.Eco, Mode.Sport] } },
        { "Calls of type code are served by claude-sonnet-5 in every project.", force },
        { "All calls are served by claude-sonnet-5 in every project.", force with { TaskType = null } },
        { "Inputs over 8,000 tokens are refused in chat-widget.", cap },
    };

    [Theory]
    [MemberData(nameof(Sentences))]
    public void ARuleReadsAsASentence(string sentence, object rule) => Assert.Equal(sentence, RuleSentence.Of((RuleDefinition)rule));

    [Fact]
    public void AnEditReadsAsWhatItChanges()
    {
        Assert.Equal(["Rule no-opus created: Models of the family claude-opus are denied in chat-widget."], RuleChange.Sentences(null, opus));
        Assert.Equal(["Rule no-opus removed: Models of the family claude-opus are denied in chat-widget."], RuleChange.Sentences(opus, null));
        Assert.Empty(RuleChange.Sentences(opus, opus with { Models = ["claude-opus"] }));
        Assert.Empty(RuleChange.Sentences(opus with { Models = ["a", "b"] }, opus with { Models = ["b", "a"] }));
        Assert.Equal(
            [
                "Rule no-opus is now staged (was enforced).",
                "Rule no-opus now binds every project (was chat-widget).",
                "Rule no-opus now denies gpt-5 in every project.",
                "Rule no-opus no longer denies claude-opus in every project.",
                "Reason of no-opus changed from “5x” to (not set).",
            ],
            RuleChange.Sentences(opus, opus with { State = RuleState.Staged, Project = null, Models = ["gpt-5"], Reason = null }));
        Assert.Equal(
            ["Rule code-sonnet now forces all calls (was calls of type code).", "Rule code-sonnet now forces gpt-5.6 (was claude-sonnet-5)."],
            RuleChange.Sentences(force, force with { TaskType = null, Model = "gpt-5.6" }));
        Assert.Equal(["Input cap of input-8k raised from 8,000 to 10,000 tokens (+2,000, +25 %)."], RuleChange.Sentences(cap, cap with { Tokens = 10_000 }));
        Assert.Equal(["Input cap of input-8k lowered from 8,000 to 7,000 tokens (−1,000, −12.5 %)."], RuleChange.Sentences(cap, cap with { Tokens = 7_000 }));
        Assert.Equal(
            ["Rule no-opus replaced: Models of the family claude-opus are denied in chat-widget. → Inputs over 8,000 tokens are refused in chat-widget."],
            RuleChange.Sentences(opus, cap with { Id = "no-opus" }));
    }

    [Fact]
    public void ARouteReadsAsASentence()
    {
        var route = new RouteDefinition { Project = "chat-widget", Mode = Mode.Eco, TaskType = TaskType.Simple, Model = "claude-haiku-4-5" };
        Assert.Equal("In eco mode, simple calls without a model go to claude-haiku-4-5 in chat-widget.", RuleSentence.Of(route));
        Assert.Equal(["Route changed: In eco mode, simple calls without a model go to gpt-5.6 in chat-widget. Before: claude-haiku-4-5."], RuleChange.Sentences(route, route with { Model = "gpt-5.6" }));
    }
}
