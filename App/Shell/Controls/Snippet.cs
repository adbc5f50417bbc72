namespace Governance.Shell.Controls;

/// <summary>One way to write the same call: the name on its tab and the text to copy.</summary>
public sealed record Snippet(string Label, string Code);
