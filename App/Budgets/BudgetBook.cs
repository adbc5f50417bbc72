using System.Collections.Frozen;
using Governance.Budgets.Balances;
using Governance.Projects;

namespace Governance.Budgets;

/// <summary>A budget with everything worked out that does not depend on the call.</summary>
[Pure]
sealed class CompiledBudget
{
    public CompiledBudget(BudgetDefinition definition, int version)
    {
        Definition = definition;
        Version = version;
        Zone = BudgetPeriod.Zone(definition.TimeZone);
        Further = [.. definition.Scope.Where(term => term.Kind is not ScopeKind.Project)];
    }

    public BudgetDefinition Definition { get; }
    public int Version { get; }
    public TimeZoneInfo Zone { get; }
    /// <summary>What remains to be compared once the project is known to match.</summary>
    public ScopeTerm[] Further { get; }

    /// <summary>True where one period at a time counts what it decides: not for rolling days, which overlap, nor for sessions, which run beside each other.</summary>
    public bool IsSingle => Definition.Window is not (BudgetWindow.RollingDays or BudgetWindow.Session);

    /// <summary>Null where the budget does not apply to a call of that instant and session.</summary>
    public BudgetPeriod? PeriodAt(DateTimeOffset instant, string? session = null) => BudgetPeriod.Of(Definition, Zone, instant, session);
}

/// <summary>All budgets that count, indexed by project. Immutable: an edit makes a new one, swapped whole.</summary>
[Pure]
sealed class BudgetBook
{
    readonly FrozenDictionary<string, Candidates> projects;
    readonly Candidates others;

    BudgetBook(IReadOnlyList<CompiledBudget> all, FrozenDictionary<string, Candidates> projects, Candidates others) =>
        (All, this.projects, this.others) = (all, projects, others);

    /// <summary>Every budget that is not retired, by id.</summary>
    public IReadOnlyList<CompiledBudget> All { get; }

    public static BudgetBook Empty { get; } = Compile([]);

    /// <summary>Compiles what passed <c>BudgetValidation</c>; retired budgets are left out.</summary>
    public static BudgetBook Compile(IEnumerable<(BudgetDefinition Budget, int Version)> budgets)
    {
        // By id everywhere: whoever reserves several at once takes them in the same order.
        CompiledBudget[] live = [.. budgets.Where(budget => !budget.Budget.Retired).OrderBy(budget => budget.Budget.Id, StringComparer.Ordinal).Select(budget => new CompiledBudget(budget.Budget, budget.Version))];
        var names = live.SelectMany(budget => budget.Definition.Scope).Where(term => term.Kind is ScopeKind.Project).Select(term => term.Id).Distinct(StringComparer.Ordinal);
        return new BudgetBook(
            live,
            names.ToFrozenDictionary(name => name, name => Candidates.Of(name, live), StringComparer.Ordinal),
            Candidates.Of(null, live));
    }

    /// <summary>Every budget that counts the call, by id. Allocates only where some, but not all, of the project's candidates match.</summary>
    public IReadOnlyList<CompiledBudget> Matching(Attribution call)
    {
        var candidates = projects.GetValueOrDefault(call.Project, others);
        if (!candidates.Narrowed)
        {
            return candidates.Budgets;
        }
        List<CompiledBudget>? some = null;
        for (var i = 0; i < candidates.Budgets.Length; i++)
        {
            var budget = candidates.Budgets[i];
            if (BudgetMatch.Matches(budget.Further, call))
            {
                some?.Add(budget);
            }
            else
            {
                some ??= [.. candidates.Budgets.AsSpan(0, i)];
            }
        }
        return some is null ? candidates.Budgets : some;
    }

    /// <summary>The budgets whose project, if they name one, is this one.</summary>
    /// <param name="Narrowed">True where some of them name further dimensions.</param>
    sealed record Candidates(CompiledBudget[] Budgets, bool Narrowed)
    {
        public static Candidates Of(string? project, CompiledBudget[] live)
        {
            CompiledBudget[] budgets = [.. live.Where(budget => budget.Definition.Scope.All(term => term.Kind is not ScopeKind.Project || term.Id == project))];
            return new Candidates(budgets, budgets.Any(budget => budget.Further.Length > 0));
        }
    }
}
