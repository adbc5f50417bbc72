using System.Diagnostics;
using System.Globalization;
using Governance.Policies;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Budgets;

/// <summary>The words by which budgets are read.</summary>
[Pure]
static class BudgetWords
{
    /// <summary><c>monthly</c>, as in "monthly cap".</summary>
    public static string Every(BudgetWindow window) => window switch
    {
        BudgetWindow.CalendarMonth => "monthly",
        BudgetWindow.CalendarWeek => "weekly",
        BudgetWindow.CalendarDay => "daily",
        _ => throw new UnreachableException(),
    };

    public static string Of(BudgetWindow window) => window switch
    {
        BudgetWindow.CalendarMonth => "calendar month",
        BudgetWindow.CalendarWeek => "calendar week",
        BudgetWindow.CalendarDay => "calendar day",
        _ => throw new UnreachableException(),
    };

    public static string Of(ScopeKind kind) => kind switch
    {
        ScopeKind.Tenant => "tenant",
        ScopeKind.Department => "department",
        ScopeKind.Employee => "employee",
        ScopeKind.Customer => "customer",
        ScopeKind.Project => "project",
        ScopeKind.Feature => "feature",
        ScopeKind.Workflow => "workflow",
        ScopeKind.Key => "key",
        ScopeKind.Model => "model",
        ScopeKind.Vendor => "vendor",
        ScopeKind.Session => "session",
        _ => throw new UnreachableException(),
    };

    /// <summary><c>project chat-widget, model claude-opus</c>, or <c>workspace</c>.</summary>
    public static string Of(IReadOnlyList<ScopeTerm> scope) =>
        scope.Count == 0 ? "workspace" : string.Join(", ", scope.OrderBy(term => term.Kind).Select(term => $"{Of(term.Kind)} {term.Id}"));

    /// <summary>Who it is that would exceed a cap: <c>Project</c>, <c>Workspace</c>, <c>Project and model</c>.</summary>
    public static string Subject(IReadOnlyList<ScopeTerm> scope)
    {
        var subject = scope.Count == 0 ? "workspace" : PolicyWords.List([.. scope.Select(term => term.Kind).Order().Select(Of)]);
        return char.ToUpperInvariant(subject[0]) + subject[1..];
    }

    /// <summary>Dollars and cents, and all further decimals where there are any: a cap is never shown rounded.</summary>
    public static string Exact(Money amount) =>
        (amount < Money.Zero ? "−$" : "$") + Math.Abs(amount.Usd).ToString("#,##0.00#######", CultureInfo.InvariantCulture);
}
