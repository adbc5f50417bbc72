using Governance.Gateway;
using Governance.Ledger.Entries;
using Governance.Projects;
using Governance.Ledger;

namespace Governance.Tests.Gateway.Surfaces.Anthropic.Metering;

/// <summary>A bill that is known in part is never settled below that part, nor below the hold.</summary>
public sealed class IncompleteBillTests
{
    [Theory]
    [InlineData("Completed", 2, true, 2, UsageFlags.None)]
    [InlineData("Completed", 7, true, 7, UsageFlags.Overrun)]
    [InlineData("Completed", 2, false, 5, UsageFlags.UnknownUsage | UsageFlags.Unverified)]
    [InlineData("Completed", 7, false, 7, UsageFlags.UnknownUsage | UsageFlags.Unverified | UsageFlags.Overrun)]
    [InlineData("Completed", null, false, 5, UsageFlags.UnknownUsage | UsageFlags.Unverified)]
    [InlineData("UpstreamCut", 7, false, 7, UsageFlags.UnknownUsage | UsageFlags.Unverified | UsageFlags.Overrun)]
    [InlineData("ClientGone", 2, true, 5, UsageFlags.Unverified)]
    [InlineData("ClientGone", null, false, 5, UsageFlags.Unverified)]
    public void TheLargerOfHoldAndKnownCostIsPosted(string end, int? known, bool complete, int posted, object flags)
    {
        var call = new GatedCall
        {
            Ledger = new LedgerCall
            {
                Id = CallId.FirstAt(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero)),
                For = new Attribution { Project = "p", Key = "k", Model = "m" },
                ModelAsked = "m",
                Estimate = Money.FromUsd(5),
            },
            Caller = null!, Facts = null!, Upstream = null!, Price = null!, Estimate = null!, Prices = null!,
        };
        var result = Settlement.Of(call, new Forward { End = Enum.Parse<ForwardEnd>(end), Cost = known is { } usd ? Money.FromUsd(usd) : null, CostComplete = complete }, 1);
        Assert.Equal((Money.FromUsd(posted), (UsageFlags)flags), (result.Cost, result.Flags));
    }
}
