using Governance.Shell.Controls;

namespace Governance.Policies.Editor;

/// <summary>The chip of a rule: what its state comes to under the workspace's plan.</summary>
[Pure]
readonly record struct RuleLook(StatusKind Kind, string Text)
{
    public static RuleLook Of(RuleState state, bool planEnforces) => state switch
    {
        RuleState.Enforced => planEnforces ? new(StatusKind.Approved, "Enforced") : new(StatusKind.Warned, "Off on this plan"),
        RuleState.Staged or RuleState.Simulated => new(StatusKind.Simulated, PolicyLabels.Of(state)),
        _ => new(StatusKind.Neutral, PolicyLabels.Of(state)),
    };
}
