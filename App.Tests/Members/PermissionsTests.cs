using Governance.Members;

namespace Governance.Tests.Members;

public sealed class PermissionsTests
{
    [Theory]
    [InlineData("Owner", "View EditRules EditBudgets EditKeys EditMembers EditSettings UseKillSwitch RunReconciliation ViewIntegrity LiftFence")]
    [InlineData("Admin", "View EditRules EditBudgets EditKeys EditMembers EditSettings UseKillSwitch RunReconciliation ViewIntegrity LiftFence")]
    [InlineData("Billing", "View EditBudgets RunReconciliation")]
    [InlineData("Developer", "View EditKeys")]
    [InlineData("Auditor", "View ViewIntegrity")]
    public void ARoleMayDoExactlyThis(string role, string allowed) =>
        Assert.Equal(allowed.Split(' '), Enum.GetValues<Permission>().Where(permission => Permissions.May(Enum.Parse<MemberRole>(role), permission)).Select(permission => permission.ToString()));

    [Fact]
    public void AnUnknownRoleMayNothing() => Assert.DoesNotContain(Enum.GetValues<Permission>(), permission => Permissions.May((MemberRole)99, permission));

    [Theory]
    [InlineData("Owner", "Owner", "Admin", true)]
    [InlineData("Owner", null, "Owner", true)]
    [InlineData("Admin", "Developer", "Admin", true)]
    [InlineData("Admin", null, "Owner", false)]
    [InlineData("Admin", "Owner", null, false)]
    [InlineData("Admin", "Admin", "Owner", false)]
    [InlineData("Developer", "Auditor", null, false)]
    [InlineData("Billing", null, "Auditor", false)]
    public void OnlyAnOwnerTouchesOwners(string actor, string? before, string? after, bool may) =>
        Assert.Equal(may, Permissions.MayEdit(Enum.Parse<MemberRole>(actor), Role(before), Role(after)));

    static MemberRole? Role(string? name) => name is null ? null : Enum.Parse<MemberRole>(name);
}
