using System.Collections.Frozen;

namespace Governance.Gateway.Reading;

/// <summary>What the type and the name of a tool say about who runs it and what it is for.</summary>
[Pure]
static class ToolTypes
{
    // Run by the client; the provider only knows their schema. The next character is the digit of a version.
    static readonly string[] ClientFamilies =
        ["bash_", "text_editor_", "computer_", "computer_toolset_", "memory_", "browser_toolset_"];

    static readonly FrozenSet<string> Wrappers = new[]
    {
        "tool_definition", "tool_reference", "mcp_tool_reference", "mcp_toolset_reference",
    }.ToFrozenSet(StringComparer.Ordinal);

    static readonly FrozenSet<string> EditingNames = new[]
    {
        "Edit", "MultiEdit", "Write", "NotebookEdit", "apply_patch", "apply_diff", "edit_file", "write_file", "create_file",
        "write_to_file", "replace_in_file", "replace_string_in_file", "insert_edit_into_file", "str_replace_editor",
        "str_replace_based_edit_tool",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Anything that is not known to be the client's own: a type that appears tomorrow is taken to cost.</summary>
    public static bool IsServer(string? type)
    {
        if (type is null or "custom" || Wraps(type))
            return false;
        foreach (var family in ClientFamilies)
        {
            if (type.Length > family.Length && type.StartsWith(family, StringComparison.Ordinal) && char.IsAsciiDigit(type[family.Length]))
                return false;
        }
        return true;
    }

    /// <summary>True for what only points at a tool or holds its definition.</summary>
    public static bool Wraps(string? type) => type is not null && Wrappers.Contains(type);

    public static bool Edits(string? type, string? name) =>
        (type is not null && type.StartsWith("text_editor_", StringComparison.Ordinal)) || (name is not null && EditingNames.Contains(name));
}
