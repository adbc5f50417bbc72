using System.Globalization;
using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Tests.Budgets.Balances;

public sealed class BudgetAdmissionTests
{
    [Theory]
    [InlineData("50.00", "49.87", "0", "0.18", "Exceeded", "the brief's refusal")]
    [InlineData("50.06", "49.87", "0", "0.18", "Admitted", "the brief's admission")]
    [InlineData("50.00", "49.82", "0", "0.18", "Exceeded", "meeting the cap")]
    [InlineData("50.00", "49.819999999", "0", "0.18", "Admitted", "a nano-dollar below the cap")]
    [InlineData("50.00", "49.00", "0.90", "0.18", "Held", "only holds leave no room")]
    [InlineData("50.00", "49.00", "0.82", "0.18", "Held", "holds meet the cap")]
    [InlineData("50.00", "49.00", "0.81", "0.18", "Admitted", "holds leave room")]
    [InlineData("50.00", "49.90", "5.00", "0.18", "Exceeded", "spend alone leaves no room, whatever is held")]
    [InlineData("50.00", "60.00", "0", "0.01", "Exceeded", "already over")]
    [InlineData("50.00", "60.00", "5.00", "0", "Admitted", "a free call passes")]
    [InlineData("0", "0", "0", "0.000000001", "Exceeded", "a cap of zero")]
    [InlineData("0", "0", "0", "0", "Admitted", "a free call under a cap of zero")]
    [InlineData("0", "-5.00", "0", "1.00", "Exceeded", "a cap of zero after a correction")]
    [InlineData("50.00", "-1.00", "0", "50.50", "Admitted", "a correction gives room back")]
    [InlineData("9000000000", "9000000000", "9000000000", "9000000000", "Exceeded", "no overflow")]
    public void ACallIsAdmittedWhileItStaysBelowTheCap(string cap, string posted, string held, string estimate, string expected, string why)
    {
        var verdict = BudgetAdmission.Judge(Usd(cap), Usd(posted), Usd(held), Usd(estimate), hardBlock: true);
        Assert.True(verdict.ToString() == expected, $"{why}: {verdict}");
        Assert.Equal(Admission.Admitted, BudgetAdmission.Judge(Usd(cap), Usd(posted), Usd(held), Usd(estimate), hardBlock: false));
    }

    [Fact]
    public void ANegativeEstimateIsABug()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BudgetAdmission.Judge(Usd("1"), Money.Zero, Money.Zero, Usd("-1"), true));
        Assert.Throws<ArgumentOutOfRangeException>(() => BudgetAdmission.Judge(Usd("1"), Money.Zero, Usd("-1"), Money.Zero, true));
    }

    [Theory]
    [InlineData("50.00", "0", "")]
    [InlineData("50.00", "39.999999999", "50 75")]
    [InlineData("50.00", "40.00", "50 75 80")]
    [InlineData("50.00", "24.999999999", "")]
    [InlineData("50.00", "25.00", "50")]
    [InlineData("50.00", "50.00", "50 75 80 100")]
    [InlineData("50.00", "49.999999999", "50 75 80")]
    [InlineData("50.00", "500.00", "50 75 80 100")]
    [InlineData("50.00", "-1.00", "")]
    [InlineData("0", "0", "")]
    [InlineData("0", "0.000000001", "50 75 80 100")]
    [InlineData("9000000000", "6749999999.999999999", "50")]
    [InlineData("9000000000", "6750000000", "50 75")]
    public void AThresholdIsReachedToTheNanoDollar(string cap, string posted, string percents)
    {
        Threshold[] thresholds = [new(100), new(50), new(80), new(75)];
        Assert.Equal(percents, string.Join(' ', Thresholds.Crossed(thresholds, Usd(posted), Usd(cap)).Select(threshold => threshold.Percent.ToString(CultureInfo.InvariantCulture))));
    }

    [Theory]
    [InlineData("", "CalendarMonth", "Workspace would exceed monthly cap of $50.00 (current $49.87, this request est. $0.18)", "workspace")]
    [InlineData("Project=chat-widget", "CalendarMonth", "Project would exceed monthly cap of $50.00 (current $49.87, this request est. $0.18)", "project chat-widget")]
    [InlineData("Project=chat-widget", "CalendarDay", "Project would exceed daily cap of $50.00 (current $49.87, this request est. $0.18)", "project chat-widget")]
    [InlineData("Department=marketing", "CalendarWeek", "Department would exceed weekly cap of $50.00 (current $49.87, this request est. $0.18)", "department marketing")]
    [InlineData("Model=claude-opus;Project=chat-widget", "CalendarMonth", "Project and model would exceed monthly cap of $50.00 (current $49.87, this request est. $0.18)", "project chat-widget, model claude-opus")]
    public void ARefusalSaysWhoseCapAndTheNumbers(string scope, string window, string message, string text)
    {
        var budget = new CompiledBudget(Budget("b", "50.00", scope) with { Window = Enum.Parse<BudgetWindow>(window) }, 3);
        var period = budget.PeriodAt(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero))!.Value;
        var refusal = BudgetRefusal.Of(budget, period, Usd("49.87"), Money.Zero, Usd("0.18"))!;
        Assert.Equal(message, refusal.Message);
        Assert.Equal(text, refusal.Scope);
        Assert.Equal(("b", 3, "BUDGET_EXCEEDED", period.Resets, period.Key), (refusal.BudgetId, refusal.BudgetVersion, refusal.DenyCode, refusal.ResetsAt, refusal.PeriodKey));
        Assert.Null(BudgetRefusal.Of(new CompiledBudget(Budget("b", "50.06", scope), 3), period, Usd("49.87"), Money.Zero, Usd("0.18")));
    }

    [Theory]
    [InlineData(BudgetWindow.RollingDays, "Project would exceed 30-day cap of $50.00 (current $49.87, this request est. $0.18)", "2026-11-23T00:00:00Z", "wait until 2026-11-23 00:00 UTC, when the oldest day drops out.")]
    [InlineData(BudgetWindow.Fixed, "Project would exceed fixed-term cap of $50.00 (current $49.87, this request est. $0.18)", "2026-12-01T00:00:00Z", "or ask a budget owner to raise the cap of 'b'.")]
    [InlineData(BudgetWindow.Session, "Session would exceed session cap of $50.00 (current $49.87, this request est. $0.18)", null, "start a new session (X-Governance-Session).")]
    public void ARefusalSaysWhatItsWindowIsAndWhatHelps(BudgetWindow window, string message, string? resets, string advice)
    {
        var definition = Budget("b", "50.00", "Project=chat-widget") with { Window = window };
        definition = window switch
        {
            BudgetWindow.RollingDays => definition with { RollingDays = 30 },
            BudgetWindow.Fixed => definition with { From = new DateOnly(2026, 11, 1), To = new DateOnly(2026, 11, 30) },
            _ => definition,
        };
        var budget = new CompiledBudget(definition, 1);
        var period = budget.PeriodAt(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero), "s1")!.Value;
        var refusal = BudgetRefusal.Of(budget, period, Usd("49.87"), Money.Zero, Usd("0.18"))!;
        Assert.Equal((message, resets is null ? null : DateTimeOffset.Parse(resets, CultureInfo.InvariantCulture)), (refusal.Message, refusal.ResetsAt));
        Assert.EndsWith(advice, refusal.Recovery, StringComparison.Ordinal);
    }

    [Fact]
    public void ARefusalByHoldsSaysSo()
    {
        var refusal = Refusal("b", "50.00", "49.00", "0.95");
        Assert.Equal("BUDGET_HELD", refusal.DenyCode);
        Assert.Equal("Workspace would exceed monthly cap of $50.00 (current $49.00, held by calls in flight $0.95, this request est. $0.18)", refusal.Message);
        Assert.Equal(Usd("0.05"), refusal.Remainder);
    }

    [Fact]
    public void TheSmallestRemainderIsNamedAndSpendBeforeHolds()
    {
        var roomy = Refusal("a", "10.00", "9.90", "0");
        var tight = Refusal("z", "10.00", "9.95", "0");
        var held = Refusal("h", "10.00", "9.00", "0.99");
        Assert.Same(tight, BudgetRefusal.Decisive([roomy, tight, held]));
        Assert.Same(roomy, BudgetRefusal.Decisive([held, roomy]));
        Assert.Equal("a", BudgetRefusal.Decisive([tight with { BudgetId = "b" }, tight with { BudgetId = "a" }])!.BudgetId);
        Assert.Null(BudgetRefusal.Decisive([]));
    }

    static BudgetRefusal Refusal(string id, string cap, string posted, string held)
    {
        var budget = new CompiledBudget(Budget(id, cap, ""), 1);
        return BudgetRefusal.Of(budget, budget.PeriodAt(DateTimeOffset.UnixEpoch)!.Value, Usd(posted), Usd(held), Usd("0.18"))!;
    }

    static BudgetDefinition Budget(string id, string cap, string scope) => new()
    {
        Id = id,
        Cap = Usd(cap),
        Scope = [.. scope.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(term => term.Split('=')).Select(term => new ScopeTerm(Enum.Parse<ScopeKind>(term[0]), term[1]))],
    };

    static Money Usd(string text) => Money.TryParse(text, out var money) ? money : throw new FormatException(text);
}
