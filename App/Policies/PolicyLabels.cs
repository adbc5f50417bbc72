using System.Diagnostics;
using Governance.Projects;

namespace Governance.Policies;

/// <summary>What the pages call rules and their parts.</summary>
[Pure]
static class PolicyLabels
{
    public static string Of(RuleType type) => type switch
    {
        RuleType.DenyModel => "Deny models",
        RuleType.DenyMode => "Deny modes",
        RuleType.ForceModel => "Force a model",
        RuleType.MaxInputTokens => "Limit input tokens",
        _ => throw new UnreachableException(),
    };

    public static string Consequence(RuleType type) => type switch
    {
        RuleType.DenyModel => "Calls that name one of these models are refused.",
        RuleType.DenyMode => "Calls in one of these modes are refused.",
        RuleType.ForceModel => "Another model serves; the caller sees it in the answer's headers.",
        RuleType.MaxInputTokens => "Longer inputs are refused before anything is sent.",
        _ => throw new UnreachableException(),
    };

    public static string Of(RuleState state) => state switch
    {
        RuleState.Draft => "Draft",
        RuleState.Simulated => "Simulated",
        RuleState.Staged => "Staged",
        RuleState.Enforced => "Enforced",
        RuleState.Retired => "Retired",
        _ => throw new UnreachableException(),
    };

    public static string Consequence(RuleState state) => state switch
    {
        RuleState.Draft => "Kept here; no call meets it.",
        RuleState.Simulated => "Kept here; only simulations use it.",
        RuleState.Staged => "Evaluated and recorded on every call; refuses and changes nothing.",
        RuleState.Enforced => "In force from the next call on.",
        RuleState.Retired => "No longer in force; its history stays.",
        _ => throw new UnreachableException(),
    };

    public static string Of(Mode mode) => Capital(PolicyWords.Of(mode));

    public static string Of(TaskType type) => Capital(PolicyWords.Of(type));

    /// <summary>Where a rule binds, as a field shows it.</summary>
    public static string Scope(string? project) => project is null ? "Workspace" : $"Project {project}";

    static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
