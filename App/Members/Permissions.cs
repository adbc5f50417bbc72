namespace Governance.Members;

/// <summary>What a member may be allowed to do.</summary>
enum Permission { View, EditRules, EditBudgets, EditKeys, EditMembers, EditSettings, UseKillSwitch, RunReconciliation, ViewIntegrity, LiftFence }

/// <summary>Which role may do what.</summary>
[Pure]
static class Permissions
{
    public static bool May(MemberRole role, Permission permission) => role switch
    {
        MemberRole.Owner or MemberRole.Admin => true,
        MemberRole.Billing => permission is Permission.View or Permission.EditBudgets or Permission.RunReconciliation,
        MemberRole.Developer => permission is Permission.View or Permission.EditKeys,
        MemberRole.Auditor => permission is Permission.View or Permission.ViewIntegrity,
        _ => false,
    };

    /// <summary>Nobody makes, unmakes or takes over a member above themselves: only an owner touches owners. Null is nobody: a new member before, a removed one after.</summary>
    public static bool MayEdit(MemberRole actor, MemberRole? before, MemberRole? after) =>
        May(actor, Permission.EditMembers) && (actor == MemberRole.Owner || (before != MemberRole.Owner && after != MemberRole.Owner));

    /// <summary>What a role is for, in a sentence.</summary>
    public static string Sentence(MemberRole role) => role switch
    {
        MemberRole.Owner => "Everything, and alone may make or remove owners.",
        MemberRole.Admin => "Everything but touching owners.",
        MemberRole.Billing => "Looks at everything; sets budgets and runs reconciliation.",
        MemberRole.Developer => "Looks at everything; makes, stops and revokes keys.",
        MemberRole.Auditor => "Looks at everything, changes nothing.",
        _ => "Nothing.",
    };
}
