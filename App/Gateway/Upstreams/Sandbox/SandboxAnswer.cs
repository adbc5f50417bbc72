using Governance.Pricing;

namespace Governance.Gateway.Upstreams.Sandbox;

enum SandboxBlockKind { Thinking, Text, ToolUse }

/// <summary>One content block of an answer.</summary>
/// <param name="Text">The text; of a tool use its input as JSON.</param>
/// <param name="Id">Of a tool use; of thinking its signature.</param>
[Pure]
readonly record struct SandboxBlock(SandboxBlockKind Kind, string Text, string Id = "", string Name = "");

/// <summary>A finished answer, before it is written as JSON or as events.</summary>
[Pure]
sealed record SandboxAnswer
{
    public required string Id { get; init; }
    public required string Model { get; init; }
    public required IReadOnlyList<SandboxBlock> Blocks { get; init; }
    public required string StopReason { get; init; }
    public string? StopSequence { get; init; }
    public required TokenUsage Usage { get; init; }
    public bool Fast { get; init; }
    public string? InferenceGeo { get; init; }
    /// <summary>False where a marker asks for an answer without any usage.</summary>
    public bool TellsUsage { get; init; } = true;
}
