using Governance.Pricing;
using Governance.Shell;

namespace Governance.Budgets;

/// <summary>One consequence of saving a budget, against what is spent now.</summary>
/// <param name="BlocksNow">True where calls are refused from the moment of saving: that is confirmed by typing the budget's id.</param>
[Pure]
readonly record struct BudgetEffect(StatusKind Kind, string Text, bool BlocksNow = false)
{
    /// <param name="before">Null for a new budget, whose spend is known only once it counts.</param>
    public static IReadOnlyList<BudgetEffect> Of(BudgetDefinition? before, BudgetDefinition after, Money posted, Money held)
    {
        if (after.Retired)
        {
            return before is { Retired: false } ? [new(StatusKind.Warned, "Counts and stops nothing from now on.")] : [];
        }
        var effects = new List<BudgetEffect>();
        var recounted = before is null || before.Retired || before.Window != after.Window || before.TimeZone != after.TimeZone || !before.Scope.ToHashSet().SetEquals(after.Scope);
        if (recounted)
        {
            effects.Add(new(StatusKind.Neutral, "What the ledger has for the running period counts from the start: where that is more than the cap, calls stop at once."));
            if (after is { HardBlock: true } && after.Cap == Money.Zero)
            {
                effects.Add(new(StatusKind.Denied, "Blocks every call that costs money immediately.", true));
            }
            return after.HardBlock ? effects : [];
        }
        Block(effects, before!, after, posted, held);
        if (after.HardBlock && before!.HardBlock && after.Cap > before.Cap)
        {
            effects.Add(new(StatusKind.Neutral, $"+{BudgetWords.Exact(after.Cap - before.Cap)} maximum extra exposure in this {BudgetWords.Of(after.Window)}."));
        }
        if (!after.HardBlock && before!.HardBlock)
        {
            effects.Add(new(StatusKind.Warned, "Calls keep flowing past the cap from now on."));
        }
        return effects;
    }

    static void Block(List<BudgetEffect> effects, BudgetDefinition before, BudgetDefinition after, Money posted, Money held)
    {
        var now = BudgetAdmission.Judge(after.Cap, posted, held, new Money(1), after.HardBlock);
        var was = BudgetAdmission.Judge(before.Cap, posted, held, new Money(1), before.HardBlock);
        if (now is Admission.Admitted)
        {
            if (was is not Admission.Admitted)
            {
                effects.Add(new(StatusKind.Approved, "Calls flow again as soon as this is saved."));
            }
            else if (after.HardBlock && after.Cap < before.Cap)
            {
                effects.Add(new(StatusKind.Neutral, $"{BudgetWords.Exact(after.Cap - posted - held)} is left under the new cap."));
            }
            return;
        }
        if (was == now)
        {
            effects.Add(new(StatusKind.Denied, $"Calls stay blocked (spent {posted}, cap {BudgetWords.Exact(after.Cap)})."));
            return;
        }
        effects.Add(now is Admission.Exceeded
            ? new(StatusKind.Denied, $"Blocks new calls immediately (spent {posted} ≥ new cap {BudgetWords.Exact(after.Cap)}).", true)
            : new(StatusKind.Denied, $"Blocks new calls until calls in flight give back what they hold (spent {posted} and held {held} ≥ new cap {BudgetWords.Exact(after.Cap)}).", true));
    }
}
