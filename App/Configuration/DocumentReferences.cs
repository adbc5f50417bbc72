using Governance.Projects;

namespace Governance.Configuration;

/// <summary>Looks up what a document refers to, in itself and in what already exists.</summary>
[Pure]
static class DocumentReferences
{
    /// <summary>The places in <paramref name="read"/> that name something which neither it nor <paramref name="current"/> has.</summary>
    public static IReadOnlyList<Problem> Problems(DocumentAccepted read, GovernanceDocument current)
    {
        var known = Known(read.Document).Concat(Known(current)).ToHashSet();
        var workspace = (current.Workspace ?? read.Document.Workspace)?.Id;
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
        if (HasOwner(current) && !HasOwner(ConfigurationMerge.After(current, read.Document)))
        {
            problems.Add(new("members", "would leave the workspace without an owner"));
        }
        return problems;
    }

    static bool HasOwner(GovernanceDocument document) => document.Members.Any(member => member.Definition.Role == MemberRole.Owner);

    static IEnumerable<Named> Known(GovernanceDocument document) =>
    [
        .. document.Members.Select(member => Identity.Of(member.Definition)),
        .. document.Upstreams.Select(Identity.Of),
        .. document.Projects.Select(Identity.Of),
        .. document.Keys.Select(key => Identity.Of(key.Definition)),
    ];
}
