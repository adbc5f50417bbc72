using System.Diagnostics;

namespace Governance.Shell.Controls;

/// <summary>The one vocabulary of states: a glyph, a word and the name that the stylesheet colours by.</summary>
[Pure]
readonly record struct StatusLook(IconName Glyph, string Word, string Name)
{
    public static StatusLook Of(StatusKind kind) => kind switch
    {
        StatusKind.Neutral => new(IconName.Dot, "None", "neutral"),
        StatusKind.Approved => new(IconName.CheckCircle, "Approved", "approved"),
        StatusKind.Warned => new(IconName.Warning, "Warned", "warned"),
        StatusKind.Review => new(IconName.PauseCircle, "In review", "review"),
        StatusKind.Denied => new(IconName.Stop, "Denied", "denied"),
        StatusKind.Forced => new(IconName.Swap, "Forced", "forced"),
        StatusKind.Simulated => new(IconName.Ring, "Simulated", "simulated"),
        _ => throw new UnreachableException($"No look of {kind}."),
    };

    /// <summary>What the gate's verdict on a budget is called.</summary>
    public static string BudgetWord(StatusKind verdict) => verdict switch
    {
        StatusKind.Approved => "On track",
        StatusKind.Warned => "Near cap",
        StatusKind.Denied => "Blocking",
        var other => Of(other).Word,
    };
}
