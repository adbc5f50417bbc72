using Governance.Audit;
using Governance.Members;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Policies;

/// <summary>Whether a rule or a route says something that can be enforced. Whether its project exists is for whoever knows the projects.</summary>
[Pure]
static class RuleValidation
{
    const int MaxModels = 100;
    const int MaxModelLength = 160;
    const int MaxReasonLength = 1_000;
    const long MaxTokens = 1_000_000_000;

    public static IReadOnlyList<Problem> Check(RuleDefinition rule)
    {
        var problems = new List<Problem>();
        Require(problems, "id", Identifier.IsValid(rule.Id), Identifier.Rule);
        Require(problems, "type", Enum.IsDefined(rule.Type), "is not a type of rule");
        Require(problems, "state", Enum.IsDefined(rule.State), "is not a state of a rule");
        Require(problems, "scope.project", rule.Project is null || Identifier.IsValid(rule.Project), Identifier.Rule);
        Require(problems, "reason", rule.Reason is not { Length: > MaxReasonLength }, $"must be at most {MaxReasonLength} characters");
        Models(problems, rule);
        Modes(problems, rule);
        Force(problems, rule);
        if (rule.Type is RuleType.MaxInputTokens)
        {
            Require(problems, "tokens", rule.Tokens is > 0 and <= MaxTokens, $"must be a number of tokens from 1 to {Phrases.Grouped(MaxTokens)}");
        }
        else
        {
            Require(problems, "tokens", rule.Tokens is null, "belongs only to max_input_tokens");
        }
        return problems;
    }

    public static IReadOnlyList<Problem> Check(RouteDefinition route)
    {
        var problems = new List<Problem>();
        Require(problems, "project", route.Project is null || Identifier.IsValid(route.Project), Identifier.Rule);
        Require(problems, "mode", Enum.IsDefined(route.Mode), "must be eco, balanced or sport");
        Require(problems, "task_type", Enum.IsDefined(route.TaskType), "must be simple, code, reasoning or complex");
        Concrete(problems, route.Model);
        return problems;
    }

    /// <summary>One cell has one model: the second route of the same project, mode and task type is a problem.</summary>
    public static IReadOnlyList<Problem> CheckTable(IReadOnlyList<RouteDefinition> routes)
    {
        var seen = new HashSet<(string?, Mode, TaskType)>();
        var problems = new List<Problem>();
        for (var i = 0; i < routes.Count; i++)
        {
            problems.AddRange(Check(routes[i]).Select(problem => problem with { Path = $"[{i}].{problem.Path}" }));
            Require(problems, $"[{i}]", seen.Add((routes[i].Project, routes[i].Mode, routes[i].TaskType)), "repeats the project, mode and task_type of an earlier route");
        }
        return problems;
    }

    static void Models(List<Problem> problems, RuleDefinition rule)
    {
        if (rule.Type is not RuleType.DenyModel)
        {
            Require(problems, "models", rule.Models.Count == 0, "belongs only to deny_model");
            return;
        }
        Require(problems, "models", rule.Models.Count is > 0 and <= MaxModels, $"must name 1 to {MaxModels} models or families");
        for (var i = 0; i < rule.Models.Count; i++)
        {
            var model = rule.Models[i];
            Require(problems, $"models[{i}]", IsPattern(model), $"must be a model, a family or a pattern with '*', at most {MaxModelLength} characters");
            Require(problems, $"models[{i}]", !rule.Models.Take(i).Contains(model, StringComparer.Ordinal), $"repeats '{model}'");
        }
    }

    static void Modes(List<Problem> problems, RuleDefinition rule)
    {
        if (rule.Type is not RuleType.DenyMode)
        {
            Require(problems, "modes", rule.Modes.Count == 0, "belongs only to deny_mode");
            return;
        }
        Require(problems, "modes", rule.Modes.Count > 0, "must name at least one of eco, balanced, sport");
        for (var i = 0; i < rule.Modes.Count; i++)
        {
            Require(problems, $"modes[{i}]", Enum.IsDefined(rule.Modes[i]), "must be eco, balanced or sport");
            Require(problems, $"modes[{i}]", !rule.Modes.Take(i).Contains(rule.Modes[i]), "repeats an earlier mode");
        }
    }

    static void Force(List<Problem> problems, RuleDefinition rule)
    {
        if (rule.Type is RuleType.ForceModel)
        {
            Require(problems, "task_type", rule.TaskType is not { } type || Enum.IsDefined(type), "must be simple, code, reasoning or complex");
            Concrete(problems, rule.Model);
            return;
        }
        Require(problems, "task_type", rule.TaskType is null, "belongs only to force_model");
        Require(problems, "model", rule.Model is null, "belongs only to force_model");
    }

    /// <summary>What serves must be one model, not a family, a pattern or the router itself.</summary>
    static void Concrete(List<Problem> problems, string? model)
    {
        Require(problems, "model", model is not null && IsPattern(model), $"must name the model that serves, at most {MaxModelLength} characters");
        Require(problems, "model", model is null || !model.Contains('*'), "must be one model, not a pattern");
        Require(problems, "model", model is null || !model.Trim().Equals(PolicyWords.Auto, StringComparison.OrdinalIgnoreCase), "must be a model, not 'auto'");
    }

    static bool IsPattern(string? model) =>
        model is { Length: > 0 and <= MaxModelLength } && model.Trim().Length == model.Length && !model.Any(char.IsControl) && ModelName.Canonical(model).Length > 0;

    static void Require(List<Problem> problems, string path, bool holds, string otherwise)
    {
        if (!holds)
        {
            problems.Add(new Problem(path, otherwise));
        }
    }
}
