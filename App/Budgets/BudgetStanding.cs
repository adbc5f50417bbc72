using Governance.Policies;
using Governance.Pricing;
using Governance.Shell;

namespace Governance.Budgets;

/// <summary>A budget with the balance that the gate decides by, in the period that runs now.</summary>
/// <param name="Told">The thresholds that were reached in this period, and when.</param>
public sealed record BudgetStanding(Edition<BudgetDefinition> Edition, BudgetPeriod Period, Money Posted, Money Held, IReadOnlyDictionary<int, DateTimeOffset> Told)
{
    public BudgetDefinition Definition => Edition.Definition;

    public Money Remaining => Definition.Cap - Posted - Held;
}

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
