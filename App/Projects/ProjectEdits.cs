using System.Security.Cryptography;
using Governance.Audit;
using Governance.Journal;
using Governance.Members;
using Governance.Revisions;

namespace Governance.Projects;

/// <summary>Edits of the workspace, its projects and keys. The <c>…InChange</c> forms run inside an open change; the others make one.</summary>
sealed class ProjectEdits(JournalWriter journal)
{
    public Task<bool> SaveAsync(WorkspaceDefinition wanted, Actor actor) => journal.ChangeAsync(change => SaveInChange(change, wanted, actor));

    public Task<bool> SaveAsync(ProjectDefinition wanted, Actor actor) => journal.ChangeAsync(change => SaveInChange(change, wanted, actor));

    public Task<bool> SaveAsync(KeyDefinition wanted, Actor actor) => journal.ChangeAsync(change => SaveInChange(change, wanted, actor));

    /// <summary>Makes a key; the secret is in the answer and nowhere else. Null where the id is taken.</summary>
    public Task<KeySecret?> CreateKeyAsync(KeyDefinition wanted, Actor actor) => journal.ChangeAsync(change => CreateKeyInChange(change, wanted, KeySecret.Create(), actor));

    /// <summary>Makes a management key; shown once. Null where the id is taken, or the actor is no owner any more.</summary>
    public Task<string?> CreateManagementKeyAsync(string id, Actor actor) => journal.ChangeAsync(change =>
    {
        if (!MayManageKeys(change, actor) || change.Db.ManagementKeys.Find(id) is not null)
        {
            return null;
        }
        var secret = "gov-admin-" + RandomNumberGenerator.GetHexString(64, lowercase: true);
        change.Save(change.Db.ManagementKeys, id, new ManagementKeyDefinition(id, secret[^4..]), AuditEvent.OfSystem(actor, "management_key.created", "management_key", id, $"Management key {id} was created."),
            row => row.SecretHash = KeySecret.HashOf(secret));
        return secret;
    });

    public Task<bool> RevokeManagementKeyAsync(string id, Actor actor) => journal.ChangeAsync(change =>
        MayManageKeys(change, actor) && change.Db.ManagementKeys.Find(id) is { } row
        && change.Save(change.Db.ManagementKeys, id, row.Definition with { Revoked = true }, AuditEvent.OfSystem(actor, "management_key.revoked", "management_key", id, $"Management key {id} was revoked.")));

    public static bool SaveInChange(Change change, WorkspaceDefinition wanted, Actor actor)
    {
        // There is one row, whatever the workspace calls itself.
        const string Only = "workspace";
        var before = change.Db.Workspaces.Find(Only)?.Definition;
        var action = before is not null && before.Stopped != wanted.Stopped ? (wanted.Stopped ? "workspace.stopped" : "workspace.started") : before is null ? "workspace.created" : "workspace.changed";
        var sentence = action switch
        {
            "workspace.stopped" => $"All calls of {wanted.Name} were stopped.",
            "workspace.started" => $"Calls of {wanted.Name} were started again.",
            "workspace.created" => $"Workspace {wanted.Name} was created on plan {wanted.Plan}.",
            _ => before!.Plan != wanted.Plan ? $"Plan changed from {before.Plan} to {wanted.Plan}." : $"Workspace {wanted.Name} was changed.",
        };
        return change.Save(change.Db.Workspaces, Only, wanted, AuditEvent.OfSystem(actor, action, "workspace", wanted.Id, sentence));
    }

    public static bool SaveInChange(Change change, ProjectDefinition wanted, Actor actor)
    {
        var before = change.Db.Projects.Find(wanted.Id)?.Definition;
        var (action, sentence) = before switch
        {
            null => ("project.created", $"Project {wanted.Id} was created."),
            _ when before.Stopped != wanted.Stopped => wanted.Stopped ? ("project.stopped", $"Calls of {wanted.Id} were stopped.") : ("project.started", $"Calls of {wanted.Id} were started again."),
            _ => ("project.changed", $"Project {wanted.Id} was changed."),
        };
        return change.Save(change.Db.Projects, wanted.Id, wanted, InProject(wanted.Id, actor, action, "project", wanted.Id, sentence));
    }

    /// <summary>Changes a key that is there: stop, start, revoke, expiry, attribution. False where it is not there or nothing changes; a revoked key stays revoked.</summary>
    public static bool SaveInChange(Change change, KeyDefinition wanted, Actor actor)
    {
        if (change.Db.Keys.Find(wanted.Id) is not { } row || (row.Definition.Revoked && !wanted.Revoked) || row.Definition.Project != wanted.Project)
        {
            return false;
        }
        var (action, sentence) = row.Definition switch
        {
            { Revoked: false } when wanted.Revoked => ("key.revoked", $"Key {wanted.Id} was revoked."),
            { Stopped: var stopped } when stopped != wanted.Stopped => wanted.Stopped ? ("key.stopped", $"Key {wanted.Id} was stopped.") : ("key.started", $"Key {wanted.Id} was started again."),
            _ => ("key.changed", $"Key {wanted.Id} was changed."),
        };
        var saved = change.Save(change.Db.Keys, wanted.Id, wanted, InProject(wanted.Project, actor, action, "key", wanted.Id, sentence));
        CrashPoint.Reach("key-revoked");
        return saved;
    }

    public static KeySecret? CreateKeyInChange(Change change, KeyDefinition wanted, KeySecret secret, Actor actor)
    {
        if (change.Db.Keys.Find(wanted.Id) is not null || change.Db.Keys.Any(key => key.LookupId == secret.LookupId))
        {
            return null;
        }
        change.Save(change.Db.Keys, wanted.Id, wanted, InProject(wanted.Project, actor, "key.created", "key", wanted.Id, $"Key {wanted.Id} was created for {wanted.Project}."), row =>
        {
            row.LookupId = secret.LookupId;
            row.SecretHash = secret.Hash;
            row.Hint = secret.Hint;
        });
        return secret;
    }

    /// <summary>Gives a key that is there another secret; the former one no longer opens. False where the key is revoked, or the public part belongs to another key.</summary>
    public static bool RotateKeyInChange(Change change, string id, KeySecret secret, Actor actor)
    {
        if (change.Db.Keys.Find(id) is not { Definition.Revoked: false } row || change.Db.Keys.Any(key => key.LookupId == secret.LookupId && key.Id != id))
        {
            return false;
        }
        var before = row.Hint;
        (row.LookupId, row.SecretHash, row.Hint) = (secret.LookupId, secret.Hash, secret.Hint);
        change.Db.SaveChanges();
        change.Append(InProject(row.Definition.Project, actor, "key.rotated", "key", id, $"Key {id} has a new secret; the former one no longer opens.") with
        {
            Details = AuditJson.Element(new { hint_before = before, hint_after = secret.Hint, row.Definition.SecretEnv }),
        });
        return true;
    }

    /// <summary>A management key can make owners, so of members only an owner hands one out.</summary>
    static bool MayManageKeys(Change change, Actor actor) => actor.Kind != ActorKind.Member || MemberRights.RoleOf(change, actor) == MemberRole.Owner;

    static AuditEvent InProject(string project, Actor actor, string action, string targetKind, string targetId, string sentence) =>
        AuditEvent.OfSystem(actor, action, targetKind, targetId, sentence) with { Chain = project, Project = project };
}
