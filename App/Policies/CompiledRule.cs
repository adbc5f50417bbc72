using System.Globalization;
using Governance.Pricing;

namespace Governance.Policies;

/// <summary>A rule with everything worked out that does not depend on the call.</summary>
[Pure]
sealed class CompiledRule
{
    public CompiledRule(RuleDefinition definition, int version)
    {
        Definition = definition;
        Version = version;
        Name = PolicyWords.Name(definition.Type);
        Enforced = definition.State is RuleState.Enforced;
        Target = definition.Model ?? "";
        CanonicalTarget = ModelName.Canonical(Target);
        Expected = definition.Type switch
        {
            RuleType.DenyModel => "not " + string.Join(", ", definition.Models),
            RuleType.DenyMode => "not " + string.Join(", ", definition.Modes.Select(PolicyWords.Of)),
            RuleType.ForceModel => $"{Target} for {(definition.TaskType is { } type ? PolicyWords.Of(type) : "any task")}",
            _ => "≤ " + (definition.Tokens ?? 0).ToString(CultureInfo.InvariantCulture),
        };
    }

    public RuleDefinition Definition { get; }
    public int Version { get; }
    public string Name { get; }
    /// <summary>False for a staged rule, which never bites.</summary>
    public bool Enforced { get; }
    /// <summary>force_model: the model that serves instead.</summary>
    public string Target { get; }
    public string CanonicalTarget { get; }
    public string Expected { get; }

    public PolicyStep Step(StepOutcome outcome, string actual) => new(Definition.Id, Version, Name, outcome, Expected, actual);

    /// <summary>The step of a rule that hit: it bites when enforced and is recorded when staged.</summary>
    public PolicyStep Hit(StepOutcome bites, StepOutcome would, string actual) => Step(Enforced ? bites : would, actual);
}
