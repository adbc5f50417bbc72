using Governance.Projects;

namespace Governance.Policies;

/// <summary>The shapes of a rule. A1 deny_model, A2 deny_mode, A3 force_model, A4 max_input_tokens.</summary>
public enum RuleType { DenyModel, DenyMode, ForceModel, MaxInputTokens }

/// <summary>Where a rule stands (A11). Only enforced rules bite; staged ones record what they would have done.</summary>
public enum RuleState { Draft, Simulated, Staged, Enforced, Retired }

/// <summary>What kind of work a call is; sent as <c>X-Governance-Task-Type</c>, else classified from the text.</summary>
public enum TaskType { Simple, Code, Reasoning, Complex }

/// <summary>A rule as its owner writes it. Which of the parameters belong to which type is checked by <c>RuleValidation</c>.</summary>
[Pure]
public sealed record RuleDefinition
{
    /// <summary>Identifies the rule for ever; its position never does.</summary>
    public required string Id { get; init; }
    public required RuleType Type { get; init; }
    /// <summary>The project that it binds; null binds the whole workspace.</summary>
    public string? Project { get; init; }
    public RuleState State { get; init; } = RuleState.Enforced;
    /// <summary>deny_model: family names or patterns (<c>claude-opus</c>, <c>claude-opus-4-*</c>).</summary>
    public IReadOnlyList<string> Models { get; init; } = [];
    /// <summary>deny_mode.</summary>
    public IReadOnlyList<Mode> Modes { get; init; } = [];
    /// <summary>force_model: the kind of work that is forced; null forces all.</summary>
    public TaskType? TaskType { get; init; }
    /// <summary>force_model: the model that serves instead.</summary>
    public string? Model { get; init; }
    /// <summary>max_input_tokens: the most that may be sent.</summary>
    public long? Tokens { get; init; }
    public string? Reason { get; init; }
}

/// <summary>One cell of the router's table (A5): in this mode, this kind of work goes to this model.</summary>
[Pure]
public sealed record RouteDefinition
{
    /// <summary>Null is the workspace's table, used where the project has no cell of its own.</summary>
    public string? Project { get; init; }
    public required Mode Mode { get; init; }
    public required TaskType TaskType { get; init; }
    public required string Model { get; init; }
}
