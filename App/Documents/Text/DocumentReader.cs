using System.Text;
using Governance.Pricing;

namespace Governance.Documents.Text;

/// <summary>Reads a document from YAML or JSON, and finds everything that is wrong with it (up to <see cref="Reading.FaultsMaximum"/> faults) rather than the first fault.</summary>
static class DocumentReader
{
    public static DocumentReading Read(string text)
    {
        var reading = new Reading(PriceList.Book);
        if (Encoding.UTF8.GetByteCount(text) > YamlTree.BytesMaximum)
        {
            reading.Fault("document", $"is larger than {YamlTree.BytesMaximum / 1024} KiB");
            return new DocumentRejected(reading.Problems);
        }
        var root = YamlTree.Parse(text.TrimStart('\uFEFF'), reading.Problems);
        var document = root is null || Fields.Of(root, "", reading) is not { } fields ? new() : Document(fields, reading);
        return reading.Problems.Count == 0 ? new DocumentAccepted(document, reading.References) { Paths = reading.Paths, Given = reading.Given } : new DocumentRejected(reading.Problems);
    }

    /// <summary>Every key that a document may have, in the order in which documents are written.</summary>
    public static IReadOnlyList<DocumentKey> Keys()
    {
        var reading = new Reading(PriceList.Book) { Catalog = new KeyCatalog() };
        Document(new Fields(new DocumentMap([]), "", reading), reading);
        return reading.Catalog.Keys;
    }

    static GovernanceDocument Document(Fields fields, Reading reading)
    {
        if (fields.Text("apiVersion", required: true) is { } version && version != GovernanceDocument.ApiVersion)
        {
            reading.Fault("apiVersion", $"'{DocumentPath.Shown(version)}' is not {GovernanceDocument.ApiVersion}");
        }
        var prune = fields.Truth("prune") ?? false;
        var workspace = fields.Map("workspace", nullable: true) is { } map ? WorkspaceSection.Workspace(map, reading) : null;
        var members = fields.Maps("members", item => WorkspaceSection.Member(item, reading), nullable: true);
        var upstreams = fields.Maps("upstreams", item => WorkspaceSection.Upstream(item, reading), nullable: true);
        var keys = new List<KeyEntry>();
        var projects = fields.Maps("projects", item => ProjectSection.Project(item, reading, keys), nullable: true);
        var rules = fields.Maps("rules", item => RuleSection.Rule(item, reading), nullable: true);
        var budgets = fields.Maps("budgets", item => BudgetSection.Budget(item, reading), nullable: true);
        var routes = fields.Maps("router", item => RuleSection.Route(item, reading), nullable: true);
        var prices = fields.Maps("prices", item => PriceSection.Price(item, reading), nullable: true);
        fields.Finish();
        return new()
        {
            Sections = Present(Sections.Workspace, workspace) | Present(Sections.Members, members) | Present(Sections.Upstreams, upstreams)
                | Present(Sections.Projects, projects) | Present(Sections.Rules, rules) | Present(Sections.Budgets, budgets)
                | Present(Sections.Router, routes) | Present(Sections.Prices, prices),
            Workspace = workspace,
            Members = members ?? [],
            Upstreams = upstreams ?? [],
            Projects = projects ?? [],
            Keys = keys,
            Rules = rules ?? [],
            Budgets = budgets ?? [],
            Routes = routes ?? [],
            Prices = prices ?? [],
            Prune = prune,
            KeyedProjects = reading.KeyedProjects,
            Released = reading.Released,
            Unlimited = reading.Unlimited,
        };
    }

    static Sections Present(Sections section, object? there) => there is null ? Sections.None : section;
}
