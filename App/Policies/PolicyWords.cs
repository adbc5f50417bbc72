using System.Diagnostics;
using System.Globalization;
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

    /// <summary><c>8,000</c>.</summary>
    public static string Grouped(long number) => number.ToString("#,##0", CultureInfo.InvariantCulture);

    /// <summary><c>a</c>, <c>a and b</c>, <c>a, b and c</c>.</summary>
    public static string List(IReadOnlyList<string> words) => words.Count switch
    {
        0 => "nothing",
        1 => words[0],
        _ => $"{string.Join(", ", words.Take(words.Count - 1))} and {words[^1]}",
    };

    /// <summary><c>chat-widget</c>, or <c>every project</c> for a rule of the workspace.</summary>
    public static string Where(string? project) => project ?? "every project";

    /// <summary><c>+25 %</c>; one decimal where it is not whole; nothing where there is nothing to compare with.</summary>
    public static string Percent(long before, long after)
    {
        if (before == 0)
        {
            return "";
        }
        var percent = Math.Round((decimal)((Int128)after - before) * 100 / Math.Abs((decimal)before), 1, MidpointRounding.AwayFromZero);
        return $"{(percent < 0 ? "−" : "+")}{Math.Abs(percent).ToString("#,##0.#", CultureInfo.InvariantCulture)} %";
    }
}
