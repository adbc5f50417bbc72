using System.Globalization;
using Governance.Policies.Editor;
using Governance.Projects;

namespace Governance.Policies;

/// <summary>
/// May this call go on, and with which model? In order: denied modes; the router, where no model is named; denied models, of all that the body names; forced models,
/// beside which the body may name no other; denied models again, of the model that now serves; the input cap.
/// The first stage that denies ends it, with all rules of that stage recorded. Denying beats forcing: what is asked is refused even where a force would have replaced it
/// (else a force would open a way around a denial), and so is a force to a denied model. Staged rules are recorded as if they were enforced and change nothing.
/// </summary>
[Pure]
static class PolicyEvaluator
{
    public static PolicyDecision Decide(PolicySet set, PolicyQuestion question)
    {
        var rules = set.For(question.Project);
        var steps = new List<PolicyStep>(rules.MaxSteps);
        Intervention? intervention = null;
        var served = question.AskedModel;

        // 1. The mode.
        if (DeniedMode(rules, question, steps) is { } mode)
        {
            return Refused(rules, mode, served, steps);
        }

        // 2. The router names a model where the client names none.
        if (AsksRouter(served))
        {
            var asked = served.Length == 0 ? PolicyWords.Auto : served;
            var routed = rules.Route(question.Mode, question.TaskType);
            steps.Add(new PolicyStep(null, null, PolicyWords.Router, routed is null ? StepOutcome.Denied : StepOutcome.Applied, RouterCell(question), routed ?? "no model"));
            if (routed is null)
            {
                return Refused(rules, Denials.NoRoute(question, asked), asked, steps);
            }
            intervention = new Intervention(InterventionKind.Routed, asked, routed, null, null);
            served = routed;
        }

        // 3. Every model that is named, the served one first.
        if (DeniedModels(rules, served, question.OtherModels, steps) is { } named)
        {
            return Refused(rules, Denials.Model(named, intervention), served, steps);
        }

        // 4. The force, and 5. the denied models again: a denied model stays denied.
        var (force, stranger) = Force(rules, question, served, steps);
        if (stranger is { } strange)
        {
            return Refused(rules, Denials.NotForced(strange), served, steps);
        }
        if (force is not null)
        {
            intervention = new Intervention(InterventionKind.Forced, served, force.Target, force.Definition.Id, force.Version);
            served = force.Target;
            if (DeniedModels(rules, served, [], steps) is { } forced)
            {
                return Refused(rules, Denials.Model(forced, intervention), served, steps);
            }
        }

        // 6. The input cap.
        return InputCap(rules, question, steps) is { } cap
            ? Refused(rules, cap, served, steps)
            : new PolicyDecision { ServedModel = served, Intervention = intervention, Steps = steps, StagedFindings = Findings(rules, steps) };
    }

    /// <summary>True where the name of a model leaves the choice to the router.</summary>
    public static bool AsksRouter(string model) => model.Length == 0 || model.Equals(PolicyWords.Auto, StringComparison.OrdinalIgnoreCase);

    static Denial? DeniedMode(ProjectRules rules, PolicyQuestion question, List<PolicyStep> steps)
    {
        CompiledRule? decisive = null;
        foreach (var rule in rules.DenyModes)
        {
            if (!Has(rule.Definition.Modes, question.Mode))
            {
                steps.Add(rule.Step(StepOutcome.Passed, PolicyWords.Of(question.Mode)));
                continue;
            }
            steps.Add(rule.Hit(StepOutcome.Denied, StepOutcome.WouldDeny, PolicyWords.Of(question.Mode)));
            decisive ??= rule.Enforced ? rule : null;
        }
        return decisive is null ? null : Denials.Mode(decisive, question, [.. rules.DenyModes.Where(rule => rule.Enforced).SelectMany(rule => rule.Definition.Modes)]);
    }

    static bool Has(IReadOnlyList<Mode> modes, Mode mode)
    {
        for (var i = 0; i < modes.Count; i++)
        {
            if (modes[i] == mode)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Records each rule once and gives the hit to name: of the first model in the order of the body, the first enforced rule.</summary>
    static ModelHit? DeniedModels(ProjectRules rules, string served, IReadOnlyList<string> others, List<PolicyStep> steps)
    {
        var deny = rules.DenyModels;
        if (deny.Length == 0)
        {
            return null;
        }
        var all = others.Count == 0 ? served : $"{served}, {string.Join(", ", others)}";
        var matches = Matches(rules, served, others);
        ModelHit? decisive = null;
        var decisiveAt = int.MaxValue;
        for (var i = 0; i < deny.Length; i++)
        {
            var at = FirstHit(matches, i);
            if (at < 0)
            {
                steps.Add(deny[i].Step(StepOutcome.Passed, all));
                continue;
            }
            var model = at == 0 ? served : others[at - 1];
            steps.Add(deny[i].Hit(StepOutcome.Denied, StepOutcome.WouldDeny, model));
            if (deny[i].Enforced && at < decisiveAt)
            {
                decisiveAt = at;
                decisive = new ModelHit(deny[i], matches[at].Hits[i]!, model);
            }
        }
        return decisive;
    }

    static ModelMatch[] Matches(ProjectRules rules, string served, IReadOnlyList<string> others)
    {
        var matches = new ModelMatch[others.Count + 1];
        matches[0] = rules.Match(served);
        for (var i = 0; i < others.Count; i++)
        {
            matches[i + 1] = rules.Match(others[i]);
        }
        return matches;
    }

    /// <summary>0 for the served model, n for the n-th other, -1 for none.</summary>
    static int FirstHit(ModelMatch[] matches, int rule)
    {
        for (var at = 0; at < matches.Length; at++)
        {
            if (matches[at].Hits is { Length: > 0 } hits && hits[rule] is not null)
            {
                return at;
            }
        }
        return -1;
    }

    /// <summary>
    /// The enforced rule that replaces the model; null where none does, or where its model is the one that serves anyway. A force cannot replace the other models that a body names, and a fallback
    /// would lead around it: the first that is another than the rule's is refused.
    /// </summary>
    static (CompiledRule? Force, ModelHit? Stranger) Force(ProjectRules rules, PolicyQuestion question, string served, List<PolicyStep> steps)
    {
        if (rules.Forces.Length == 0)
        {
            return (null, null);
        }
        var actual = $"{served} for {PolicyWords.Of(question.TaskType)}";
        string? canonical = null;
        CompiledRule? force = null;
        ModelHit? stranger = null;
        bool taken = false, wouldBeTaken = false;
        foreach (var rule in rules.Forces)
        {
            if (taken || (wouldBeTaken && !rule.Enforced) || (rule.Definition.TaskType is { } type && type != question.TaskType))
            {
                steps.Add(rule.Step(StepOutcome.Skipped, actual));
                continue;
            }
            taken |= rule.Enforced;
            wouldBeTaken = true;
            if (Stranger(rules, rule, question.OtherModels) is { } other)
            {
                steps.Add(rule.Hit(StepOutcome.Denied, StepOutcome.WouldDeny, other));
                stranger = rule.Enforced ? new ModelHit(rule, rule.Target, other) : stranger;
                continue;
            }
            if (rule.CanonicalTarget == (canonical ??= rules.Match(served).Canonical))
            {
                steps.Add(rule.Step(StepOutcome.Passed, actual));
                continue;
            }
            var would = rule.Enforced || !Denied(rules, rule.Target) ? StepOutcome.WouldApply : StepOutcome.WouldDeny;
            steps.Add(rule.Hit(StepOutcome.Applied, would, actual));
            force = rule.Enforced ? rule : force;
        }
        return (force, stranger);
    }

    static string? Stranger(ProjectRules rules, CompiledRule force, IReadOnlyList<string> others)
    {
        for (var i = 0; i < others.Count; i++)
        {
            if (rules.Match(others[i]).Canonical != force.CanonicalTarget)
            {
                return others[i];
            }
        }
        return null;
    }

    static bool Denied(ProjectRules rules, string model)
    {
        var hits = rules.Match(model).Hits;
        for (var i = 0; i < hits.Length; i++)
        {
            if (hits[i] is not null && rules.DenyModels[i].Enforced)
            {
                return true;
            }
        }
        return false;
    }

    static Denial? InputCap(ProjectRules rules, PolicyQuestion question, List<PolicyStep> steps)
    {
        if (rules.Caps.Length == 0)
        {
            return null;
        }
        var actual = question.ExpectedInputTokens.ToString(CultureInfo.InvariantCulture);
        CompiledRule? decisive = null;
        foreach (var rule in rules.Caps)
        {
            if (question.ExpectedInputTokens <= rule.Definition.Tokens)
            {
                steps.Add(rule.Step(StepOutcome.Passed, actual));
                continue;
            }
            steps.Add(rule.Hit(StepOutcome.Denied, StepOutcome.WouldDeny, actual));
            decisive ??= rule.Enforced ? rule : null;
        }
        return decisive is null ? null : Denials.InputTokens(decisive, question.ExpectedInputTokens);
    }

    static PolicyDecision Refused(ProjectRules rules, Denial denial, string served, List<PolicyStep> steps) =>
        new() { Denial = denial, ServedModel = served, Steps = steps, StagedFindings = Findings(rules, steps) };

    static PolicyStep[] Findings(ProjectRules rules, List<PolicyStep> steps) =>
        rules.Staged ? [.. steps.FindAll(step => step.Outcome is StepOutcome.WouldDeny or StepOutcome.WouldApply)] : [];

    static string RouterCell(PolicyQuestion question) => $"a model for {PolicyWords.Of(question.Mode)}, {PolicyWords.Of(question.TaskType)}";
}
