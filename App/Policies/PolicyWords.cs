using System.Diagnostics;
using Governance.Projects;

namespace Governance.Policies;

/// <summary>The words by which rules are written and read, the same in documents, headers and sentences.</summary>
[Pure]
static class PolicyWords
{
    public const string Auto = "auto";
    public const string Router = "router";

    public static string Of(Mode mode) => mode switch
    {
        Mode.Eco => "eco",
        Mode.Balanced => "balanced",
        Mode.Sport => "sport",
        _ => throw new UnreachableException(),
    };

    public static string Of(TaskType type) => type switch
    {
        TaskType.Simple => "simple",
        TaskType.Code => "code",
        TaskType.Reasoning => "reasoning",
        TaskType.Complex => "complex",
        _ => throw new UnreachableException(),
    };

    public static string Of(RuleState state) => state switch
    {
        RuleState.Draft => "draft",
        RuleState.Simulated => "simulated",
        RuleState.Staged => "staged",
        RuleState.Enforced => "enforced",
        RuleState.Retired => "retired",
        _ => throw new UnreachableException(),
    };

    /// <summary>What a refusal and a step call the rule.</summary>
    public static string Name(RuleType type) => type switch
    {
        RuleType.DenyModel => "denied_model",
        RuleType.DenyMode => "denied_mode",
        RuleType.ForceModel => "force_model",
        RuleType.MaxInputTokens => "max_input_tokens",
        _ => throw new UnreachableException(),
    };

    /// <summary><c>chat-widget</c>, or <c>every project</c> for a rule of the workspace.</summary>
    public static string Where(string? project) => project ?? "every project";
}
