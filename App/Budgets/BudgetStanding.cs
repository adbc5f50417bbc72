using Governance.Budgets.Balances;
using Governance.Revisions;
using Governance.Shell.Controls;

namespace Governance.Budgets;

/// <summary>A budget with the balance that the gate decides by, in the period that runs now.</summary>
/// <param name="Period">Null where the budget does not apply now. Of a budget for each session the one that has come furthest; null before the first.</param>
/// <param name="Told">The thresholds that were reached in this period, and when.</param>
public sealed record BudgetStanding(Edition<BudgetDefinition> Edition, BudgetPeriod? Period, Money Posted, Money Held, IReadOnlyDictionary<int, DateTimeOffset> Told)
{
    /// <summary>How many sessions have a balance, and how many of them are at their cap.</summary>
    public int Sessions { get; init; }
    public int SessionsAtCap { get; init; }

    /// <summary>How many calls are in flight, and the most they can cost; read only where less than that is held.</summary>
    public int Calls { get; init; }
    public Money WorstCase { get; init; }

    /// <summary>What became of the mails of <see cref="Told"/>, by percent; one that is missing waits.</summary>
    public IReadOnlyDictionary<int, WarningMail> Mails { get; init; } = new Dictionary<int, WarningMail>();

    public DateTimeOffset At { get; init; }

    public BudgetDefinition Definition => Edition.Definition;

    public Money Remaining => Definition.Cap - Posted - Held;
}

/// <summary>What a budget has in the period that runs.</summary>
readonly record struct BudgetAmounts(BudgetDefinition Definition, Money Posted, Money Held)
{
    public Money Remaining => Money.Nearest((Int128)Definition.Cap.Nanos - Posted.Nanos - Held.Nanos);
}

/// <summary>What became of the mails of one warning: sent only where every one was.</summary>
public enum WarningMail { Waiting, Sent, Failed }

/// <summary>What a budget would already count if it were in force: for who writes a new one, or another scope or window.</summary>
/// <param name="Period">Null where it would not apply now, or for each session by itself.</param>
/// <param name="Before">The last whole period; null where there is none.</param>
[Pure]
public sealed record BudgetFigures(BudgetPeriod? Period, Money Spent, BudgetPeriod? Before, Money SpentBefore);

/// <summary>What the gate would say to the cheapest call, in the words of a spend bar; no text is the bar's own word.</summary>
[Pure]
readonly record struct BudgetVerdict(StatusKind Kind, string? Text)
{
    /// <param name="enforced">False where the plan has no policy stage.</param>
    public static BudgetVerdict Of(BudgetDefinition budget, Money posted, Money held, bool enforced)
    {
        if (budget.Retired)
        {
            return new(StatusKind.Neutral, "Retired");
        }
        var admission = BudgetAdmission.Judge(budget.Cap, posted, held, new Money(1), budget.HardBlock);
        return admission switch
        {
            not Admission.Admitted when !enforced => new(StatusKind.Warned, "Over cap, not enforced"),
            Admission.Exceeded => new(StatusKind.Denied, null),
            Admission.Held => new(StatusKind.Denied, "Blocking: held by calls in flight"),
            _ when posted > Money.Zero && posted >= budget.Cap => new(StatusKind.Warned, "Over cap, calls keep flowing"),
            _ when Thresholds.Crossed(budget.Thresholds, posted, budget.Cap).Count > 0 => new(StatusKind.Warned, null),
            _ => new(StatusKind.Approved, null),
        };
    }
}
