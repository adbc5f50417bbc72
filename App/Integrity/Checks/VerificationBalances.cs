using System.Text.Json;
using Governance.Journal;

namespace Governance.Integrity.Checks;

/// <summary>Recomputes every balance from entries and holds (I2), and asks of every hard cap that was exceeded why (I1).</summary>
static class VerificationBalances
{
    const string Conservation = "I2";
    const string Cap = "I1";

    /// <summary>How many balances were recomputed, and how many of them stand under a hard cap.</summary>
    public static (long Balances, long Capped) Check(LedgerSnapshot snapshot, Findings findings)
    {
        var unreadable = new List<string>();
        var budgets = BalanceCheck.Budgets(snapshot, unreadable);
        foreach (var budget in unreadable)
        {
            findings.Fail(Conservation, $"budget {budget}", "Its definition cannot be read.");
        }
        var (count, capped) = (0L, 0L);
        try
        {
            foreach (var balance in BalanceCheck.Check(snapshot, budgets, (_, _) => true))
            {
                count++;
                capped += balance.Budget is { HardBlock: true } ? 1 : 0;
                Check(snapshot, findings, balance);
            }
        }
        catch (JsonException)
        {
            findings.Fail(Conservation, "holds", "Balances cannot be recomputed while an open hold cannot be read.");
        }
        return (count, capped);
    }

    static void Check(LedgerSnapshot snapshot, Findings findings, CheckedBalance balance)
    {
        var subject = $"balance {balance.BudgetId} {balance.Period.Key}";
        if (balance.Budget is not { } budget)
        {
            findings.Fail(Conservation, subject, "Its budget is not there, or is retired.");
            return;
        }
        if (!balance.Period.IsOf(budget))
        {
            findings.Fail(Conservation, subject, $"It does not run as the budget's window says ({balance.Period.Starts:u} to {balance.Period.Ends:u}).");
        }
        if (balance.Posted != balance.PostedInLedger)
        {
            findings.Fail(Conservation, subject, $"It says {balance.Posted.ToPlain()} USD spent; the ledger's entries come to {balance.PostedInLedger.ToPlain()}.");
        }
        if (balance.Held != balance.HeldInLedger)
        {
            findings.Fail(Conservation, subject, $"It says {balance.Held.ToPlain()} USD held; the open holds come to {balance.HeldInLedger.ToPlain()}.");
        }
        if (budget.HardBlock && balance.Posted + balance.Held > budget.Cap)
        {
            var excess = balance.Posted + balance.Held - budget.Cap;
            var over = $"{(balance.Posted + balance.Held).ToPlain()} USD spent and held are above the hard cap of {budget.Cap.ToPlain()}";
            var (why, most) = VerificationOverdraft.Explain(snapshot, budget, balance.Period);
            if (why is null)
            {
                findings.Fail(Cap, subject, $"{over}, and nothing in the trail says why.");
            }
            else if (most < excess)
            {
                findings.Fail(Cap, subject, $"{over}, but what is on record explains {most.Value.ToPlain()} of the {excess.ToPlain()} at most: {why}.");
            }
            else
            {
                findings.Note(Cap, subject, $"{over}: {why}.");
            }
        }
    }
}
