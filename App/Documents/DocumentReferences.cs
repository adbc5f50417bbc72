using Governance.Audit;
using Governance.Budgets;
using Governance.Documents.Text;
using Governance.Members;
using Governance.Projects;

namespace Governance.Documents;

/// <summary>Looks up what a document refers to, in itself and in what already exists.</summary>
[Pure]
static class DocumentReferences
{
    /// <summary>What a workspace is called that nobody has named yet; a document may give it its id.</summary>
    public const string UnnamedWorkspace = "workspace";

    /// <summary>The places in <paramref name="read"/> that name something which neither it nor <paramref name="current"/> has, and what would be left without what it needs.</summary>
    /// <param name="former">E-mails of members who were removed, in lower case: a project that one of them owned goes on.</param>
    public static IReadOnlyList<Problem> Problems(DocumentAccepted read, GovernanceDocument current, IReadOnlySet<string>? former = null)
    {
        var known = Known(read.Document).Concat(Known(current)).Concat((former ?? new HashSet<string>()).Select(email => new Named(Noun.Member, email))).ToHashSet();
        var workspace = Workspace(read.Document, current);
        var homes = current.Keys.ToDictionary(key => key.Definition.Id, key => key.Definition.Project, StringComparer.Ordinal);
        var problems = new List<Problem>();
        foreach (var (path, target, project) in read.References)
        {
            var id = DocumentPath.Shown(target.Id);
            if (target.Noun == Noun.Workspace)
            {
                if (target.Id != workspace)
                {
                    problems.Add(new(path, workspace is null ? $"there is no workspace '{id}'" : $"'{id}' is not this workspace, which is '{workspace}'"));
                }
            }
            else if (project is not null)
            {
                if (homes.TryGetValue(target.Id, out var home) && home != project)
                {
                    problems.Add(new(path, $"key '{id}' belongs to project '{home}' and cannot move to another"));
                }
            }
            else if (!known.Contains(target.Noun == Noun.Member ? target with { Id = target.Id.ToLowerInvariant() } : target))
            {
                problems.Add(new(path, $"there is no {Words.Of(target.Noun)} '{id}'"));
            }
        }
        var after = ConfigurationMerge.After(current, read.Document);
        if (HasOwner(current) && !HasOwner(after))
        {
            problems.Add(new("members", "would leave the workspace without an owner"));
        }
        return [.. problems, .. LeftWithout(read, current, after), .. FormerTenant(current, after)];
    }

    public static bool HasOwner(GovernanceDocument document) => document.Members.Any(member => member.Definition.Role == MemberRole.Owner);

    static string? Workspace(GovernanceDocument wanted, GovernanceDocument current) =>
        current.Workspace is null or { Id: UnnamedWorkspace } ? (wanted.Workspace ?? current.Workspace)?.Id : current.Workspace.Id;

    /// <summary>Upstreams that prune would take away from a project that goes on.</summary>
    static IEnumerable<Problem> LeftWithout(DocumentAccepted read, GovernanceDocument current, GovernanceDocument after)
    {
        var gone = current.Upstreams.Select(upstream => upstream.Id).Except(after.Upstreams.Select(upstream => upstream.Id)).ToHashSet(StringComparer.Ordinal);
        var named = ConfigurationPlan.Names(read.Document);
        return from project in after.Projects
               where named.Contains(Identity.Of(project)) || !project.Stopped
               from upstream in project.Upstreams
               where gone.Contains(upstream)
               select new Problem("upstreams", $"does not name '{upstream}' and prunes, but project '{project.Id}' uses it");
    }

    /// <summary>What speaks of the workspace by the id that it had before it got its own, and would count nothing any more.</summary>
    static IEnumerable<Problem> FormerTenant(GovernanceDocument current, GovernanceDocument after)
    {
        if (current.Workspace is not { } old || old.Id == after.Workspace!.Id)
        {
            return [];
        }
        var budgets = after.Budgets.Where(budget => !budget.Retired && budget.Scope.Contains(new ScopeTerm(ScopeKind.Tenant, old.Id))).Select(budget => $"budget '{budget.Id}'");
        var keys = after.Keys.Where(key => !key.Definition.Revoked && key.Definition.Attribution.Tenant == old.Id).Select(key => $"key '{key.Definition.Id}'");
        return budgets.Concat(keys).Select(what => new Problem("workspace.id", $"the workspace is '{old.Id}' until now, and {what} names it as its tenant; change that first"));
    }

    static IEnumerable<Named> Known(GovernanceDocument document) =>
    [
        .. document.Members.Select(member => Identity.Of(member.Definition)),
        .. document.Upstreams.Select(Identity.Of),
        .. document.Projects.Select(Identity.Of),
        .. document.Keys.Select(key => Identity.Of(key.Definition)),
    ];
}
