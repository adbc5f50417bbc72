namespace Governance.Shell.Controls;

/// <summary>One view of a page, at its own address.</summary>
public sealed record TabLink(string Text, string Href, bool Current, int? Count = null);
