namespace Governance.Shell.Controls;

/// <summary>The states that the product tells apart by glyph, word and colour together.</summary>
public enum StatusKind
{
    Neutral,
    Approved,
    Warned,
    Review,
    Denied,
    Forced,
    Simulated,
}
