using Governance.Audit;
using Governance.Policies;
using Governance.Projects;
using Microsoft.EntityFrameworkCore;

namespace Governance.Configuration;

/// <summary>Everything that is configured, read from the database.</summary>
static class CurrentConfiguration
{
    public static GovernanceDocument Read(GovernanceDb db) => new()
    {
        Workspace = db.Workspaces.AsNoTracking().FirstOrDefault()?.Definition,
        Members = [.. db.Users.AsNoTracking().Where(member => !member.Removed).OrderBy(member => member.Email).AsEnumerable()
            .Select(member => new MemberEntry(new MemberDefinition { Email = member.Email!, Role = member.Role }))],
        Upstreams = [.. All(db.Upstreams)],
        Projects = [.. All(db.Projects)],
        Keys = [.. All(db.Keys).Where(key => !key.Revoked).Select(key => new KeyEntry(key))],
        Rules = [.. All(db.Rules).Where(rule => rule.State != RuleState.Retired)],
        Budgets = [.. All(db.Budgets).Where(budget => !budget.Retired)],
        Routes = [.. All(db.Routes)],
        Prices = [.. All(db.Prices).Select(price => price.WithoutDefaults())],
    };

    static IEnumerable<T> All<T>(IQueryable<DefinitionRow<T>> rows)
        where T : class =>
        rows.AsNoTracking().OrderBy(row => row.Id).AsEnumerable().Select(row => row.Definition);
}
