using Governance.Policies.Editor;

namespace Governance.Tests.Policies.Editor;

public sealed class PolicyAddressTests
{
    [Theory]
    [InlineData(null, null, null, null, false, "/dashboard/policy")]
    [InlineData("*", "rules", "", "", false, "/dashboard/policy?project=*")]
    [InlineData("chat-widget", "budgets", null, "b", true, "/dashboard/policy?project=chat-widget&tab=budgets&budget=b&edit=1")]
    [InlineData("a&b", "nonsense", "r", null, false, "/dashboard/policy?project=a%26b&rule=r")]
    public void AnAddressSaysTheViewAndNothingElse(string? project, string? tab, string? rule, string? budget, bool edit, string address) =>
        Assert.Equal(address, PolicyAddress.Of(project, tab, rule, budget, edit).ToString());

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(null, "p", true)]
    [InlineData("*", null, true)]
    [InlineData("*", "p", false)]
    [InlineData("p", null, true)]
    [InlineData("p", "p", true)]
    [InlineData("p", "q", false)]
    public void AProjectShowsItsOwnAndTheWorkspaces(string? looked, string? project, bool shown) =>
        Assert.Equal(shown, new PolicyAddress { Project = looked }.Shows(project));
}
