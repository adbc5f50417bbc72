using Governance.Policies;

namespace Governance.Documents;

/// <summary>What the configuration is after a document has been applied to it. Applying it again changes nothing.</summary>
[Pure]
static class ConfigurationMerge
{
    public static GovernanceDocument After(GovernanceDocument current, GovernanceDocument wanted)
    {
        var released = wanted.Released.ToHashSet();
        var unlimited = wanted.Unlimited.ToHashSet();
        var keyed = wanted.KeyedProjects.ToHashSet(StringComparer.Ordinal);
        return new()
        {
            Workspace = wanted.Workspace is not { } workspace ? current.Workspace
                : workspace with { Stopped = workspace.Stopped || (current.Workspace is { Stopped: true } && !released.Contains(Identity.Of(workspace))) },
            Members = Union(current.Members, wanted.Members, member => Identity.Of(member.Definition),
                (old, member) => member with { Definition = member.Definition with { Email = old.Definition.Email } }, member => Pruned(Sections.Members) ? null : member),
            Upstreams = Union(current.Upstreams, wanted.Upstreams, Identity.Of, Newer, upstream => Pruned(Sections.Upstreams) ? null : upstream),
            Projects = Union(current.Projects, wanted.Projects, Identity.Of,
                (old, project) => project with { Stopped = project.Stopped || (old.Stopped && !released.Contains(Identity.Of(project))) },
                project => Pruned(Sections.Projects) ? project with { Stopped = true } : project),
            Keys = Union(current.Keys, wanted.Keys, key => Identity.Of(key.Definition), (old, key) => Kept(old, key, released, unlimited),
                key => wanted.Prune && keyed.Contains(key.Definition.Project) ? key with { Definition = key.Definition with { Revoked = true } } : key),
            Rules = Union(current.Rules, wanted.Rules, Identity.Of, Newer,
                rule => Pruned(Sections.Rules) ? rule with { State = RuleState.Retired } : rule),
            Budgets = Union(current.Budgets, wanted.Budgets, Identity.Of, Newer,
                budget => Pruned(Sections.Budgets) ? budget with { Retired = true } : budget),
            Routes = Union(current.Routes, wanted.Routes, Identity.Of, Newer, route => Pruned(Sections.Router) ? null : route),
            Prices = Union(current.Prices, wanted.Prices, Identity.Of, Newer, price => Pruned(Sections.Prices) ? null : price),
        };

        bool Pruned(Sections section) => wanted.Prune && wanted.Sections.HasFlag(section);
    }

    // A revoked key stays revoked whatever an old document says, and a key that runs out does so unless the document says that it does not.
    static KeyEntry Kept(KeyEntry old, KeyEntry key, HashSet<Named> released, HashSet<Named> unlimited) => key with
    {
        Definition = key.Definition with
        {
            Stopped = key.Definition.Stopped || (old.Definition.Stopped && !released.Contains(Identity.Of(key.Definition))),
            Revoked = key.Definition.Revoked || old.Definition.Revoked,
            ExpiresAt = key.Definition.ExpiresAt ?? (unlimited.Contains(Identity.Of(key.Definition)) ? null : old.Definition.ExpiresAt),
            SecretEnv = key.Definition.SecretEnv ?? old.Definition.SecretEnv,
        },
    };

    static T Newer<T>(T old, T named) => named;

    static List<T> Union<T>(IReadOnlyList<T> current, IReadOnlyList<T> wanted, Func<T, Named> identity, Func<T, T, T> both, Func<T, T?> unnamed)
        where T : class
    {
        var named = wanted.ToDictionary(identity);
        var union = new List<T>();
        foreach (var old in current)
        {
            var after = named.Remove(identity(old), out var item) ? both(old, item) : unnamed(old);
            if (after is not null)
            {
                union.Add(after);
            }
        }
        return [.. union, .. wanted.Where(item => named.ContainsKey(identity(item)))];
    }
}
