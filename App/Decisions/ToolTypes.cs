using System.Collections.Frozen;

namespace Governance.Decisions;

/// <summary>
/// The one list of who runs a tool, by its type, spelled exactly: a family, then the eight digits of its version. What is on no list counts as running at the provider,
/// and nothing bounds how often it is used.
/// </summary>
[Pure]
static class ToolTypes
{
    const int VersionLength = 8;

    const string Toolset = "mcp_toolset";

    // Run by the client; the provider only knows their schema.
    static readonly FrozenSet<string> ClientFamilies = Set("bash_", "text_editor_", "computer_", "computer_toolset_", "memory_", "browser_toolset_");

    // Run by the provider, which keeps to their max_uses.
    static readonly FrozenSet<string> BoundedFamilies = Set("web_search_", "web_fetch_", "advisor_");

    // Run by the provider as often as it likes: their max_uses, where they have one at all, is not known to bound anything.
    static readonly FrozenSet<string> UnboundedFamilies =
        Set("code_execution_", "bash_code_execution_", "text_editor_code_execution_", "tool_search_tool_bm25_", "tool_search_tool_regex_", "mcp_toolset_");

    static readonly FrozenSet<string> Wrappers = Set("tool_definition", "tool_reference", "mcp_tool_reference", "mcp_toolset_reference");

    static readonly FrozenSet<string> EditingNames = new[]
    {
        "Edit", "MultiEdit", "Write", "NotebookEdit", "apply_patch", "apply_diff", "edit_file", "write_file", "create_file",
        "write_to_file", "replace_in_file", "replace_string_in_file", "insert_edit_into_file", "str_replace_editor",
        "str_replace_based_edit_tool",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Anything that is not known to be the client's own: a type that appears tomorrow is taken to cost.</summary>
    public static bool RunsAtTheProvider(string? type) => type is not (null or "custom") && !Wraps(type) && !ClientFamilies.Contains(Family(type));

    /// <summary>True where the provider is known to use the tool no more often than its <c>max_uses</c> says.</summary>
    public static bool KeepsToMaxUses(string type) => BoundedFamilies.Contains(Family(type));

    /// <summary>True for the types that a provider is known to run; wherever one of them stands, it may be a tool.</summary>
    public static bool IsKnownServerTool(ReadOnlySpan<byte> type)
    {
        if (type.Length is <= VersionLength or > 64 || !(char.IsAsciiDigit((char)type[^1]) || type[^1] == (byte)'t'))
            return false;
        var text = System.Text.Encoding.UTF8.GetString(type);
        var family = Family(text);
        return text == Toolset || BoundedFamilies.Contains(family) || UnboundedFamilies.Contains(family);
    }

    /// <summary>Charges for each search beside the tokens.</summary>
    public static bool SearchesTheWeb(string type) => type.StartsWith("web_search", StringComparison.OrdinalIgnoreCase);

    /// <summary>Asks another model, which answers at its own length.</summary>
    public static bool Advises(string type) => type.StartsWith("advisor", StringComparison.OrdinalIgnoreCase);

    /// <summary>True for what only points at a tool or holds its definition.</summary>
    public static bool Wraps(string? type) => type is not null && Wrappers.Contains(type);

    public static bool Edits(string? type, string? name) =>
        (type is not null && Family(type) == "text_editor_") || (name is not null && EditingNames.Contains(name));

    /// <summary>What stands before the version; nothing where no version follows.</summary>
    static string Family(string type)
    {
        var end = type.Length - VersionLength;
        return end > 0 && type[end - 1] == '_' && !type.AsSpan(end).ContainsAnyExceptInRange('0', '9') ? type[..end] : "";
    }

    static FrozenSet<string> Set(params string[] names) => names.ToFrozenSet(StringComparer.Ordinal);
}
