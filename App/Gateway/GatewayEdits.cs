using Governance.Audit;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Gateway;

/// <summary>Edits of upstreams and of the workspace's own prices.</summary>
sealed class GatewayEdits(JournalWriter journal, UpstreamSecrets secrets)
{
    /// <summary>Saves an upstream. A secret that is given is kept encrypted; changing the address clears the one that was kept, so that it can never be sent elsewhere.</summary>
    public Task<bool> SaveAsync(UpstreamDefinition wanted, string? secret, Actor actor) => journal.ChangeAsync(change => SaveInChange(change, wanted, secret, actor));

    public Task<bool> SaveAsync(PriceOverlay wanted, Actor actor) => journal.ChangeAsync(change => SaveInChange(change, wanted, actor));

    public Task<bool> RemoveAsync(PriceOverlay price, Actor actor) => journal.ChangeAsync(change => RemoveInChange(change, price, actor));

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
        var saved = change.Save(change.Db.Upstreams, wanted.Id, wanted, System(actor, row is null ? "upstream.created" : "upstream.changed", "upstream", wanted.Id, sentence), saving =>
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
            change.Append(System(actor, "upstream.key_changed", "upstream", wanted.Id, $"The key of upstream {wanted.Id} was changed."));
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
        change.Append(System(actor, "upstream.removed", "upstream", upstream.Id, $"Upstream {upstream.Id} was removed.") with { Before = AuditJson.Element(row.Definition) });
        return true;
    }

    public static bool SaveInChange(Change change, PriceOverlay wanted, Actor actor)
    {
        var id = PriceRow.IdOf(wanted);
        var known = change.Db.Prices.Find(id) is not null;
        return change.Save(change.Db.Prices, id, wanted, System(actor, known ? "price.changed" : "price.created", "price", id, $"The price of {wanted.Model} ({wanted.Vendor}) was {(known ? "changed" : "entered")}."));
    }

    public static bool RemoveInChange(Change change, PriceOverlay price, Actor actor)
    {
        var id = PriceRow.IdOf(price);
        if (change.Db.Prices.Find(id) is not { } row)
        {
            return false;
        }
        change.Db.Prices.Remove(row);
        change.Append(System(actor, "price.removed", "price", id, $"The price of {price.Model} ({price.Vendor}) was removed.") with { Before = AuditJson.Element(row.Definition) });
        return true;
    }

    static AuditEvent System(Actor actor, string action, string targetKind, string targetId, string sentence) => new()
    {
        Chain = AuditEvent.SystemChain,
        Category = AuditCategory.Change,
        Action = action,
        Actor = actor,
        TargetKind = targetKind,
        TargetId = targetId,
        Sentence = sentence,
    };
}
