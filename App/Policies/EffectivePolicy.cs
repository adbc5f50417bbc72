using Governance.Budgets;
using Governance.Budgets.Editor;
using Governance.Policies.Editor;
using Governance.Projects;

namespace Governance.Policies;

/// <summary>One sentence of what binds, and where it comes from.</summary>
/// <param name="Project">The project that says it; null for the workspace.</param>
/// <param name="Decides">True for the cap that the next call meets first.</param>
[Pure]
public readonly record struct PolicyStatement(string Text, string? Project, bool Decides = false);

/// <summary>Everything that binds a project, or every project, in sentences.</summary>
[Pure]
static class EffectivePolicy
{
    /// <param name="project">Null for what binds every project.</param>
    public static IReadOnlyList<PolicyStatement> Of(string? project, IReadOnlyList<RuleDefinition> rules, IReadOnlyList<BudgetStanding> budgets)
    {
        var binding = rules
            .Where(rule => rule.State is RuleState.Enforced or RuleState.Staged && (rule.Project is null || rule.Project == project))
            .OrderBy(rule => rule.State is RuleState.Staged).ThenBy(rule => rule.Type).ThenBy(rule => rule.Project is null).ThenBy(rule => rule.Id, StringComparer.Ordinal)
            .Select(rule => new PolicyStatement(RuleSentence.Of(rule), rule.Project));
        var counting = Counting(project, budgets);
        var decisive = Decisive(counting);
        var caps = counting
            .OrderBy(budget => budget.Definition.Scope.Count == 0).ThenBy(budget => budget.Definition.Id, StringComparer.Ordinal)
            .Select(budget => new PolicyStatement(Told(budget, ReferenceEquals(budget, decisive), counting), ProjectOf(budget.Definition), ReferenceEquals(budget, decisive)));
        return [.. binding, .. caps];
    }

    /// <summary>The project that a budget names; null where it names none.</summary>
    public static string? ProjectOf(BudgetDefinition budget) => budget.Scope.FirstOrDefault(term => term.Kind is ScopeKind.Project).Id;

    static BudgetStanding[] Counting(string? project, IReadOnlyList<BudgetStanding> budgets) =>
        [.. budgets.Where(budget => !budget.Definition.Retired && (ProjectOf(budget.Definition) is not { } named || named == project))];

    /// <summary>Of the caps that stop every call, the one that leaves least; of equals the first by id.</summary>
    static BudgetStanding? Decisive(BudgetStanding[] counting) =>
        counting.Where(Stops).OrderBy(budget => budget.Remaining).ThenBy(budget => budget.Definition.Id, StringComparer.Ordinal).FirstOrDefault();

    /// <summary>A session's cap is met by that session alone, and fixed dates bind only while they last.</summary>
    static bool Stops(BudgetStanding budget) => budget is { Period: not null, Definition: { HardBlock: true, Window: not BudgetWindow.Session } } && budget.Definition.Scope.All(term => term.Kind is ScopeKind.Project);

    static string Told(BudgetStanding budget, bool decides, BudgetStanding[] counting)
    {
        var sentence = BudgetSentence.Of(budget.Definition);
        var narrower = budget.Definition.Scope.Where(term => term.Kind is not ScopeKind.Project).ToArray();
        if (narrower.Length > 0)
        {
            return $"For {BudgetWords.Of(narrower)}: {sentence}";
        }
        var others = counting.Where(other => other != budget && Stops(other)).ToArray();
        if (!decides || others.Length == 0)
        {
            return sentence;
        }
        var next = others.OrderBy(other => other.Remaining).First();
        return $"{sentence} This one decides: it leaves {Left(budget)}, {next.Definition.Id} leaves {Left(next)}.";
    }

    static string Left(BudgetStanding budget) => Money.Max(budget.Remaining, Money.Zero).ToString();
}
