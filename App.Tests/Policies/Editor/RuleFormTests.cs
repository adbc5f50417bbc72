using Governance.Policies;
using Governance.Policies.Editor;
using Governance.Projects;
using Governance.Revisions;

namespace Governance.Tests.Policies.Editor;

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
        Assert.True(RuleChange.Sentences(rule, read).Count == 0 && RuleFields.Between(rule, read).Count == 0, name);
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
        Assert.Empty(RuleFields.Between(before, before with { Models = ["b", "a"] }));
        Assert.Equal(
            [new FieldDifference("Scope", "Workspace", "Project p"), new FieldDifference("Models", "a, b", "a"), new FieldDifference("Reason", "why", null)],
            RuleFields.Between(before, before with { Project = "p", Models = ["a"], Reason = null }));
        Assert.Contains(new FieldDifference("Type", null, "Deny models"), RuleFields.Between(null, before));
    }

    [Theory]
    [InlineData("", "A model, a family")]
    [InlineData("claude-opus", "known models: claude-3-opus-20240229, ")]
    [InlineData("claude-haiku-5-5", "Matches 1 known model: claude-haiku-5-5.")]
    [InlineData("nobody-knows-this", "Matches no model of the price list")]
    public void APatternSaysWhichUnknownNamesItNames(string pattern, string told) =>
        Assert.Contains(told, ModelCatalog.Told(pattern), StringComparison.Ordinal);

    /// <summary>The page draws after every key: whatever stands in the fields by then, sound or not.</summary>
    [Theory]
    [MemberData(nameof(Rules))]
    public void WhateverIsTypedCanBeDrawn(string name, RuleDefinition rule)
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        string[] texts = ["", " ", "claude-opus", "claude-opus-4-5", "*", "**", "claude-*-4", "[a", "\\", "auto", "8000", "-1", "9223372036854775807", "99999999999999999999", "\ud83d\ude00"];
        for (var round = 0; round < 300; round++)
        {
            var form = RuleForm.Of(rule);
            for (var edit = 0; edit < 6; edit++)
            {
                var text = texts[random.Next(texts.Length)];
                switch (random.Next(8))
                {
                    case 0: form.Type = (RuleType)random.Next(4); break;
                    case 1: form.Models.Add(text); break;
                    case 2: form.Models[0] = text; break;
                    case 3: form.Model = text; break;
                    case 4: form.Tokens = text; break;
                    case 5: _ = form.Modes.Add((Mode)random.Next(3)); break;
                    case 6: form.Reason = text; break;
                    default: form.Project = text; break;
                }
            }
            var wanted = form.Read();
            var failure = Record.Exception(() =>
            {
                _ = RuleValidation.Check(wanted);
                _ = RuleSentence.Of(wanted);
                _ = RuleChange.Sentences(rule, wanted);
                _ = RuleFields.Between(rule, wanted);
                _ = form.Models.Select((model, line) => ModelCatalog.Told(model) + form.ModelPath(line)).ToList();
            });
            Assert.True(failure is null, $"{name}, seed {seed}, round {round}: {wanted}\n{failure}");
        }
    }
}
