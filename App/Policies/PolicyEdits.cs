using Governance.Audit;

namespace Governance.Policies;

/// <summary>Edits of rules and of the router's table. What is saved has passed <see cref="RuleValidation"/>; where it has not, nothing is written.</summary>
sealed class PolicyEdits(Journal journal)
{
    public Task<bool> SaveAsync(RuleDefinition wanted, Actor actor) => journal.ChangeAsync(change => SaveInChange(change, wanted, actor));

    public Task<bool> SaveAsync(RouteDefinition wanted, Actor actor) => journal.ChangeAsync(change => SaveInChange(change, wanted, actor));

    /// <summary>Takes a cell out of the router's table.</summary>
    public Task<bool> RemoveAsync(RouteDefinition route, Actor actor) => journal.ChangeAsync(change => RemoveInChange(change, route, actor));

    public static bool SaveInChange(Change change, RuleDefinition wanted, Actor actor)
    {
        Refuse(RuleValidation.Check(wanted));
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

    static void Refuse(IReadOnlyList<Projects.Problem> problems)
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
