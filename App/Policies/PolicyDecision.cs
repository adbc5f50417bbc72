namespace Governance.Policies;

/// <summary>What the rules say to one call.</summary>
[Pure]
sealed record PolicyDecision
{
    /// <summary>Null where the call may go on.</summary>
    public Denial? Denial { get; init; }
    /// <summary>The model that serves the call; for a refused one the model that it had come to.</summary>
    public required string ServedModel { get; init; }
    /// <summary>Null where the asked model serves, and for a refused call.</summary>
    public Intervention? Intervention { get; init; }
    /// <summary>Everything that was evaluated, in order, with the values of that instant.</summary>
    public required IReadOnlyList<PolicyStep> Steps { get; init; }
    /// <summary>The steps at which a staged rule would have bitten.</summary>
    public IReadOnlyList<PolicyStep> StagedFindings { get; init; } = [];

    public bool Allowed => Denial is null;
}

/// <summary>Why a call was refused: everything that the 403 body says.</summary>
[Pure]
sealed record Denial
{
    /// <summary><c>denied_model</c>, <c>denied_mode</c>, <c>force_model</c>, <c>max_input_tokens</c> or <c>no_route</c>.</summary>
    public required string RuleName { get; init; }
    /// <summary>Null where no rule but the router's empty table refuses.</summary>
    public string? RuleId { get; init; }
    public int? RuleVersion { get; init; }
    public required string Message { get; init; }
    /// <summary>What is denied: the family or model of the rule (for a pattern with a star the model itself), the mode, the number of tokens.</summary>
    public required string DeniedValue { get; init; }
    /// <summary>One of <see cref="DenyCodes"/>.</summary>
    public required string DenyCode { get; init; }
    /// <summary>What the caller can do about it.</summary>
    public required string Recovery { get; init; }
    /// <summary>The model that hit the rule as it was written: the asked one, another that the body names, or the forced one.</summary>
    public string? Model { get; init; }
    public long? Limit { get; init; }
    public long? Actual { get; init; }
}

/// <summary>The codes by which programs tell refusals of the policy apart.</summary>
[Pure]
static class DenyCodes
{
    public const string ModelDenied = "MODEL_DENIED";
    public const string ModeDenied = "MODE_DENIED";
    public const string InputTokensExceeded = "INPUT_TOKENS_EXCEEDED";
    public const string NoRoute = "NO_ROUTE";
}

/// <summary>How another model came to serve.</summary>
enum InterventionKind { Forced, Routed }

/// <summary>The call goes on with another model than the one asked for.</summary>
/// <param name="From">The model that would have served: the asked one (<c>auto</c> where none was named), or for a forced call the routed one.</param>
/// <param name="RuleId">Null for the router.</param>
[Pure]
readonly record struct Intervention(InterventionKind Kind, string From, string To, string? RuleId, int? RuleVersion);

/// <summary>How one rule came out. Would-outcomes are those of staged rules.</summary>
enum StepOutcome { Passed, Denied, Applied, Skipped, WouldDeny, WouldApply }

/// <summary>One thing that was evaluated, with the two values that were compared.</summary>
/// <param name="RuleId">Null for the router.</param>
/// <param name="Name"><c>denied_mode</c>, <c>router</c>, <c>denied_model</c>, <c>force_model</c>, <c>max_input_tokens</c>.</param>
[Pure]
readonly record struct PolicyStep(string? RuleId, int? RuleVersion, string Name, StepOutcome Outcome, string Expected, string Actual);
