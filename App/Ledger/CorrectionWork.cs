using Governance.Audit;
using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Journal;
using Governance.Projects;

namespace Governance.Ledger;

/// <summary>Sets one balance to what the ledger comes to, and tells the trail where it had drifted. Also opens the balance where there is none yet. Alone, because it drops what is kept in memory of all balances.</summary>
sealed class CorrectionWork(BalanceTable balances, BudgetShelf shelf, string budgetId, BudgetPeriod period, Actor actor) : JournalWork<Drift?>
{
    public override bool Alone => true;

    public override void Execute(JournalTransaction transaction)
    {
        Result = null;
        if (shelf.Current.All.FirstOrDefault(budget => budget.Definition.Id == budgetId) is not { } budget || !period.IsOf(budget.Definition))
        {
            return;
        }
        // Memory may be right where the row is not: the row is what the next start would believe.
        balances.Clear();
        if (balances.Correct(transaction, budget, period) is not { } before)
        {
            return;
        }
        var (posted, held) = LedgerSpend.Recompute(transaction.Prepare, budget.Definition, period);
        Result = new Drift(budgetId, period.Key, before.Posted, posted, before.Held, held);
        transaction.Append(Told(Result, budget.Definition, actor));
    }

    internal static AuditEvent Told(Drift drift, BudgetDefinition budget, Actor actor)
    {
        var project = budget.Scope.FirstOrDefault(term => term.Kind == ScopeKind.Project).Id;
        var holds = drift.Held == Money.Zero ? "" : $", its holds by {ReconciliationReport.Signed(drift.Held)}";
        return new AuditEvent
        {
            Chain = project ?? AuditEvent.SystemChain,
            Category = AuditCategory.System,
            Action = Drift.Action,
            Actor = actor,
            Project = project,
            TargetKind = "budget",
            TargetId = budget.Id,
            Sentence = $"The balance of {budget.Id} for {drift.Period} was corrected by {ReconciliationReport.Signed(drift.Posted)} to {drift.PostedAfter}{holds}, as the ledger has it.",
            Before = AuditJson.Element(new { posted_usd = drift.PostedBefore.ToPlain(), held_usd = drift.HeldBefore.ToPlain() }),
            After = AuditJson.Element(new { posted_usd = drift.PostedAfter.ToPlain(), held_usd = drift.HeldAfter.ToPlain() }),
            Details = AuditJson.Element(new { period = drift.Period, posted_drift_usd = drift.Posted.ToPlain(), held_drift_usd = drift.Held.ToPlain() }),
        };
    }
}

/// <summary>Tells the trail something that changes nothing else.</summary>
sealed class TellWork(AuditEvent told) : JournalWork<bool>
{
    public override void Execute(JournalTransaction transaction)
    {
        transaction.Append(told);
        Result = true;
    }
}
