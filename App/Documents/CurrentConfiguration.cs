using Governance.Members;
using Governance.Policies;
using Governance.Projects;
using Governance.Revisions;
using Microsoft.EntityFrameworkCore;

namespace Governance.Documents;

/// <summary>What proves a key: the public part of its secret, by which it is looked up, the hash of the whole, and its last characters.</summary>
readonly record struct KeyProof(string LookupId, byte[] Hash, string Hint);

/// <summary>Everything that is configured, read from the database: what is in force, and what was taken out of force and keeps its id.</summary>
sealed record CurrentConfiguration
{
    /// <summary>Revoked keys, retired rules and retired budgets included: an id identifies a thing for ever.</summary>
    public required GovernanceDocument All { get; init; }

    /// <summary>By key id.</summary>
    public required IReadOnlyDictionary<string, KeyProof> Proofs { get; init; }

    /// <summary>Members who may no longer sign in, by e-mail in lower case.</summary>
    public required IReadOnlySet<string> FormerMembers { get; init; }

    /// <summary>Members who cannot sign in until they set a password, by e-mail in lower case.</summary>
    public required IReadOnlySet<string> WithoutPassword { get; init; }

    /// <summary>Upstreams whose provider key was entered here and is kept encrypted.</summary>
    public required IReadOnlyList<string> KeptProviderKeys { get; init; }

    public static CurrentConfiguration Read(GovernanceDb db)
    {
        var members = db.Users.AsNoTracking().OrderBy(member => member.Email).ToList();
        var keys = db.Keys.AsNoTracking().OrderBy(row => row.Id).ToList();
        return new()
        {
            All = new GovernanceDocument
            {
                Workspace = db.Workspaces.AsNoTracking().FirstOrDefault()?.Definition,
                Members = [.. members.Where(member => !member.Removed).Select(member => new MemberEntry(new MemberDefinition { Email = member.Email!, Role = member.Role }))],
                Upstreams = [.. Rows(db.Upstreams)],
                Projects = [.. Rows(db.Projects)],
                Keys = [.. keys.Select(row => new KeyEntry(row.Definition))],
                Rules = [.. Rows(db.Rules)],
                Budgets = [.. Rows(db.Budgets)],
                Routes = [.. Rows(db.Routes)],
                Prices = [.. Rows(db.Prices).Select(price => price.WithoutDefaults())],
            },
            Proofs = keys.ToDictionary(row => row.Id, row => new KeyProof(row.LookupId, row.SecretHash, row.Hint), StringComparer.Ordinal),
            FormerMembers = members.Where(member => member.Removed).Select(member => member.Email!.ToLowerInvariant()).ToHashSet(StringComparer.Ordinal),
            WithoutPassword = members.Where(member => !member.Removed && member.PasswordHash is null).Select(member => member.Email!.ToLowerInvariant()).ToHashSet(StringComparer.Ordinal),
            KeptProviderKeys = [.. db.Upstreams.AsNoTracking().Where(row => row.ProtectedSecret != null).Select(row => row.Id)],
        };
    }

    /// <summary>Without what was taken out of force, but for revoked keys that a budget still speaks of: what another machine needs to go on.</summary>
    public GovernanceDocument InForce()
    {
        var budgets = All.Budgets.Where(budget => !budget.Retired).ToList();
        var counted = budgets.SelectMany(budget => budget.Scope).Where(term => term.Kind == ScopeKind.Key).Select(term => term.Id).ToHashSet(StringComparer.Ordinal);
        return All with
        {
            Keys = [.. All.Keys.Where(key => !key.Definition.Revoked || counted.Contains(key.Definition.Id))],
            Rules = [.. All.Rules.Where(rule => rule.State != RuleState.Retired)],
            Budgets = budgets,
        };
    }

    static IEnumerable<T> Rows<T>(IQueryable<DefinitionRow<T>> rows)
        where T : class =>
        rows.AsNoTracking().OrderBy(row => row.Id).AsEnumerable().Select(row => row.Definition);
}
