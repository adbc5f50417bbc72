using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Ledger.Holds;
using Governance.Projects;

namespace Governance.Tests.Ledger.Holds;

public sealed class HoldTextTests
{
    [Fact]
    public void AHoldIsReadBackAsItWasWritten()
    {
        var call = new LedgerCall
        {
            Id = CallId.FirstAt(new DateTimeOffset(2026, 11, 22, 1, 2, 3, TimeSpan.Zero)),
            For = new Attribution { Project = "chat", Key = "bot", Tenant = "acme", Employee = "jo@acme.test", Model = "claude-opus-5", Vendor = "anthropic", Session = "s" },
            ModelAsked = "auto",
            Upstream = "sandbox",
            Mode = Mode.Sport,
            TaskType = "code",
            Estimate = new Money(2_228_600),
            ExpectedInputTokens = 12,
            MaxTokens = 200,
            Streamed = true,
            RuleId = "force",
            RuleVersion = 7,
            PriceVersion = "abc",
        };
        Assert.Equal(call, HoldText.Read(HoldText.Write(call)));
    }

    [Fact]
    public void ItIsShort() => Assert.True(HoldText.Write(new LedgerCall
    {
        Id = new CallId(1),
        For = new Attribution { Project = "p", Key = "k" },
        ModelAsked = "m",
    }).Length < 120);
}
