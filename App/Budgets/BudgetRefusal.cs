using System.Globalization;
using Governance.Pricing;

namespace Governance.Budgets;

/// <summary>Why a budget refuses a call: everything that the 402 body says.</summary>
[Pure]
sealed record BudgetRefusal
{
    public const string Exceeded = "BUDGET_EXCEEDED";
    public const string InFlight = "BUDGET_HELD";

    public required string BudgetId { get; init; }
    public required int BudgetVersion { get; init; }
    /// <summary><c>project chat-widget</c>, <c>workspace</c>.</summary>
    public required string Scope { get; init; }
    public required Money Cap { get; init; }
    public required Money Posted { get; init; }
    public required Money Held { get; init; }
    public required Money Estimate { get; init; }
    public required string PeriodKey { get; init; }
    /// <summary><c>calendar month</c>, <c>30 rolling days</c>.</summary>
    public required string Window { get; init; }
    /// <summary>When the next period starts, or the oldest day drops out, in UTC; null for a session, which never starts again.</summary>
    public required DateTimeOffset? ResetsAt { get; init; }
    /// <summary>By which measure the budget holds; <see cref="Estimate"/> is of it.</summary>
    public required HoldKind Hold { get; init; }
    /// <summary><see cref="Exceeded"/>, or <see cref="InFlight"/> where waiting a moment can help.</summary>
    public required string DenyCode { get; init; }
    public required string Message { get; init; }
    /// <summary>What the caller can do about it.</summary>
    public required string Recovery { get; init; }

    /// <summary>May be below zero.</summary>
    public Money Remainder => Money.Nearest((Int128)Cap.Nanos - Posted.Nanos - Held.Nanos);

    /// <summary>True where there would be room, were it not for calls that came earlier and wait for it.</summary>
    public bool IsQueued { get; init; }

    /// <summary>Null where the budget admits the call.</summary>
    /// <param name="awaited">True where an earlier call waits for room in this budget.</param>
    public static BudgetRefusal? Of(CompiledBudget budget, BudgetPeriod period, Money posted, Money held, Money estimate, bool awaited = false)
    {
        var definition = budget.Definition;
        var admission = BudgetAdmission.Judge(definition.Cap, posted, held, estimate, definition.HardBlock);
        var queued = admission is Admission.Admitted && awaited && definition.HardBlock && estimate != Money.Zero;
        if (admission is Admission.Admitted && !queued)
        {
            return null;
        }
        var inFlight = queued || admission is Admission.Held;
        return new BudgetRefusal
        {
            BudgetId = definition.Id,
            BudgetVersion = budget.Version,
            Scope = BudgetWords.Of(definition.Scope),
            Cap = definition.Cap,
            Posted = posted,
            Held = held,
            Estimate = estimate,
            PeriodKey = period.Key,
            Window = BudgetWords.Window(definition),
            ResetsAt = period.Resets,
            Hold = definition.Hold,
            DenyCode = inFlight ? InFlight : Exceeded,
            Message = queued ? QueuedText(definition, posted, held, estimate) : Text(definition, posted, held, estimate, inFlight),
            Recovery = Advice(definition, period, inFlight),
            IsQueued = queued,
        };
    }

    /// <summary>Of several, the one to name: spent before merely held (waiting would not help), then the smallest remainder, then the id. Null of none.</summary>
    public static BudgetRefusal? Decisive(IReadOnlyList<BudgetRefusal> refusals) =>
        refusals.OrderBy(refusal => refusal.DenyCode == InFlight).ThenBy(refusal => refusal.Remainder).ThenBy(refusal => refusal.BudgetId, StringComparer.Ordinal).FirstOrDefault();

    static string Text(BudgetDefinition budget, Money posted, Money held, Money estimate, bool inFlight)
    {
        var holds = inFlight ? $", held by calls in flight {held}" : "";
        var subject = budget.Window is BudgetWindow.Session ? "Session" : BudgetWords.Subject(budget.Scope);
        return $"{subject} would exceed {BudgetWords.Every(budget)} cap of {BudgetWords.Exact(budget.Cap)} (current {posted}{holds}, this request est. {estimate})";
    }

    static string QueuedText(BudgetDefinition budget, Money posted, Money held, Money estimate) =>
        $"Calls that came earlier wait for room under the {BudgetWords.Every(budget)} cap of {BudgetWords.Exact(budget.Cap)} of {BudgetWords.Of(budget.Scope)} (current {posted}, held by calls in flight {held}, this request est. {estimate})";

    static string Advice(BudgetDefinition budget, BudgetPeriod period, bool inFlight)
    {
        if (inFlight)
        {
            return "Try again in a few seconds: calls in flight hold what is left, and mostly give some of it back.";
        }
        if (budget.Cap == Money.Zero)
        {
            return $"Use a free model, or ask a budget owner to raise the cap of '{budget.Id}'.";
        }
        var wait = period.Resets is not { } resets ? "start a new session (X-Governance-Session)"
            : $"wait until {resets.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC{(budget.Window is BudgetWindow.RollingDays ? ", when the oldest day drops out" : "")}";
        return $"Lower max_tokens or use a cheaper model, ask a budget owner to raise the cap of '{budget.Id}', or {wait}.";
    }
}
