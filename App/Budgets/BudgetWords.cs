using System.Diagnostics;
using System.Globalization;
using Governance.Audit;
using Governance.Projects;
using Governance.Shell.Controls;

namespace Governance.Budgets;

/// <summary>The words by which budgets are read.</summary>
[Pure]
static class BudgetWords
{
    /// <summary><c>monthly</c>, as in "monthly cap".</summary>
    public static string Every(BudgetDefinition budget) => budget.Window switch
    {
        BudgetWindow.RollingDays => string.Create(CultureInfo.InvariantCulture, $"{budget.RollingDays ?? 1}-day"),
        var window => Every(window),
    };

    public static string Every(BudgetWindow window) => window switch
    {
        BudgetWindow.CalendarMonth => "monthly",
        BudgetWindow.CalendarWeek => "weekly",
        BudgetWindow.CalendarDay => "daily",
        BudgetWindow.RollingDays => "rolling",
        BudgetWindow.Fixed => "fixed-term",
        BudgetWindow.Session => "session",
        _ => throw new UnreachableException(),
    };

    public static string Of(BudgetWindow window) => window switch
    {
        BudgetWindow.CalendarMonth => "calendar month",
        BudgetWindow.CalendarWeek => "calendar week",
        BudgetWindow.CalendarDay => "calendar day",
        BudgetWindow.RollingDays => "rolling days",
        BudgetWindow.Fixed => "fixed dates",
        BudgetWindow.Session => "session",
        _ => throw new UnreachableException(),
    };

    /// <summary>The window with its days: <c>calendar month</c>, <c>30 rolling days</c>, <c>2026-11-01 to 2026-12-31</c>.</summary>
    public static string Window(BudgetDefinition budget) => budget.Window switch
    {
        BudgetWindow.RollingDays => string.Create(CultureInfo.InvariantCulture, $"{budget.RollingDays ?? 1} rolling days"),
        BudgetWindow.Fixed => $"{Day(budget.From)} to {Day(budget.To)}",
        var window => Of(window),
    };

    /// <summary><c>in a calendar month (UTC)</c>: when spend counts.</summary>
    public static string Within(BudgetDefinition budget) => budget.Window switch
    {
        BudgetWindow.RollingDays when budget.RollingDays is > 1 =>
            string.Create(CultureInfo.InvariantCulture, $"within {budget.RollingDays} days, today and the {budget.RollingDays - 1} before it ({budget.TimeZone})"),
        BudgetWindow.RollingDays => $"today ({budget.TimeZone})",
        BudgetWindow.Fixed => $"from {Day(budget.From)} to {Day(budget.To)} ({budget.TimeZone})",
        BudgetWindow.Session => "in one session",
        var window => $"in a {Of(window)} ({budget.TimeZone})",
    };

    /// <summary>How often a threshold is told at most: <c>once in a calendar month</c>.</summary>
    public static string Once(BudgetDefinition budget) => budget.Window switch
    {
        BudgetWindow.RollingDays when budget.RollingDays is > 1 => string.Create(CultureInfo.InvariantCulture, $"at most once in {budget.RollingDays} days"),
        BudgetWindow.RollingDays => "once in a day",
        BudgetWindow.Fixed => "once in that time",
        var window => $"once in a {Of(window)}",
    };

    static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "an unknown day";

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
        var subject = scope.Count == 0 ? "workspace" : Phrases.List([.. scope.Select(term => term.Kind).Order().Select(Of)]);
        return char.ToUpperInvariant(subject[0]) + subject[1..];
    }

    /// <summary>Dollars and cents, and all further decimals where there are any: a cap is never shown rounded.</summary>
    public static string Exact(Money amount) => MoneyText.Exact(amount);
}
