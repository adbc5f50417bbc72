using Governance.Audit;
using Governance.Journal;
using Governance.Policies.Editor;
using Governance.Revisions;

namespace Governance.Policies;

/// <summary>Edits of rules and of the router's table. What is saved has passed <see cref="RuleValidation"/>; where it has not, nothing is written.</summary>
sealed class PolicyEdits(JournalWriter journal)
{
    public Task<bool> SaveAsync(RuleDefinition wanted, Actor actor) => journal.ChangeAsync(change => SaveInChange(change, wanted, actor));

    public Task<bool> SaveAsync(RouteDefinition wanted, Actor actor) => journal.ChangeAsync(change => SaveInChange(change, wanted, actor));

    /// <summary>Saves where the rule still has the version that the edit began with; 0 expects that there is none of that id.</summary>
    public Task<EditResult> SaveAsync(RuleDefinition wanted, int expectedVersion, Actor actor) => journal.ChangeAsync(change =>
        Editions.Guard<RuleRow, RuleDefinition>(change.Db.Rules, wanted.Id, expectedVersion, () => SaveInChange(change, wanted, actor)));

    /// <summary>Saves and clears cells of the table, all of them or, where one has another version than expected, none.</summary>
    public Task<EditResult?> SaveAsync(IReadOnlyList<RouteEdit> edits, Actor actor) => journal.ChangeAsync(change =>
    {
        var conflict = edits
            .Select(edit => Editions.Guard<RouteRow, RouteDefinition>(change.Db.Routes, RouteRow.IdOf(edit.Route), edit.ExpectedVersion, static () => false))
            .FirstOrDefault(result => result.Outcome is EditOutcome.Conflict);
        foreach (var edit in conflict is null ? edits : [])
        {
            _ = edit.Clears ? RemoveInChange(change, edit.Route, actor) : SaveInChange(change, edit.Route, actor);
        }
        return conflict;
    });

    /// <summary>Takes a cell out of the router's table.</summary>
    public Task<bool> RemoveAsync(RouteDefinition route, Actor actor) => journal.ChangeAsync(change => RemoveInChange(change, route, actor));

    public static bool SaveInChange(Change change, RuleDefinition wanted, Actor actor)
    {
        Refuse(RuleValidation.Check(wanted));
        CrashPoint.Reach("policy-edited");
        var before = change.Db.Rules.Find(wanted.Id)?.Definition;
        var action = before is null ? "rule.created" : wanted.State == RuleState.Retired && before.State != RuleState.Retired ? "rule.retired" : "rule.changed";
        return change.Save(change.Db.Rules, wanted.Id, wanted, Told(wanted.Project, actor, action, "rule", wanted.Id, string.Join(" ", RuleChange.Sentences(before, wanted))));
    }

    public static bool SaveInChange(Change change, RouteDefinition wanted, Actor actor)
    {
        Refuse(RuleValidation.Check(wanted));
        var id = RouteRow.IdOf(wanted);
        var before = change.Db.Routes.Find(id)?.Definition;
        return change.Save(change.Db.Routes, id, wanted, Told(wanted.Project, actor, before is null ? "route.created" : "route.changed", "route", id, string.Join(" ", RuleChange.Sentences(before, wanted))));
    }

    public static bool RemoveInChange(Change change, RouteDefinition route, Actor actor)
    {
        var id = RouteRow.IdOf(route);
        if (change.Db.Routes.Find(id) is not { } row)
        {
            return false;
        }
        change.Db.Routes.Remove(row);
        change.Append(Told(route.Project, actor, "route.removed", "route", id, string.Join(" ", RuleChange.Sentences(row.Definition, null))) with { Before = AuditJson.Element(row.Definition) });
        return true;
    }

    static void Refuse(IReadOnlyList<Members.Problem> problems)
    {
        if (problems.Count > 0)
        {
            throw new ArgumentException($"{problems[0].Path}: {problems[0].Message}");
        }
    }

    static AuditEvent Told(string? project, Actor actor, string action, string targetKind, string targetId, string sentence) => new()
    {
        Chain = project ?? AuditEvent.SystemChain,
        Category = AuditCategory.Change,
        Action = action,
        Actor = actor,
        Project = project,
        TargetKind = targetKind,
        TargetId = targetId,
        Sentence = sentence,
    };
}

/// <summary>One cell of the router's table as an edit leaves it.</summary>
/// <param name="ExpectedVersion">The version that the edit began with; 0 for a cell that was empty.</param>
/// <param name="Clears">True takes the cell out.</param>
sealed record RouteEdit(RouteDefinition Route, int ExpectedVersion, bool Clears);
