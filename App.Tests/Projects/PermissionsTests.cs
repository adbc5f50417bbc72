using Governance.Projects;

namespace Governance.Tests.Projects;

public sealed class PermissionsTests
{
    [Theory]
    [InlineData("Owner", "View EditRules EditBudgets EditKeys EditMembers EditSettings UseKillSwitch RunReconciliation")]
    [InlineData("Admin", "View EditRules EditBudgets EditKeys EditMembers EditSettings UseKillSwitch RunReconciliation")]
    [InlineData("Billing", "View EditBudgets RunReconciliation")]
    [InlineData("Developer", "View EditKeys")]
    [InlineData("Auditor", "View")]
    public void ARoleMayDoExactlyThis(string role, string allowed) =>
        Assert.Equal(allowed.Split(' '), Enum.GetValues<Permission>().Where(permission => Permissions.May(Enum.Parse<MemberRole>(role), permission)).Select(permission => permission.ToString()));

    [Fact]
    public void AnUnknownRoleMayNothing() => Assert.DoesNotContain(Enum.GetValues<Permission>(), permission => Permissions.May((MemberRole)99, permission));
}
