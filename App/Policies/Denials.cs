using System.Globalization;
using Governance.Audit;
using Governance.Projects;

namespace Governance.Policies;

/// <summary>A model that an enforced rule denies.</summary>
/// <param name="Pattern">The rule's pattern that named it.</param>
/// <param name="Model">The model as it was written.</param>
[Pure]
readonly record struct ModelHit(CompiledRule Rule, string Pattern, string Model);

/// <summary>The words of each refusal: what is denied, by which rule, and what can be done.</summary>
[Pure]
static class Denials
{
    public static Denial Model(ModelHit hit, Intervention? intervention)
    {
        // A family is named as the owner wrote it; a star would only puzzle whoever asked for one model.
        var value = hit.Pattern.Contains('*') ? hit.Model : hit.Pattern;
        return Of(hit.Rule, DenyCodes.ModelDenied, value, $"Model '{value}' is denied by {Policy(hit.Rule)} policy", ModelRecovery(hit, intervention)) with { Model = hit.Model };
    }

    /// <summary>A fallback or tool names a model that a force would not let serve.</summary>
    public static Denial NotForced(ModelHit hit) => Of(
        hit.Rule,
        DenyCodes.ModelDenied,
        hit.Model,
        $"Model '{hit.Model}' is not the model that policy forces for this work",
        $"Name no other model than '{hit.Rule.Target}' in fallbacks and tools, or ask an owner to change rule '{hit.Rule.Definition.Id}'.") with { Model = hit.Model };

    public static Denial Mode(CompiledRule rule, PolicyQuestion question, IReadOnlyList<Mode> denied)
    {
        var mode = PolicyWords.Of(question.Mode);
        string[] open = [.. Enum.GetValues<Mode>().Where(other => !denied.Contains(other)).Select(PolicyWords.Of)];
        var recovery = open.Length == 0
            ? $"Every mode is denied: ask an owner to change rule '{rule.Definition.Id}'."
            : $"Send X-Governance-Mode with {string.Join(" or ", open)}{(question.ModeStated ? "" : $" ('{mode}' is the default here)")}, or ask an owner to change rule '{rule.Definition.Id}'.";
        return Of(rule, DenyCodes.ModeDenied, mode, $"Mode '{mode}' is denied by {Policy(rule)} policy", recovery);
    }

    public static Denial InputTokens(CompiledRule rule, long actual)
    {
        var limit = rule.Definition.Tokens ?? 0;
        return Of(
            rule,
            DenyCodes.InputTokensExceeded,
            actual.ToString(CultureInfo.InvariantCulture),
            actual == long.MaxValue
                ? $"Input that cannot be measured may exceed the {Phrases.Grouped(limit)} tokens allowed by {Policy(rule)} policy"
                : $"Input of about {Phrases.Grouped(actual)} tokens exceeds the {Phrases.Grouped(limit)} allowed by {Policy(rule)} policy",
            $"Send at most {Phrases.Grouped(limit)} input tokens, or ask an owner to change rule '{rule.Definition.Id}'.") with
        {
            Limit = limit,
            Actual = actual,
        };
    }

    public static Denial NoRoute(PolicyQuestion question, string asked)
    {
        var cell = $"mode '{PolicyWords.Of(question.Mode)}' and task type '{PolicyWords.Of(question.TaskType)}'";
        return new Denial
        {
            RuleName = "no_route",
            Message = $"No model is routed for {cell}",
            DeniedValue = asked,
            DenyCode = DenyCodes.NoRoute,
            Recovery = $"Name a model in the request, or ask an owner to route {cell} to one.",
            Model = asked,
        };
    }

    static string ModelRecovery(ModelHit hit, Intervention? intervention) => intervention switch
    {
        { Kind: InterventionKind.Forced } forced when forced.To == hit.Model =>
            $"Rule '{forced.RuleId}' forces '{forced.To}', which rule '{hit.Rule.Definition.Id}' denies: ask an owner to change one of them.",
        { Kind: InterventionKind.Routed } routed when routed.To == hit.Model =>
            $"The router chose '{routed.To}', which rule '{hit.Rule.Definition.Id}' denies: name another model, or ask an owner to change the route.",
        _ => $"Use another model than '{hit.Model}', or ask an owner to change rule '{hit.Rule.Definition.Id}'.",
    };

    static Denial Of(CompiledRule rule, string code, string value, string message, string recovery) => new()
    {
        RuleName = rule.Name,
        RuleId = rule.Definition.Id,
        RuleVersion = rule.Version,
        Message = message,
        DeniedValue = value,
        DenyCode = code,
        Recovery = recovery,
    };

    static string Policy(CompiledRule rule) => rule.Definition.Project is null ? "workspace" : "project";
}
