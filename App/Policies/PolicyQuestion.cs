using Governance.Projects;

namespace Governance.Policies;

/// <summary>How the kind of work became known: the client said so, or it was read from the text.</summary>
enum TaskTypeSource { Header, Classified }

/// <summary>What the rules need to know of one call; no more than that, so that the gateway, the page's preview and the simulator can all ask.</summary>
[Pure]
sealed record PolicyQuestion
{
    public required string Project { get; init; }
    /// <summary>The model as the client wrote it; empty or <c>auto</c> asks the router.</summary>
    public string AskedModel { get; init; } = "";
    /// <summary>Every other model that the body names: fallbacks, tools that carry a model, batch items.</summary>
    public IReadOnlyList<string> OtherModels { get; init; } = [];
    public required Mode Mode { get; init; }
    /// <summary>False where the mode is the key's or the project's default.</summary>
    public bool ModeStated { get; init; }
    public required TaskType TaskType { get; init; }
    public TaskTypeSource TaskTypeSource { get; init; } = TaskTypeSource.Classified;
    /// <summary>The expected tokens of the whole prompt, for the input cap.</summary>
    public long ExpectedInputTokens { get; init; }
    public bool Stream { get; init; }
    public bool Thinking { get; init; }
    public int Tools { get; init; }
}
