using System.Collections.Frozen;

namespace Governance.Gateway.Surfaces.Anthropic.Reading;

/// <summary>The property names that mean something to the reader.</summary>
enum Key
{
    Unknown, Model, MaxTokens, Stream, System, Messages, Tools, Tool, Definition, Thinking, Metadata, ServiceTier, Speed, InferenceGeo,
    CacheControl, Caching, Fallbacks, McpServers, Container, Thread, Compaction, ContextManagement, OutputConfig, OutputFormat,
    Format, Schema, Type, Role, Name, Content, Text, Source, Data, MediaType, Url, FileId, Input, InputSchema, InputExamples,
    MaxUses, Ttl, UserId, ToolChanges, Signature, Encrypted, Label, BudgetTokens,
    /// <summary>Known at the top level, and neither prompt text nor a setting that concerns us.</summary>
    Quiet,
}

/// <summary>Names to <see cref="Key"/>, exactly as spelled, and the spellings that differ only in case.</summary>
[Pure]
static class Keys
{
    static readonly FrozenSet<string> TopNames = new[]
    {
        "model", "max_tokens", "stream", "system", "messages", "tools", "tool_choice", "thinking", "metadata", "service_tier", "speed",
        "inference_geo", "cache_control", "fallbacks", "fallback_credit_token", "mcp_servers", "container", "thread", "compaction",
        "context_management", "output_config", "output_format", "stop_sequences", "temperature", "top_p", "top_k", "billing_policy",
        "diagnostics", "tags", "safeguards", "betas", "user_profile_id", "workspace_id", "requests",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static Key Of(ReadOnlySpan<byte> name) => name.Length switch
    {
        < 3 => name.SequenceEqual("id"u8) ? Key.Label : Key.Unknown,
        3 => Is(name, "ttl"u8, Key.Ttl) | Is(name, "url"u8, Key.Url),
        4 => Is(name, "type"u8, Key.Type) | Is(name, "text"u8, Key.Text) | Is(name, "role"u8, Key.Role) | Is(name, "name"u8, Key.Name)
            | Is(name, "tool"u8, Key.Tool) | Is(name, "data"u8, Key.Data) | Is(name, "tags"u8, Key.Quiet),
        5 => Is(name, "model"u8, Key.Model) | Is(name, "input"u8, Key.Input) | Is(name, "tools"u8, Key.Tools) | Is(name, "speed"u8, Key.Speed)
            | Is(name, "title"u8, Key.Label) | Is(name, "top_p"u8, Key.Quiet) | Is(name, "top_k"u8, Key.Quiet) | Is(name, "betas"u8, Key.Quiet),
        6 => Is(name, "source"u8, Key.Source) | Is(name, "stream"u8, Key.Stream) | Is(name, "system"u8, Key.System) | Is(name, "thread"u8, Key.Thread)
            | Is(name, "format"u8, Key.Format) | Is(name, "schema"u8, Key.Schema),
        7 => Is(name, "content"u8, Key.Content) | Is(name, "file_id"u8, Key.FileId) | Is(name, "user_id"u8, Key.UserId)
            | Is(name, "caching"u8, Key.Caching) | Is(name, "context"u8, Key.Label),
        8 => Is(name, "messages"u8, Key.Messages) | Is(name, "thinking"u8, Key.Thinking) | Is(name, "max_uses"u8, Key.MaxUses)
            | Is(name, "metadata"u8, Key.Metadata),
        9 => Is(name, "container"u8, Key.Container) | Is(name, "fallbacks"u8, Key.Fallbacks) | Is(name, "signature"u8, Key.Signature),
        10 => Is(name, "max_tokens"u8, Key.MaxTokens) | Is(name, "media_type"u8, Key.MediaType) | Is(name, "compaction"u8, Key.Compaction)
            | Is(name, "definition"u8, Key.Definition) | Is(name, "safeguards"u8, Key.Quiet),
        11 => Is(name, "tool_use_id"u8, Key.Label) | Is(name, "mcp_servers"u8, Key.McpServers) | Is(name, "temperature"u8, Key.Quiet)
            | Is(name, "tool_choice"u8, Key.Quiet) | Is(name, "diagnostics"u8, Key.Quiet),
        12 => Is(name, "input_schema"u8, Key.InputSchema) | Is(name, "service_tier"u8, Key.ServiceTier) | Is(name, "tool_changes"u8, Key.ToolChanges)
            | Is(name, "workspace_id"u8, Key.Quiet),
        13 => Is(name, "cache_control"u8, Key.CacheControl) | Is(name, "output_config"u8, Key.OutputConfig) | Is(name, "output_format"u8, Key.OutputFormat)
            | Is(name, "inference_geo"u8, Key.InferenceGeo) | Is(name, "budget_tokens"u8, Key.BudgetTokens),
        14 => Is(name, "input_examples"u8, Key.InputExamples) | Is(name, "stop_sequences"u8, Key.Quiet) | Is(name, "billing_policy"u8, Key.Quiet),
        15 => Is(name, "encrypted_index"u8, Key.Encrypted) | Is(name, "user_profile_id"u8, Key.Quiet),
        16 => Is(name, "encrypted_stdout"u8, Key.Encrypted),
        17 => Is(name, "encrypted_content"u8, Key.Encrypted),
        18 => Is(name, "context_management"u8, Key.ContextManagement),
        21 => Is(name, "fallback_credit_token"u8, Key.Quiet),
        _ => Key.Unknown,
    };

    /// <summary>The known top-level name that this one differs from only in case; null where there is none, or none but itself.</summary>
    public static string? VariantOf(ReadOnlySpan<byte> name)
    {
        // The longest known name, had each of its letters been written in three bytes.
        if (name.Length > 63)
            return null;
        var given = JsonEscapes.Text(name, escaped: false);
        var folded = Fold(given);
        return TopNames.TryGetValue(folded, out var known) && known != given ? known : null;
    }

    /// <summary>True for <c>Model</c>, <c>MODEL</c> and the like, false for <c>model</c> itself.</summary>
    public static bool IsModelVariant(ReadOnlySpan<byte> name) =>
        name.Length == 5 && System.Text.Ascii.EqualsIgnoreCase(name, "model"u8) && !name.SequenceEqual("model"u8);

    // Beside ASCII, the four letters that some readers (Go's among them) take for an i, k or s.
    static string Fold(string name) =>
        name.Replace('\u017F', 's').Replace('\u212A', 'k').Replace('\u0131', 'i').Replace('\u0130', 'i').ToLowerInvariant();

    static Key Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known, Key key) => name.SequenceEqual(known) ? key : Key.Unknown;
}
