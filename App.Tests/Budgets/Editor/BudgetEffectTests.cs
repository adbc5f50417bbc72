using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Budgets.Editor;
using Governance.Policies;
using Governance.Projects;
using Governance.Revisions;
using Governance.Shell.Controls;

namespace Governance.Tests.Budgets.Editor;

/// <summary>What saving a budget does to calls, and what its bar says.</summary>
public sealed class BudgetEffectTests
{
    static Money Usd(string text) => Money.TryParse(text, out var money) ? money : throw new FormatException(text);

    static BudgetDefinition Budget(string cap, bool hard = true) => new() { Id = "b", Cap = Usd(cap), HardBlock = hard };

    [Theory]
    [InlineData("50", true, "40", true, "49.87", "0", "Blocks new calls immediately (spent $49.87 ≥ new cap $40.00).", true)]
    [InlineData("50", true, "49.87", true, "49.87", "0", "Blocks new calls immediately (spent $49.87 ≥ new cap $49.87).", true)]
    [InlineData("80", true, "50", true, "49.87", "0.20", "Blocks new calls until calls in flight give back what they hold (spent $49.87 and held $0.20 ≥ new cap $50.00).", true)]
    [InlineData("50", false, "50", true, "60", "0", "Blocks new calls immediately (spent $60.00 ≥ new cap $50.00).", true)]
    [InlineData("50", true, "45", true, "60", "0", "Calls stay blocked (spent $60.00, cap $45.00).", false)]
    [InlineData("50", true, "75", true, "60", "0", "Calls flow again as soon as this is saved.", false)]
    [InlineData("50", true, "75", true, "10", "0", "+$25.00 maximum extra exposure in this calendar month.", false)]
    [InlineData("50", true, "40", true, "10", "1", "$29.00 is left under the new cap.", false)]
    [InlineData("50", true, "50", false, "10", "0", "Calls keep flowing past the cap from now on.", false)]
    [InlineData("50", true, "0", true, "0", "0", "Blocks new calls immediately (spent $0.00 ≥ new cap $0.00).", true)]
    public void AnEditSaysWhatItDoesToCalls(string from, bool wasHard, string to, bool hard, string posted, string held, string text, bool blocks)
    {
        var effects = BudgetEffect.Of(Budget(from, wasHard), Budget(to, hard), Usd(posted), Usd(held));
        Assert.Contains(effects, effect => effect.Text == text && effect.BlocksNow == blocks);
        Assert.Equal(blocks, effects.Any(effect => effect.BlocksNow));
    }

    [Fact]
    public void WhatChangesNothingForCallsSaysNothing()
    {
        Assert.Empty(BudgetEffect.Of(Budget("50"), Budget("50") with { AlertEmail = "a@b.test" }, Usd("1"), Usd("0")));
        Assert.Empty(BudgetEffect.Of(Budget("50", false), Budget("60", false), Usd("70"), Usd("0")));
    }

    [Fact]
    public void AnotherWindowIsCountedAnewSoItsSpendIsNotClaimed()
    {
        var effects = BudgetEffect.Of(Budget("50"), Budget("40") with { Window = BudgetWindow.CalendarDay }, Usd("49.87"), Usd("0"));
        Assert.DoesNotContain(effects, effect => effect.Text.Contains("49.87", StringComparison.Ordinal));
        Assert.Contains("counts from the start", Assert.Single(effects).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void ANewCapOfZeroIsConfirmed() => Assert.Contains(BudgetEffect.Of(null, Budget("0"), default, default), effect => effect.BlocksNow);

    [Theory]
    [InlineData("50", true, "10", "0", true, StatusKind.Approved, null)]
    [InlineData("50", true, "40", "0", true, StatusKind.Warned, null)]
    [InlineData("50", true, "50", "0", true, StatusKind.Denied, null)]
    [InlineData("50", true, "49.87", "0.13", true, StatusKind.Denied, "Blocking: held by calls in flight")]
    [InlineData("50", true, "50", "0", false, StatusKind.Warned, "Over cap, not enforced")]
    [InlineData("50", false, "50", "0", true, StatusKind.Warned, "Over cap, calls keep flowing")]
    [InlineData("0", true, "0", "0", true, StatusKind.Denied, null)]
    public void TheBarSaysWhatTheGateSays(string cap, bool hard, string posted, string held, bool enforced, StatusKind kind, string? text) =>
        Assert.Equal(new BudgetVerdict(kind, text), BudgetVerdict.Of(Budget(cap, hard), Usd(posted), Usd(held), enforced));

    [Fact]
    public void TheCapThatLeavesLeastDecides()
    {
        var project = Standing(Budget("50") with { Id = "project", Scope = [new ScopeTerm(ScopeKind.Project, "p")] }, "10");
        var workspace = Standing(Budget("2000") with { Id = "workspace" }, "1990");
        var loose = Standing(Budget("1", false) with { Id = "loose" }, "5");
        var other = Standing(Budget("1") with { Id = "other", Scope = [new ScopeTerm(ScopeKind.Project, "q")] }, "1");
        RuleDefinition[] rules =
        [
            new() { Id = "own", Type = RuleType.DenyMode, Modes = [Mode.Sport], Project = "p" },
            new() { Id = "all", Type = RuleType.MaxInputTokens, Tokens = 5 },
            new() { Id = "draft", Type = RuleType.MaxInputTokens, Tokens = 4, State = RuleState.Draft },
            new() { Id = "foreign", Type = RuleType.MaxInputTokens, Tokens = 3, Project = "q" },
        ];
        var statements = EffectivePolicy.Of("p", rules, [project, workspace, loose, other]);
        Assert.Equal(["p", null, "p", null, null], statements.Select(statement => statement.Project));
        var decisive = Assert.Single(statements, statement => statement.Decides);
        Assert.EndsWith("This one decides: it leaves $10.00, project leaves $40.00.", decisive.Text, StringComparison.Ordinal);
        Assert.Equal(3, EffectivePolicy.Of(null, rules, [project, workspace, loose, other]).Count);
    }

    static BudgetStanding Standing(BudgetDefinition budget, string posted) => new(
        new Edition<BudgetDefinition>(budget, 1, DateTimeOffset.UnixEpoch, "maria@acme.test"),
        BudgetPeriod.At(budget.Window, budget.TimeZone, DateTimeOffset.UnixEpoch), Usd(posted), default, new Dictionary<int, DateTimeOffset>());
}
