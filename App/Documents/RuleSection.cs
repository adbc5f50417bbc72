using Governance.Audit;
using Governance.Documents.Text;
using Governance.Policies;
using Governance.Projects;

namespace Governance.Documents;

/// <summary>Reads <c>rules</c> and <c>router</c>.</summary>
[Pure]
static class RuleSection
{
    public static RuleDefinition Rule(Fields fields, Reading reading)
    {
        var faults = reading.Problems.Count;
        var id = fields.Id("id", required: true) ?? "";
        reading.Claim(fields.Path, new(Noun.Rule, id));
        var type = fields.Choice<RuleType>("type", required: true);
        var rule = new RuleDefinition
        {
            Id = id,
            Type = type ?? RuleType.DenyModel,
            Project = fields.Map("scope", required: true) is { } scope ? Scope(scope, reading) : null,
            State = fields.Choice<RuleState>("state") ?? RuleState.Enforced,
            Models = Parameter(fields, "models", type, RuleType.DenyModel,
                () => fields.Set("models", (node, at) => Scalars.Model(node, at, reading, pattern: true)), list => list.Count == 0) ?? [],
            Modes = Parameter(fields, "modes", type, RuleType.DenyMode,
                () => fields.Set("modes", (node, at) => (object?)Scalars.Choice<Mode>(node, at, reading)), list => list.Count == 0)?.Cast<Mode>().ToList() ?? [],
            TaskType = Optional(fields, "task_type", type, RuleType.ForceModel, () => (object?)fields.Choice<TaskType>("task_type")) as TaskType?,
            Model = Parameter(fields, "model", type, RuleType.ForceModel, () => fields.Model("model"), _ => false),
            Tokens = Parameter(fields, "tokens", type, RuleType.MaxInputTokens, () => (object?)fields.Whole("tokens", 1, 1_000_000_000), _ => false) as long?,
            Reason = fields.Prose("reason"),
        };
        fields.Finish();
        reading.Also(fields.Path, faults, RuleValidation.Check(rule));
        return rule;
    }

    public static RouteDefinition Route(Fields fields, Reading reading)
    {
        var faults = reading.Problems.Count;
        var project = fields.Id("project");
        reading.Refer(fields.At("project"), Noun.Project, project);
        var mode = fields.Choice<Mode>("mode", required: true);
        var task = fields.Choice<TaskType>("task_type", required: true);
        var route = new RouteDefinition
        {
            Project = project,
            Mode = mode ?? Mode.Balanced,
            TaskType = task ?? TaskType.Simple,
            Model = fields.Model("model", required: true) ?? "",
        };
        if (mode is not null && task is not null)
        {
            reading.Claim(fields.Path, Identity.Of(route));
        }
        fields.Finish();
        reading.Also(fields.Path, faults, RuleValidation.Check(route));
        return route;
    }

    static string? Scope(Fields fields, Reading reading)
    {
        var project = fields.Id("project");
        reading.Refer(fields.At("project"), Noun.Project, project);
        reading.Refer(fields.At("tenant"), Noun.Workspace, fields.Id("tenant"));
        foreach (var kind in Enum.GetValues<ScopeKind>().Except([ScopeKind.Project, ScopeKind.Tenant]))
        {
            if (fields.Misplaced(Words.Of(kind)) is not null)
            {
                reading.Later(fields.At(Words.Of(kind)), "a rule for less than a project");
            }
        }
        fields.Finish();
        return project;
    }

    // A parameter that its type needs and that no other type may have.
    static T? Parameter<T>(Fields fields, string name, RuleType? type, RuleType owner, Func<T?> read, Func<T, bool> isEmpty) where T : class
    {
        var faults = fields.Reading.Problems.Count;
        var value = Optional(fields, name, type, owner, read);
        if (type == owner && (value is null || isEmpty(value)) && fields.Reading.Problems.Count == faults)
        {
            fields.Reading.Fault(fields.At(name), $"is missing: {Words.Of(owner)} needs it");
        }
        return value;
    }

    static T? Optional<T>(Fields fields, string name, RuleType? type, RuleType owner, Func<T?> read) where T : class
    {
        if (type is null || type == owner)
        {
            return read();
        }
        if (fields.Misplaced(name) is not null)
        {
            fields.Reading.Fault(fields.At(name), $"does not belong to {Words.Of(type.Value)}");
        }
        return null;
    }
}
