using Governance.Pricing;
using Governance.Projects;

namespace Governance.Budgets.Balances;

/// <summary>Whether a budget counts a call.</summary>
[Pure]
static class BudgetMatch
{
    /// <summary>True where every dimension that the budget names is the call's; a budget without dimensions counts all calls. Says nothing of whether the budget is retired.</summary>
    public static bool Matches(BudgetDefinition budget, Attribution call) => Matches(budget.Scope, call);

    public static bool Matches(IReadOnlyList<ScopeTerm> scope, Attribution call)
    {
        for (var i = 0; i < scope.Count; i++)
        {
            if (!Matches(scope[i], call))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>A model is named by family or pattern, everything else exactly; an unknown dimension matches nothing.</summary>
    static bool Matches(ScopeTerm term, Attribution call) =>
        call[term.Kind] is { } value && (term.Kind is ScopeKind.Model ? ModelName.Matches(term.Id, value) : string.Equals(term.Id, value, StringComparison.Ordinal));
}
