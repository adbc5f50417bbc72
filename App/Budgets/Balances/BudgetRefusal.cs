using System.Globalization;
using Governance.Shell.Controls;

namespace Governance.Budgets.Balances;

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
    /// <summary>When it is as good as free again, as the end of a sentence; null where waiting cannot help.</summary>
    public required string? Wait { get; init; }
    /// <summary>What the caller can do about it, as far as the budget alone knows.</summary>
    public string Recovery => RecoveryBy(Posted < Cap ? "lower max_tokens or use a cheaper model" : null);

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
            Wait = estimate >= definition.Cap ? null : WaitFor(definition, period),
            IsQueued = queued,
        };
    }

    /// <summary>Of several, the one to name: spent before merely held (waiting would not help), then the smallest remainder, then the id. Null of none.</summary>
    public static BudgetRefusal? Decisive(IReadOnlyList<BudgetRefusal> refusals) =>
        refusals.OrderBy(refusal => refusal.DenyCode == InFlight).ThenBy(refusal => refusal.Remainder).ThenBy(refusal => refusal.BudgetId, StringComparer.Ordinal).FirstOrDefault();

    /// <summary>What the caller can do about it.</summary>
    /// <param name="change">What about the call itself would let it pass; null where nothing does.</param>
    public string RecoveryBy(string? change)
    {
        if (DenyCode == InFlight)
        {
            return "Try again in a few seconds: calls in flight hold what is left, and mostly give some of it back.";
        }
        string?[] ways = [Cap == Money.Zero ? "use a free model" : change, $"ask a budget owner to raise the cap of '{BudgetId}'", Wait];
        string[] open = [.. ways.OfType<string>()];
        var text = open.Length == 1 ? open[0] : $"{string.Join(", ", open[..^1])}, or {open[^1]}";
        return $"{char.ToUpperInvariant(text[0])}{text[1..]}.";
    }

    static string Text(BudgetDefinition budget, Money posted, Money held, Money estimate, bool inFlight)
    {
        var texts = MoneyText.Beside(budget.Cap, inFlight ? [posted, held, estimate] : [posted, estimate]);
        if (!ReadsAsRefused(budget.Cap, posted, held, estimate, inFlight))
        {
            texts = [.. (inFlight ? new[] { posted, held, estimate } : [posted, estimate]).Select(MoneyText.Exact)];
        }
        var holds = inFlight ? $", held by calls in flight {texts[1]}" : "";
        var subject = budget.Window is BudgetWindow.Session ? "Session" : BudgetWords.Subject(budget.Scope);
        return $"{subject} would exceed {BudgetWords.Every(budget)} cap of {BudgetWords.Exact(budget.Cap)} (current {texts[0]}{holds}, this request est. {texts[^1]})";
    }

    static string QueuedText(BudgetDefinition budget, Money posted, Money held, Money estimate)
    {
        var texts = MoneyText.Beside(budget.Cap, [posted, held, estimate]);
        return $"Calls that came earlier wait for room under the {BudgetWords.Every(budget)} cap of {BudgetWords.Exact(budget.Cap)} of {BudgetWords.Of(budget.Scope)} (current {texts[0]}, held by calls in flight {texts[1]}, this request est. {texts[2]})";
    }

    /// <summary>False where the sum of what is shown would fit under the cap, because each was rounded down.</summary>
    static bool ReadsAsRefused(Money cap, Money posted, Money held, Money estimate, bool inFlight) =>
        Shown(posted) + Shown(estimate) + (inFlight ? Shown(held) : 0) >= cap.Usd;

    static decimal Shown(Money amount) => Math.Abs(amount.Usd) < 0.01m ? amount.Usd : Math.Round(amount.Usd, 2, MidpointRounding.AwayFromZero);

    /// <summary>After fixed dates nothing begins anew, and a cap of zero leaves no room in any period.</summary>
    static string? WaitFor(BudgetDefinition budget, BudgetPeriod period) =>
        budget.Window is BudgetWindow.Session ? "start a new session (X-Governance-Session)"
        : budget.Window is BudgetWindow.Fixed || period.Resets is not { } resets ? null
        : $"wait until {resets.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC{(budget.Window is BudgetWindow.RollingDays ? ", when the oldest day drops out" : "")}";
}
