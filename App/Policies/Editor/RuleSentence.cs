using Governance.Audit;

namespace Governance.Policies.Editor;

/// <summary>A rule as a sentence for people, plain text.</summary>
[Pure]
static class RuleSentence
{
    /// <summary>What the rule does, and where it does not bite, that it does not.</summary>
    public static string Of(RuleDefinition rule) => rule.State switch
    {
        RuleState.Enforced => Effect(rule),
        RuleState.Staged => $"{Effect(rule)} Staged: recorded, not enforced.",
        RuleState.Retired => $"{Effect(rule)} Retired: no longer in force.",
        var state => $"{Effect(rule)} Not in force: {PolicyWords.Of(state)}.",
    };

    public static string Of(RouteDefinition route) =>
        $"In {PolicyWords.Of(route.Mode)} mode, {PolicyWords.Of(route.TaskType)} calls without a model go to {route.Model} in {PolicyWords.Where(route.Project)}.";

    static string Effect(RuleDefinition rule)
    {
        var where = PolicyWords.Where(rule.Project);
        return rule.Type switch
        {
            RuleType.DenyModel when rule.Models is [var only] => $"{One(only)} denied in {where}.",
            RuleType.DenyModel => $"Models {Phrases.List(rule.Models)} are denied in {where}.",
            RuleType.DenyMode when rule.Modes is [var only] => $"Mode {PolicyWords.Of(only)} is denied in {where}.",
            RuleType.DenyMode => $"Modes {Phrases.List([.. rule.Modes.Select(PolicyWords.Of)])} are denied in {where}.",
            RuleType.ForceModel => $"{(rule.TaskType is { } type ? $"Calls of type {PolicyWords.Of(type)}" : "All calls")} are served by {rule.Model} in {where}.",
            _ => $"Inputs over {Phrases.Grouped(rule.Tokens ?? 0)} tokens are refused in {where}.",
        };
    }

    /// <summary>A name without a digit is a family to people; one with a star a pattern.</summary>
    static string One(string model) =>
        model.Contains('*') ? $"Models matching {model} are"
        : model.Any(char.IsAsciiDigit) ? $"Model {model} is"
        : $"Models of the family {model} are";
}
