using Governance.Budgets;
using Governance.Budgets.Editor;
using Governance.Projects;

namespace Governance.Tests.Budgets.Editor;

public sealed class BudgetSentenceTests
{
    static readonly BudgetDefinition monthly = new() { Id = "chat-widget-monthly", Cap = Money.FromUsd(50), Scope = [new ScopeTerm(ScopeKind.Project, "chat-widget")] };

    public static TheoryData<string, object> Sentences => new()
    {
        { "Stops calls when spend + estimate ≥ $50.00 in a calendar month (UTC); warns at 80 %.", monthly },
        { "Warns only — calls keep flowing past $50.00 in a calendar month (UTC); warns at 80 %.", monthly with { HardBlock = false } },
        { "Stops calls when spend + estimate ≥ $1,234.5678 in a calendar day (Europe/Berlin); warns at 50 %, 80 % and 100 %.", monthly with { Cap = Money.FromUsd(1234.5678m), Window = BudgetWindow.CalendarDay, TimeZone = "Europe/Berlin", Thresholds = [new(100), new(50), new(80)] } },
        { "Stops calls when spend + estimate ≥ $50.00 in a calendar week (UTC); warns nobody before.", monthly with { Window = BudgetWindow.CalendarWeek, Thresholds = [] } },
        { "Stops calls when spend + estimate ≥ $50.00 within 30 days, today and the 29 before it (Asia/Kolkata); warns at 80 %.", monthly with { Window = BudgetWindow.RollingDays, RollingDays = 30, TimeZone = "Asia/Kolkata" } },
        { "Stops calls when spend + estimate ≥ $50.00 from 2026-11-01 to 2026-12-31 (UTC); warns at 80 %.", monthly with { Window = BudgetWindow.Fixed, From = new(2026, 11, 1), To = new(2026, 12, 31) } },
        { "Stops calls when spend + estimate ≥ $50.00 in one session; warns at 80 %.", monthly with { Window = BudgetWindow.Session } },
        { "Stops calls when spend + expected cost ≥ $50.00 in a calendar month (UTC); warns at 80 %.", monthly with { Hold = HoldKind.Expected } },
        { "Stops all calls that cost money.", monthly with { Cap = Money.Zero } },
        { "Retired, counts and stops nothing. Stops calls when spend + estimate ≥ $50.00 in a calendar month (UTC); warns at 80 %.", monthly with { Retired = true } },
    };

    [Theory]
    [MemberData(nameof(Sentences))]
    public void ABudgetSaysWhatItWillDo(string sentence, object budget) => Assert.Equal(sentence, BudgetSentence.Of((BudgetDefinition)budget));

    [Fact]
    public void ANamedBudgetSaysWhoseCalls() => Assert.StartsWith("Stops calls of Chat widget when ", BudgetSentence.Of(monthly, "Chat widget"), StringComparison.Ordinal);

    public static TheoryData<string, object> Edits => new()
    {
        { "Monthly cap of chat-widget-monthly raised from $50.00 to $75.00 (+$25.00, +50 %).", monthly with { Cap = Money.FromUsd(75) } },
        { "Monthly cap of chat-widget-monthly lowered from $50.00 to $0.00 (−$50.00, −100 %).", monthly with { Cap = Money.Zero } },
        { "Monthly cap of chat-widget-monthly raised from $50.00 to $50.001 (+$0.001, +0 %).", monthly with { Cap = Money.FromUsd(50.001m) } },
        { "Hard block of chat-widget-monthly turned off: calls keep flowing past the cap.", monthly with { HardBlock = false } },
        { "Window of chat-widget-monthly changed from calendar month to calendar day.", monthly with { Window = BudgetWindow.CalendarDay } },
        { "Window of chat-widget-monthly changed from calendar month to 7 rolling days.", monthly with { Window = BudgetWindow.RollingDays, RollingDays = 7 } },
        { "Window of chat-widget-monthly changed from calendar month to 2026-11-01 to 2026-12-31.", monthly with { Window = BudgetWindow.Fixed, From = new(2026, 11, 1), To = new(2026, 12, 31) } },
        { "Time zone of chat-widget-monthly changed from UTC to Europe/Berlin.", monthly with { TimeZone = "Europe/Berlin" } },
        { "Scope of chat-widget-monthly changed from project chat-widget to workspace.", monthly with { Scope = [] } },
        { "Budget chat-widget-monthly now holds the expected cost of a call (was the worst case).", monthly with { Hold = HoldKind.Expected } },
        { "Warnings of chat-widget-monthly now go to cfo@acme.test (was the project's address).", monthly with { AlertEmail = "cfo@acme.test" } },
        { "Budget chat-widget-monthly retired: it counts and stops nothing.", monthly with { Retired = true } },
        { "Warning of chat-widget-monthly at 80 % removed.", monthly with { Thresholds = [] } },
        { "Warning of chat-widget-monthly at 90 % added (critical, by e-mail and on the dashboard).", monthly with { Thresholds = [new(90, Severity.Critical), new(80)] } },
        { "Warning of chat-widget-monthly at 80 % is now info, on the dashboard only (was warning, by e-mail and on the dashboard).", monthly with { Thresholds = [new(80, Severity.Info, false)] } },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public void AnEditReadsAsWhatItChangesAndNothingElse(string sentence, object after) => Assert.Equal(sentence, Assert.Single(BudgetChange.Sentences(monthly, (BudgetDefinition)after)));

    [Fact]
    public void NothingChangedSaysNothing()
    {
        Assert.Empty(BudgetChange.Sentences(monthly, monthly with { Scope = [.. monthly.Scope], Thresholds = [.. monthly.Thresholds] }));
        Assert.Equal(["Monthly cap of chat-widget-monthly raised from $0.00 to $5.00 (+$5.00)."], BudgetChange.Sentences(monthly with { Cap = Money.Zero }, monthly with { Cap = Money.FromUsd(5) }));
        Assert.Equal("Budget chat-widget-monthly created for project chat-widget: Stops calls when spend + estimate ≥ $50.00 in a calendar month (UTC); warns at 80 %.", Assert.Single(BudgetChange.Sentences(null, monthly)));
        Assert.StartsWith("Budget chat-widget-monthly removed: Stops calls", Assert.Single(BudgetChange.Sentences(monthly, null)), StringComparison.Ordinal);
    }

    public static TheoryData<string, object> Faults => new()
    {
        { "id", monthly with { Id = "Chat Widget" } },
        { "cap_usd", monthly with { Cap = new Money(-1) } },
        { "cap_usd", monthly with { Cap = Money.FromUsd(1_000_000_001) } },
        { "window", monthly with { Window = (BudgetWindow)9 } },
        { "window.rolling_days", monthly with { Window = BudgetWindow.RollingDays } },
        { "window.rolling_days", monthly with { Window = BudgetWindow.RollingDays, RollingDays = 367 } },
        { "window", monthly with { RollingDays = 3 } },
        { "window.from", monthly with { Window = BudgetWindow.Fixed, To = new(2026, 12, 31) } },
        { "window.to", monthly with { Window = BudgetWindow.Fixed, From = new(2026, 12, 31), To = new(2026, 12, 30) } },
        { "window.to", monthly with { Window = BudgetWindow.Fixed, From = new(2026, 12, 31), To = new(2199, 12, 30) } },
        { "hold", monthly with { Hold = (HoldKind)9 } },
        { "time_zone", monthly with { TimeZone = "Mars/Olympus" } },
        { "time_zone", monthly with { TimeZone = "" } },
        { "time_zone", monthly with { TimeZone = "W. Europe Standard Time" } },
        { "alert_email", monthly with { AlertEmail = "finops" } },
        { "alert_email", monthly with { AlertEmail = "a@b\r\nBcc: c@d" } },
        { "scope.project", monthly with { Scope = [new(ScopeKind.Project, "Chat Widget")] } },
        { "scope.project", monthly with { Scope = [new(ScopeKind.Project, "a"), new(ScopeKind.Project, "b")] } },
        { "scope.department", monthly with { Scope = [new(ScopeKind.Department, "")] } },
        { "scope.model", monthly with { Scope = [new(ScopeKind.Model, "--")] } },
        { "scope[0]", monthly with { Scope = [new((ScopeKind)99, "x")] } },
        { "thresholds[1].percent", monthly with { Thresholds = [new(80), new(80)] } },
        { "thresholds[0].percent", monthly with { Thresholds = [new(0)] } },
        { "thresholds[0].percent", monthly with { Thresholds = [new(101)] } },
        { "thresholds[0].severity", monthly with { Thresholds = [new(80, (Severity)9)] } },
        { "thresholds", monthly with { Thresholds = [.. Enumerable.Range(1, 21).Select(percent => new Threshold(percent))] } },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void EachFaultIsNamedByItsPath(string path, object budget) => Assert.Equal(path, Assert.Single(BudgetValidation.Check((BudgetDefinition)budget)).Path);

    [Fact]
    public void WellFormedBudgetsHaveNoProblem() =>
        Assert.All([monthly, monthly with { Scope = [] }, monthly with { Cap = Money.Zero, TimeZone = "America/Argentina/Buenos_Aires", AlertEmail = "finops@acme.test" }], budget => Assert.Empty(BudgetValidation.Check(budget)));
}
