using Governance.Budgets.Balances;
using Governance.Shell.Controls;

namespace Governance.Budgets.Editor;

/// <summary>One consequence of saving a budget, against what is spent now.</summary>
/// <param name="BlocksNow">True where calls are refused from the moment of saving: that is confirmed by typing the budget's id.</param>
[Pure]
readonly record struct BudgetEffect(StatusKind Kind, string Text, bool BlocksNow = false)
{
    /// <param name="before">Null for a new budget.</param>
    /// <param name="figures">What the ledger has for it, where it counts otherwise than before; null where nobody has asked yet.</param>
    public static IReadOnlyList<BudgetEffect> Of(BudgetDefinition? before, BudgetDefinition after, Money posted, Money held, BudgetFigures? figures = null)
    {
        if (after.Retired)
        {
            return before is { Retired: false } ? [new(StatusKind.Warned, "Counts and stops nothing from now on.")] : [];
        }
        if (Recounts(before, after))
        {
            return Counted(after, figures);
        }
        var effects = new List<BudgetEffect>();
        Block(effects, before!, after, posted, held);
        if (after.HardBlock && before!.HardBlock && after.Cap > before.Cap)
        {
            effects.Add(new(StatusKind.Neutral, $"+{BudgetWords.Exact(after.Cap - before.Cap)} maximum extra exposure in this {Run(after)}."));
        }
        if (!after.HardBlock && before!.HardBlock)
        {
            effects.Add(new(StatusKind.Warned, "Calls keep flowing past the cap from now on."));
        }
        if (after.Hold is HoldKind.Expected && before!.Hold is HoldKind.WorstCase && after.HardBlock)
        {
            effects.Add(new(StatusKind.Warned, "From now on the cap may be overrun by what is in flight."));
        }
        return effects;
    }

    /// <summary>True where the ledger is counted anew, so that what the old balance says means nothing.</summary>
    public static bool Recounts(BudgetDefinition? before, BudgetDefinition after) =>
        before is null || before.Retired || BudgetWords.Window(before) != BudgetWords.Window(after) || before.TimeZone != after.TimeZone || !before.Scope.ToHashSet().SetEquals(after.Scope);

    static List<BudgetEffect> Counted(BudgetDefinition after, BudgetFigures? figures)
    {
        var effects = new List<BudgetEffect>();
        if (after is { HardBlock: true } && after.Cap == Money.Zero)
        {
            effects.Add(new(StatusKind.Denied, "Blocks every call that costs money immediately.", true));
        }
        if (after.Window is BudgetWindow.Session)
        {
            effects.Add(new(StatusKind.Neutral, "What the ledger has of a session counts from its first call. Calls that name no session are not counted."));
        }
        else if (figures is null)
        {
            effects.AddRange(after.HardBlock ? [new(StatusKind.Neutral, "What the ledger has for the running period counts from the start: where that is more than the cap, calls stop at once.")] : []);
        }
        else if (figures.Period is not { } period)
        {
            effects.Add(new(StatusKind.Neutral, "Does not apply today: nothing is counted or stopped before its first day and after its last."));
        }
        else if (after.HardBlock && after.Cap > Money.Zero && figures.Spent >= after.Cap)
        {
            effects.Add(new(StatusKind.Denied, $"Blocks new calls immediately (spent {Beside(after, figures.Spent)} in {period.Key} ≥ cap {BudgetWords.Exact(after.Cap)}).", true));
        }
        else
        {
            effects.Add(new(StatusKind.Neutral, $"Spent so far in {period.Key}: {Beside(after, figures.Spent)}. It counts from the start{(after.Cap > figures.Spent ? $"; {BudgetWords.Exact(after.Cap - figures.Spent)} is left" : "")}."));
        }
        if (figures?.Before is { } past && figures.SpentBefore > Money.Zero && after.Cap > Money.Zero)
        {
            effects.Add(figures.SpentBefore < after.Cap
                ? new(StatusKind.Neutral, $"Would have stopped nothing in {past.Key}: {Beside(after, figures.SpentBefore)} was spent.")
                : new(StatusKind.Warned, $"Would have {(after.HardBlock ? "stopped calls" : "warned")} in {past.Key}: {Beside(after, figures.SpentBefore)} was spent, {BudgetWords.Exact(figures.SpentBefore - after.Cap)} beyond the cap."));
        }
        return effects;
    }

    static string Beside(BudgetDefinition budget, Money amount) => MoneyText.Beside(budget.Cap, amount)[0];

    static string Run(BudgetDefinition budget) => budget.Window switch
    {
        BudgetWindow.RollingDays => "window of days",
        BudgetWindow.Fixed => "time",
        var window => BudgetWords.Of(window),
    };

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
            effects.Add(new(StatusKind.Denied, $"Calls stay blocked (spent {Beside(after, posted)}, cap {BudgetWords.Exact(after.Cap)})."));
            return;
        }
        effects.Add(now is Admission.Exceeded
            ? new(StatusKind.Denied, $"Blocks new calls immediately (spent {Beside(after, posted)} ≥ new cap {BudgetWords.Exact(after.Cap)}).", true)
            : new(StatusKind.Denied, $"Blocks new calls until calls in flight give back what they hold (spent {Beside(after, posted)} and held {Beside(after, held)} ≥ new cap {BudgetWords.Exact(after.Cap)}).", true));
    }
}
