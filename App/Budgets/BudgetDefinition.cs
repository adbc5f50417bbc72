using Governance.Projects;

namespace Governance.Budgets;

/// <summary>How long a budget lasts before it starts again.</summary>
public enum BudgetWindow
{
    CalendarMonth,
    /// <summary>Monday to Sunday.</summary>
    CalendarWeek,
    CalendarDay,
    /// <summary>Today and so many days before it that there are <see cref="BudgetDefinition.RollingDays"/>; every midnight the oldest drops out.</summary>
    RollingDays,
    /// <summary>From one day to another, both included; before and after it the budget does not apply.</summary>
    Fixed,
    /// <summary>Each session by itself, for ever: once its cap is reached it is blocked until a new session begins. Calls without a session are not counted.</summary>
    Session,
}

/// <summary>What is held before a call: its true worst case (never overspends), or the expected cost (may overrun by what is in flight).</summary>
public enum HoldKind { WorstCase, Expected }

/// <summary>How loud a threshold is.</summary>
public enum Severity { Info, Warning, Critical }

/// <summary>A point on the way to the cap at which somebody is told, once in a period.</summary>
/// <param name="Percent">1 to 100 of the cap.</param>
/// <param name="InApp">Shown on the dashboard while the period lasts.</param>
[Pure]
public sealed record Threshold(int Percent, Severity Severity = Severity.Warning, bool Email = true, bool InApp = true);

/// <summary>One dimension that a call must have for the budget to count it.</summary>
[Pure]
public readonly record struct ScopeTerm(ScopeKind Kind, string Id);

/// <summary>A budget as its owner writes it.</summary>
[Pure]
public sealed record BudgetDefinition
{
    public required string Id { get; init; }
    /// <summary>All named dimensions must match; empty is the whole workspace. Ordered by kind.</summary>
    public IReadOnlyList<ScopeTerm> Scope { get; init; } = [];
    /// <summary>≥ 0. A cap of zero refuses everything that costs money.</summary>
    public required Money Cap { get; init; }
    public BudgetWindow Window { get; init; } = BudgetWindow.CalendarMonth;
    /// <summary>How many days a rolling window has; null for any other.</summary>
    public int? RollingDays { get; init; }
    /// <summary>First and last day of fixed dates; null for any other window.</summary>
    public DateOnly? From { get; init; }
    public DateOnly? To { get; init; }
    /// <summary>IANA name; periods begin at midnight there.</summary>
    public string TimeZone { get; init; } = "UTC";
    /// <summary>False only warns: calls keep flowing past the cap.</summary>
    public bool HardBlock { get; init; } = true;
    public HoldKind Hold { get; init; } = HoldKind.WorstCase;
    public IReadOnlyList<Threshold> Thresholds { get; init; } = [new Threshold(80)];
    /// <summary>Where warnings go instead of the project's address.</summary>
    public string? AlertEmail { get; init; }
    /// <summary>A retired budget counts and blocks nothing.</summary>
    public bool Retired { get; init; }
}

/// <summary>What a call would hold: its worst case, and what such a call mostly costs.</summary>
[Pure]
readonly record struct HoldAmounts(Money WorstCase, Money Expected)
{
    /// <summary>The same for both kinds.</summary>
    public HoldAmounts(Money amount) : this(amount, amount)
    {
    }

    public Money Of(HoldKind kind) => kind is HoldKind.Expected ? Expected : WorstCase;
}
