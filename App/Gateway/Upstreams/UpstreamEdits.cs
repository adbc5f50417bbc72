using Governance.Audit;
using Governance.Journal;
using Governance.Members;
using Governance.Revisions;

namespace Governance.Gateway.Upstreams;

/// <summary>Edits of upstreams.</summary>
sealed class UpstreamEdits(JournalWriter journal, UpstreamSecrets secrets)
{
    /// <summary>Saves an upstream. A secret that is given is kept encrypted; changing the address clears the one that was kept, so that it can never be sent elsewhere.</summary>
    public Task<bool> SaveAsync(UpstreamDefinition wanted, string? secret, Actor actor) => journal.ChangeAsync(change => SaveInChange(change, wanted, secret, actor));

    public bool SaveInChange(Change change, UpstreamDefinition wanted, string? secret, Actor actor)
    {
        var row = change.Db.Upstreams.Find(wanted.Id);
        var moved = row is not null && row.Definition.BaseUrl != wanted.BaseUrl;
        if (moved && actor.Kind == ActorKind.Member && row!.Definition.ApiKeyEnv == wanted.ApiKeyEnv)
        {
            // As with a stored key: it was given for the old address.
            wanted = wanted with { ApiKeyEnv = null };
        }
        var sentence = row is null ? $"Upstream {wanted.Id} was added."
            : moved ? $"The address of upstream {wanted.Id} was changed; its stored key was cleared." : $"Upstream {wanted.Id} was changed.";
        var saved = change.Save(change.Db.Upstreams, wanted.Id, wanted, AuditEvent.OfSystem(actor, row is null ? "upstream.created" : "upstream.changed", "upstream", wanted.Id, sentence), saving =>
        {
            if (moved)
            {
                saving.ProtectedSecret = null;
            }
        });
        if (!string.IsNullOrWhiteSpace(secret))
        {
            var kept = SecretText.Key(secret, out var wrong) ?? throw new ArgumentException($"The key {wrong}.", nameof(secret));
            change.Db.Upstreams.Find(wanted.Id)!.ProtectedSecret = secrets.Protect(kept);
            change.Append(AuditEvent.OfSystem(actor, "upstream.key_changed", "upstream", wanted.Id, $"The key of upstream {wanted.Id} was changed."));
            saved = true;
        }
        return saved;
    }

    /// <summary>Encrypts keys that are kept with another ring; those of which nothing is known stay as they are.</summary>
    public static void ProtectAnewInChange(Change change, IReadOnlyDictionary<string, string?> kept, UpstreamSecrets ring)
    {
        foreach (var (id, secret) in kept)
        {
            if (secret is not null && change.Db.Upstreams.Find(id) is { ProtectedSecret: not null } row)
            {
                row.ProtectedSecret = ring.Protect(secret);
            }
        }
        change.Db.SaveChanges();
    }

    /// <summary>Takes an upstream out, with the key that is kept for it. Whoever calls this has seen to it that no project needs it.</summary>
    public static bool RemoveInChange(Change change, UpstreamDefinition upstream, Actor actor)
    {
        if (change.Db.Upstreams.Find(upstream.Id) is not { } row)
        {
            return false;
        }
        change.Db.Upstreams.Remove(row);
        change.Append(AuditEvent.OfSystem(actor, "upstream.removed", "upstream", upstream.Id, $"Upstream {upstream.Id} was removed.") with { Before = AuditJson.Element(row.Definition) });
        return true;
    }
}
