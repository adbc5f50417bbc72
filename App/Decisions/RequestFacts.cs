namespace Governance.Decisions;

/// <summary>The dearest cache write that a body can cause.</summary>
enum CacheWrite { None, FiveMinutes, OneHour }

/// <summary>A tool that the provider itself runs and may charge for.</summary>
/// <param name="Type">As in the body, such as <c>web_search_20250305</c>.</param>
/// <param name="MaxUses">Its own bound on uses; null is unbounded.</param>
[Pure]
readonly record struct ServerTool(string Type, long? MaxUses);

/// <summary>Everything that deciding, estimating and forwarding need to know of a request body, read once.</summary>
[Pure]
sealed record RequestFacts
{
    /// <summary>The top-level <c>model</c>; empty where the body names none.</summary>
    public required string Model { get; init; }
    /// <summary>Where the value of <c>model</c> stands in the body, quotes included; length 0 where absent. For replacing it and nothing else.</summary>
    public int ModelOffset { get; init; }
    public int ModelLength { get; init; }
    /// <summary>Every other model that the body names: fallbacks, tools that carry a model.</summary>
    public IReadOnlyList<string> OtherModels { get; init; } = [];
    /// <summary>How often one of <see cref="OtherModels"/> is named again: as a fallback and as an advisor it may serve twice.</summary>
    public int RepeatedModels { get; init; }
    /// <summary>≥ 0 (0 is legal); null where absent (count_tokens).</summary>
    public long? MaxTokens { get; init; }
    /// <summary>The largest <c>max_tokens</c> that a fallback or a tool sets for itself; null where none does.</summary>
    public long? OtherMaxTokens { get; init; }
    public bool Stream { get; init; }
    public bool Thinking { get; init; }
    /// <summary><c>thinking.budget_tokens</c>, which <c>max_tokens</c> must exceed; null where there is none.</summary>
    public long? ThinkingBudget { get; init; }
    /// <summary>UTF-8 bytes of everything that becomes prompt text (strings of system, messages, tools), unescaped, base64 excluded.</summary>
    public long TextBytes { get; init; }
    /// <summary>The expected tokens of that text for the newest Claude tokenizers, overheads for messages and tools included; images and documents apart.</summary>
    public long ExpectedTextTokens { get; init; }
    public int Messages { get; init; }
    public int Tools { get; init; }
    /// <summary>True where one of the tools changes files, as those of a coding agent do.</summary>
    public bool EditingTools { get; init; }
    public int Images { get; init; }
    /// <summary>Those of <see cref="Images"/> whose width and height could be read, and the tokens of these.</summary>
    public int MeasuredImages { get; init; }
    public long ExpectedImageTokens { get; init; }
    public long MaxImageTokens { get; init; }
    /// <summary>Documents given as base64 (PDF), each counted once.</summary>
    public int Documents { get; init; }
    /// <summary>Those of <see cref="Documents"/> in which nothing could hide further pages, and the tokens expected of these.</summary>
    public int FoundDocuments { get; init; }
    public long ExpectedDocumentTokens { get; init; }
    /// <summary>Those of <see cref="FoundDocuments"/> whose pages are known exactly, and the most tokens of these.</summary>
    public int ExactDocuments { get; init; }
    public long MaxDocumentTokens { get; init; }
    /// <summary>Pages that were found in all of them.</summary>
    public long Pages { get; init; }
    /// <summary>Bytes of base64 in the documents that may hide pages.</summary>
    public long DocumentBytes { get; init; }
    /// <summary>True where a URL, a file id, a server-held thread or a container makes the prompt's size unknowable here: the context window bounds it.</summary>
    public bool Unmeasurable { get; init; }
    /// <summary>True where the provider may summarise the conversation first, which it bills beside the call.</summary>
    public bool Compaction { get; init; }
    public CacheWrite CacheWrite { get; init; }
    public IReadOnlyList<ServerTool> ServerTools { get; init; } = [];
    public bool McpServers { get; init; }
    public bool Fast { get; init; }
    public string? InferenceGeo { get; init; }
    public string? ServiceTier { get; init; }
    /// <summary><c>metadata.user_id</c>.</summary>
    public string? UserId { get; init; }
    /// <summary>The text of the last user message, cut at 4,096 characters, for the task classifier; never stored.</summary>
    public string LastUserText { get; init; } = "";
}
