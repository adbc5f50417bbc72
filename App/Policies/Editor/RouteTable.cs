using Governance.Projects;
using Governance.Revisions;

namespace Governance.Policies.Editor;

/// <summary>The router's table of one project or of the workspace, as it is being typed.</summary>
sealed class RouteTable
{
    readonly Dictionary<(Mode, TaskType), Edition<RouteDefinition>> own;
    readonly Dictionary<(Mode, TaskType), string> inherited;
    readonly Dictionary<(Mode, TaskType), string> typed;

    /// <param name="project">Null for the workspace's table.</param>
    public RouteTable(string? project, IReadOnlyList<Edition<RouteDefinition>> routes)
    {
        Project = project;
        own = routes.Where(route => route.Definition.Project == project).ToDictionary(route => Cell(route.Definition));
        inherited = project is null ? [] : routes.Where(route => route.Definition.Project is null).ToDictionary(route => Cell(route.Definition), route => route.Definition.Model);
        typed = own.ToDictionary(cell => cell.Key, cell => cell.Value.Definition.Model);
    }

    public string? Project { get; }

    /// <summary>The model of a cell as typed; empty leaves it to the workspace, or to nobody.</summary>
    public string this[Mode mode, TaskType type]
    {
        get => typed.GetValueOrDefault((mode, type), "");
        set => typed[(mode, type)] = value;
    }

    public string? Inherited(Mode mode, TaskType type) => inherited.GetValueOrDefault((mode, type));

    /// <summary>The cells that differ from what is saved.</summary>
    public IReadOnlyList<RouteEdit> Edits =>
    [
        .. from cell in typed
           let standing = own.GetValueOrDefault(cell.Key)
           let model = cell.Value.Trim()
           where model != (standing?.Definition.Model ?? "")
           let route = new RouteDefinition { Project = Project, Mode = cell.Key.Item1, TaskType = cell.Key.Item2, Model = model.Length > 0 ? model : standing!.Definition.Model }
           orderby route.Mode, route.TaskType
           select new RouteEdit(route, standing?.Version ?? 0, model.Length == 0),
    ];

    public IReadOnlyList<string> Sentences =>
        [.. Edits.SelectMany(edit => RuleChange.Sentences(own.GetValueOrDefault(Cell(edit.Route))?.Definition, edit.Clears ? null : edit.Route))];

    public IReadOnlyList<FieldDifference> Fields =>
        [.. Edits.Select(edit => new FieldDifference($"{PolicyLabels.Of(edit.Route.Mode)} · {PolicyWords.Of(edit.Route.TaskType)}", own.GetValueOrDefault(Cell(edit.Route))?.Definition.Model, edit.Clears ? null : edit.Route.Model))];

    public string? ProblemAt(Mode mode, TaskType type) => this[mode, type].Trim() is { Length: > 0 } model
        ? RuleValidation.Check(new RouteDefinition { Project = Project, Mode = mode, TaskType = type, Model = model }).Select(problem => problem.Message).FirstOrDefault()
        : null;

    public bool IsValid => typed.Keys.All(cell => ProblemAt(cell.Item1, cell.Item2) is null);

    static (Mode, TaskType) Cell(RouteDefinition route) => (route.Mode, route.TaskType);
}
