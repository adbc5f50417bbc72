using Governance.Audit;
using Governance.Budgets.Balances;
using Governance.Budgets.Editor;
using Governance.Journal;
using Governance.Projects;
using Governance.Revisions;

namespace Governance.Budgets;

/// <summary>Edits of budgets. A form never touches a balance; where scope, window, zone or what is held changes, the balances are computed anew from the ledger.</summary>
sealed class BudgetEdits(JournalWriter journal, BalanceTable balances)
{
    public Task<bool> SaveAsync(BudgetDefinition wanted, Actor actor) => journal.ChangeAsync(change => SaveInChange(change, wanted, actor));

    /// <summary>Saves where the budget still has the version that the edit began with; 0 expects that there is none of that id.</summary>
    public Task<EditResult> SaveAsync(BudgetDefinition wanted, int expectedVersion, Actor actor) => journal.ChangeAsync(change =>
        Editions.Guard<BudgetRow, BudgetDefinition>(change.Db.Budgets, wanted.Id, expectedVersion, () => SaveInChange(change, wanted, actor)));

    public bool SaveInChange(Change change, BudgetDefinition wanted, Actor actor)
    {
        if (BudgetValidation.Check(wanted) is [var problem, ..])
        {
            throw new ArgumentException($"{problem.Path}: {problem.Message}");
        }
        var before = change.Db.Budgets.Find(wanted.Id)?.Definition;
        var project = wanted.Scope.FirstOrDefault(term => term.Kind == ScopeKind.Project).Id;
        var action = before is null ? "budget.created" : wanted.Retired && !before.Retired ? "budget.retired" : "budget.changed";
        var saved = change.Save(change.Db.Budgets, wanted.Id, wanted, new AuditEvent
        {
            Chain = project ?? AuditEvent.SystemChain,
            Category = AuditCategory.Change,
            Action = action,
            Actor = actor,
            Project = project,
            TargetKind = "budget",
            TargetId = wanted.Id,
            Sentence = string.Join(" ", BudgetChange.Sentences(before, wanted)),
        });
        CrashPoint.Reach("budget-edited");
        if (saved && before is not null && CountsOtherwise(before, wanted))
        {
            balances.Forget(change.Transaction, wanted.Id);
        }
        return saved;
    }

    /// <summary>Other spend, in other periods, or held by another measure: the balances are computed anew.</summary>
    static bool CountsOtherwise(BudgetDefinition before, BudgetDefinition after) =>
        !before.Scope.SequenceEqual(after.Scope) || before.Window != after.Window || before.RollingDays != after.RollingDays || before.From != after.From || before.To != after.To
        || before.TimeZone != after.TimeZone || before.Hold != after.Hold || before.Retired != after.Retired;
}
