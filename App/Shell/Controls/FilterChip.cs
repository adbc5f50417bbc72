namespace Governance.Shell.Controls;

/// <summary>One filter in force, and the address of the page without it.</summary>
public sealed record FilterChip(string Label, string Value, string RemoveHref);
