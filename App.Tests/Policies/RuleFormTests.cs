using Governance.Policies;
using Governance.Projects;

namespace Governance.Tests.Policies;

/// <summary>What is typed becomes a rule, and a rule what is typed.</summary>
public sealed class RuleFormTests
{
    public static TheoryData<string, RuleDefinition> Rules => new()
    {
        { "models", new RuleDefinition { Id = "no-opus", Type = RuleType.DenyModel, Project = "chat-widget", Models = ["claude-opus", "gpt-5*"], Reason = "5x the price" } },
        { "modes", new RuleDefinition { Id = "no-sport", Type = RuleType.DenyMode, Modes = [Mode.Eco, Mode.Sport], State = RuleState.Staged } },
        { "force", new RuleDefinition { Id = "code", Type = RuleType.ForceModel, TaskType = TaskType.Code, Model = "claude-sonnet-5", State = RuleState.Draft } },
        { "force any", new RuleDefinition { Id = "all", Type = RuleType.ForceModel, Model = "claude-sonnet-5" } },
        { "tokens", new RuleDefinition { Id = "input", Type = RuleType.MaxInputTokens, Tokens = 8_000, State = RuleState.Retired } },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void ARuleComesBackFromItsForm(string name, RuleDefinition rule)
    {
        var read = RuleForm.Of(rule).Read();
        Assert.True(RuleChange.Sentences(rule, read).Count == 0 && FieldDifference.Between(rule, read).Count == 0, name);
        Assert.Empty(RuleValidation.Check(read));
    }

    [Fact]
    public void ParametersOfAnotherTypeAreLeftBehind()
    {
        var form = RuleForm.Of(new RuleDefinition { Id = "r", Type = RuleType.DenyModel, Models = ["claude-opus"] });
        form.Type = RuleType.MaxInputTokens;
        form.Tokens = "12,500";
        var read = form.Read();
        Assert.Empty(read.Models);
        Assert.Equal(12_500, read.Tokens);
        Assert.Empty(RuleValidation.Check(read));
    }

    [Theory]
    [InlineData("")]
    [InlineData("many")]
    [InlineData("8.5")]
    [InlineData("-1")]
    public void ATextThatIsNoNumberOfTokensIsAProblemOfItsField(string text)
    {
        var form = new RuleForm { Id = "r", Type = RuleType.MaxInputTokens, Tokens = text };
        Assert.Contains(RuleValidation.Check(form.Read()), problem => problem.Path == "tokens");
    }

    [Fact]
    public void AProblemOfAModelStandsAtItsLineEvenAfterBlankOnes()
    {
        var form = new RuleForm { Id = "r", Models = new List<string> { "claude-opus", "  ", "claude-opus" } };
        var problem = Assert.Single(RuleValidation.Check(form.Read()));
        Assert.Equal(problem.Path, form.ModelPath(2));
        Assert.NotEqual(problem.Path, form.ModelPath(0));
        Assert.NotEqual(problem.Path, form.ModelPath(1));
    }

    [Fact]
    public void AListWithoutModelsHasItsProblemAtTheFirstLine()
    {
        var form = new RuleForm { Id = "r", Models = new List<string> { "", "" } };
        var problem = Assert.Single(RuleValidation.Check(form.Read()));
        Assert.Equal(problem.Path, form.ModelPath(0));
        Assert.NotEqual(problem.Path, form.ModelPath(1));
    }

    [Fact]
    public void ARuleWithoutAnIdGetsOneThatSaysWhatItDoes()
    {
        Assert.Equal("chat-widget-deny-claude-opus-4", new RuleForm { Project = "chat-widget", Models = new List<string> { "Claude-Opus-4-*" } }.Read().Id);
        Assert.Equal("deny-eco-sport", new RuleForm { Type = RuleType.DenyMode, Modes = new HashSet<Mode> { Mode.Sport, Mode.Eco } }.Read().Id);
        Assert.Equal("force-claude-haiku-4-5-code", new RuleForm { Type = RuleType.ForceModel, Model = "claude-haiku-4-5", TaskType = TaskType.Code }.Read().Id);
        Assert.Equal("mine", new RuleForm { Id = " mine ", Type = RuleType.MaxInputTokens }.Read().Id);
        Assert.True(Identifier.IsValid(new RuleForm { Project = new string('p', 64), Models = new List<string> { "…/" + new string('m', 99) } }.Suggestion));
    }

    [Fact]
    public void FieldsTellOnlyWhatDiffersAndNoOrder()
    {
        var before = new RuleDefinition { Id = "r", Type = RuleType.DenyModel, Models = ["a", "b"], Reason = "why" };
        Assert.Empty(FieldDifference.Between(before, before with { Models = ["b", "a"] }));
        Assert.Equal(
            [new FieldDifference("Scope", "Workspace", "Project p"), new FieldDifference("Models", "a, b", "a"), new FieldDifference("Reason", "why", null)],
            FieldDifference.Between(before, before with { Project = "p", Models = ["a"], Reason = null }));
        Assert.Contains(new FieldDifference("Type", null, "Deny models"), FieldDifference.Between(null, before));
    }

    [Theory]
    [InlineData("", "A model, a family")]
    [InlineData("claude-opus", "known models: claude-3-opus-20240229, ")]
    [InlineData("claude-haiku-5-5", "Matches 1 known model: claude-haiku-5-5.")]
    [InlineData("nobody-knows-this", "Matches no model of the price list")]
    public void APatternSaysWhichUnknownNamesItNames(string pattern, string told) =>
        Assert.Contains(told, ModelCatalog.Told(pattern), StringComparison.Ordinal);
}
