using Governance.Shell.Controls;

namespace Governance.Ledger;

/// <summary>A balance that did not say what the ledger comes to, before and after it was put right.</summary>
[Pure]
sealed record Drift(string BudgetId, string Period, Money PostedBefore, Money PostedAfter, Money HeldBefore, Money HeldAfter)
{
    /// <summary>How the trail calls what was corrected.</summary>
    public const string Action = "ledger.drift_corrected";

    public Money Posted => PostedAfter - PostedBefore;
    public Money Held => HeldAfter - HeldBefore;
}

/// <summary>What a reconciliation came to.</summary>
/// <param name="Balances">How many balances were recomputed.</param>
[Pure]
sealed record ReconciliationReport(int Balances, IReadOnlyList<Drift> Drifts, TimeSpan Duration)
{
    /// <summary>One line for people: <c>Reconciled 12 balances, 1 corrected by +$0.10.</c></summary>
    public string Sentence
    {
        get
        {
            var balances = Balances == 1 ? "1 balance" : $"{Balances} balances";
            if (Drifts.Count == 0)
            {
                return $"Reconciled {balances}, none had to be corrected.";
            }
            var posted = Drifts.Aggregate(Money.Zero, (sum, drift) => sum + drift.Posted);
            var held = Drifts.Aggregate(Money.Zero, (sum, drift) => sum + drift.Held);
            var holds = Drifts.Any(drift => drift.Held != Money.Zero) ? $" spent and {Signed(held)} held" : "";
            return $"Reconciled {balances}, {Drifts.Count} corrected by {Signed(posted)}{holds}{(Drifts.Count > 1 ? " in all" : "")}.";
        }
    }

    /// <summary>With its sign always written.</summary>
    public static string Signed(Money amount) => amount > Money.Zero ? $"+{MoneyText.Of(amount)}" : MoneyText.Of(amount);
}

/// <summary>How far back a reconciliation goes: every stored balance, or only the current period of each budget and the one before.</summary>
enum ReconciliationReach { All, Recent }
