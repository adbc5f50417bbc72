using Governance.Projects;

namespace Governance.Documents.Text;

/// <summary>A whole document as one mapping: sections and keys in canonical order, things by their id.</summary>
[Pure]
static class DocumentTree
{
    public static DocumentMap Of(GovernanceDocument document)
    {
        var released = document.Released.ToHashSet();
        var tree = new Outline().Add("apiVersion", GovernanceDocument.ApiVersion);
        if (document.Workspace is { } workspace)
        {
            tree.Add("workspace", Written(DefinitionTree.Of(workspace), released.Contains(Identity.Of(workspace))));
        }
        Section("members", Sections.Members, document.Members.OrderBy(member => Identity.Of(member.Definition).Id, StringComparer.Ordinal)
            .Select(member => With(DefinitionTree.Of(member.Definition), "password_env", member.PasswordEnv)));
        Section("upstreams", Sections.Upstreams, document.Upstreams.OrderBy(upstream => upstream.Id, StringComparer.Ordinal).Select(DefinitionTree.Of));
        Section("projects", Sections.Projects, document.Projects.OrderBy(project => project.Id, StringComparer.Ordinal)
            .Select(project => With(Written(DefinitionTree.Of(project), released.Contains(Identity.Of(project))), "keys", Keys(document, project.Id, released))));
        Section("rules", Sections.Rules, document.Rules.OrderBy(rule => rule.Id, StringComparer.Ordinal).Select(DefinitionTree.Of));
        Section("budgets", Sections.Budgets, document.Budgets.OrderBy(budget => budget.Id, StringComparer.Ordinal).Select(DefinitionTree.Of));
        Section("router", Sections.Router, document.Routes.OrderBy(route => route.Project, StringComparer.Ordinal)
            .ThenBy(route => route.Mode).ThenBy(route => route.TaskType).Select(DefinitionTree.Of));
        Section("prices", Sections.Prices, document.Prices.OrderBy(price => price.Vendor, StringComparer.Ordinal)
            .ThenBy(price => price.Model, StringComparer.Ordinal).ThenBy(price => price.EffectiveFrom).Select(PriceTree.Of));
        return tree.Add("prune", document.Prune, unless: false).Map;

        void Section(string name, Sections section, IEnumerable<DocumentMap> items)
        {
            if (document.Sections.HasFlag(section))
            {
                tree.Add(name, new DocumentList([.. items]));
            }
        }
    }

    /// <summary>A key with the variable that its secret comes from.</summary>
    public static DocumentMap Of(KeyDefinition key) => With(DefinitionTree.Of(key), "secret_env", key.SecretEnv);

    static DocumentList? Keys(GovernanceDocument document, string project, HashSet<Named> released)
    {
        var keys = document.Keys.Where(key => key.Definition.Project == project).OrderBy(key => key.Definition.Id, StringComparer.Ordinal)
            .Select(key => Written(Of(key.Definition), released.Contains(Identity.Of(key.Definition))))
            .ToList();
        return keys.Count > 0 || document.KeyedProjects.Contains(project) ? new DocumentList(keys) : null;
    }

    // Where a kill switch is said to be off, saying nothing would mean something else.
    static DocumentMap Written(DocumentMap map, bool released) => !released ? map
        : new([.. map.Entries.Select(entry => entry.Key == "stopped" ? entry with { IsDefault = false } : entry)]);

    static DocumentMap With(DocumentMap map, string key, string? text) => With(map, key, text is null ? null : Outline.Text(text));

    static DocumentMap With(DocumentMap map, string key, DocumentNode? value) =>
        value is null ? map : new([.. map.Entries, new(key, value)]);
}
