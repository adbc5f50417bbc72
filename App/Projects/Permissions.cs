namespace Governance.Projects;

/// <summary>What a member may be allowed to do.</summary>
enum Permission { View, EditRules, EditBudgets, EditKeys, EditMembers, EditSettings, UseKillSwitch, RunReconciliation }

/// <summary>Which role may do what.</summary>
[Pure]
static class Permissions
{
    public static bool May(MemberRole role, Permission permission) => role switch
    {
        MemberRole.Owner or MemberRole.Admin => true,
        MemberRole.Billing => permission is Permission.View or Permission.EditBudgets or Permission.RunReconciliation,
        MemberRole.Developer => permission is Permission.View or Permission.EditKeys,
        MemberRole.Auditor => permission is Permission.View,
        _ => false,
    };
}
