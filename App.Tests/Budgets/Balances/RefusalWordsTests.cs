using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Pricing;
using Governance.Projects;
using Governance.Shell;
using Governance.Shell.Controls;

namespace Governance.Tests.Budgets.Balances;

/// <summary>A refusal advises only what can help, and its amounts say what is so.</summary>
public sealed class RefusalWordsTests
{
    const string Raise = "sk a budget owner to raise the cap of 'b'";

    [Theory]
    [InlineData("CalendarMonth", "50", "49.87", "0.18", "Lower max_tokens or use a cheaper model, a" + Raise + ", or wait until 2026-12-01 00:00 UTC.")]
    [InlineData("CalendarMonth", "50", "50", "0.18", "A" + Raise + ", or wait until 2026-12-01 00:00 UTC.")]
    [InlineData("CalendarMonth", "50", "10", "50", "Lower max_tokens or use a cheaper model, or a" + Raise + ".")]
    [InlineData("CalendarMonth", "50", "50", "70", "A" + Raise + ".")]
    [InlineData("CalendarMonth", "0", "0", "0.18", "Use a free model, or a" + Raise + ".")]
    [InlineData("Fixed", "50", "49.87", "0.18", "Lower max_tokens or use a cheaper model, or a" + Raise + ".")]
    [InlineData("Fixed", "50", "60", "0.18", "A" + Raise + ".")]
    [InlineData("Session", "50", "50", "0.18", "A" + Raise + ", or start a new session (X-Governance-Session).")]
    [InlineData("Session", "50", "1", "50", "Lower max_tokens or use a cheaper model, or a" + Raise + ".")]
    public void OnlyWhatCanHelpIsAdvised(string window, string cap, string posted, string estimate, string recovery) =>
        Assert.Equal(recovery, Refusal(window, cap, posted, "0", estimate).Recovery);

    [Fact]
    public void WhatIsKnownToFitIsNamed()
    {
        var refusal = Refusal("CalendarMonth", "50", "49.87", "0", "0.18");
        Assert.StartsWith("Lower max_tokens to 11, a", refusal.RecoveryBy("lower max_tokens to 11"), StringComparison.Ordinal);
        Assert.StartsWith("A" + Raise, refusal.RecoveryBy(null), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("50.00", "49.87", "0", "0.176", "cap of $50.00 (current $49.87, this request est. $0.18)")]
    [InlineData("0.01", "0.0098", "0", "0.0004", "cap of $0.01 (current $0.0098, this request est. $0.0004)")]
    [InlineData("0.18", "0.1796", "0", "0.0104", "cap of $0.18 (current $0.1796, this request est. $0.0104)")]
    [InlineData("10.00", "9.9951", "0", "0.0049", "cap of $10.00 (current $9.9951, this request est. $0.0049)")]
    [InlineData("0.015", "0.0134", "0", "0.002", "cap of $0.015 (current $0.0134, this request est. $0.002)")]
    [InlineData("1", "0.004", "0.9964", "0.003", "cap of $1.00 (current $0.004, held by calls in flight $0.9964, this request est. $0.003)")]
    [InlineData("0.000000002", "0.000000001", "0", "0.000000001", "cap of $0.000000002 (current $0.000000001, this request est. $0.000000001)")]
    public void AmountsThatCentsWouldBlurAreExact(string cap, string posted, string held, string estimate, string message) =>
        Assert.Equal("Workspace would exceed monthly " + message, Refusal("CalendarMonth", cap, posted, held, estimate).Message);

    [Theory]
    [InlineData("1234.5649", "$1,234.56")]
    [InlineData("0.01", "$0.01")]
    [InlineData("0.0099999", "$0.0099999")]
    [InlineData("0.000412345", "$0.000412345")]
    [InlineData("-0.004", "−$0.004")]
    [InlineData("0", "$0.00")]
    public void BelowACentEveryDecimalIsShown(string amount, string text) => Assert.Equal(text, MoneyText.Of(Usd(amount)));

    static BudgetRefusal Refusal(string window, string cap, string posted, string held, string estimate)
    {
        var definition = new BudgetDefinition { Id = "b", Cap = Usd(cap), Scope = [], Window = Enum.Parse<BudgetWindow>(window) };
        if (definition.Window is BudgetWindow.Fixed)
        {
            definition = definition with { From = new DateOnly(2026, 11, 1), To = new DateOnly(2026, 11, 30) };
        }
        var budget = new CompiledBudget(definition, 1);
        return BudgetRefusal.Of(budget, budget.PeriodAt(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero), "s")!.Value, Usd(posted), Usd(held), Usd(estimate))!;
    }

    static Money Usd(string text) => Money.TryParse(text, out var money) ? money : throw new FormatException(text);
}
