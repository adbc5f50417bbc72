using Governance.Budgets;
using Governance.Budgets.Editor;
using Governance.Projects;

namespace Governance.Tests.Budgets.Editor;

/// <summary>What is typed becomes a budget, and a budget what is typed.</summary>
public sealed class BudgetFormTests
{
    static BudgetDefinition Budget(params ScopeTerm[] scope) => new() { Id = "b", Scope = scope, Cap = Money.FromUsd(50m) };

    public static TheoryData<BudgetDefinition> Budgets =>
    [
        Budget(),
        Budget(new ScopeTerm(ScopeKind.Project, "chat-widget")) with { Cap = Money.FromUsd(0.000000001m), Window = BudgetWindow.CalendarDay, TimeZone = "Europe/Berlin", HardBlock = false },
        Budget(new ScopeTerm(ScopeKind.Project, "chat-widget"), new ScopeTerm(ScopeKind.Model, "claude-opus")) with { Retired = true, Hold = HoldKind.Expected },
        Budget(new ScopeTerm(ScopeKind.Department, "marketing")) with { Thresholds = [], AlertEmail = "cfo@acme.test", Window = BudgetWindow.CalendarWeek },
        Budget() with { Thresholds = [new Threshold(50, Severity.Info, false), new Threshold(100, Severity.Critical, InApp: false)] },
        Budget() with { Window = BudgetWindow.RollingDays, RollingDays = 7 },
        Budget() with { Window = BudgetWindow.Fixed, From = new DateOnly(2026, 11, 1), To = new DateOnly(2026, 12, 31) },
        Budget(new ScopeTerm(ScopeKind.Employee, "jo@acme.test"), new ScopeTerm(ScopeKind.Session, "s 1")) with { Window = BudgetWindow.Session },
    ];

    [Theory]
    [MemberData(nameof(Budgets))]
    public void ABudgetComesBackFromItsForm(BudgetDefinition budget)
    {
        var form = BudgetForm.Of(budget);
        Assert.Empty(form.Problems());
        Assert.Empty(BudgetFields.Between(budget, form.Read()));
        Assert.Empty(BudgetChange.Sentences(budget, form.Read()));
        Assert.Equal(budget.Scope, form.Read().Scope);
    }

    [Theory]
    [InlineData("50", 50_000_000_000)]
    [InlineData(" $49.87 ", 49_870_000_000)]
    [InlineData("0", 0)]
    [InlineData("0.000000001", 1)]
    public void ACapIsReadExactly(string text, long nanos)
    {
        var form = BudgetForm.New("p");
        form.Cap = text;
        Assert.Empty(form.Problems());
        Assert.Equal(nanos, form.Read().Cap.Nanos);
    }

    [Theory]
    [InlineData("")]
    [InlineData("fifty")]
    [InlineData("1,250")]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("0.0000000001")]
    public void WhatIsNoCapIsAProblemOfItsField(string text)
    {
        var form = BudgetForm.New(null);
        form.Cap = text;
        Assert.Equal("cap_usd", Assert.Single(form.Problems()).Path);
    }

    [Fact]
    public void PresetsReplaceTheThresholds()
    {
        var form = BudgetForm.New("p");
        form.Cap = "1";
        form.Preset(75, 90, 100);
        Assert.Equal([new Threshold(75), new Threshold(90), new Threshold(100, Severity.Critical)], form.Read().Thresholds);
        form.Thresholds[1].Percent = "75";
        Assert.Equal("thresholds[1].percent", Assert.Single(form.Problems()).Path);
    }

    [Theory]
    [InlineData("Opus of Jo!", BudgetWindow.RollingDays, "chat-widget-opus-of-jo-7-day")]
    [InlineData("", BudgetWindow.Session, "chat-widget-session")]
    public void TheIdFollowsEveryDimension(string feature, BudgetWindow window, string id)
    {
        var form = BudgetForm.New("chat-widget");
        form.Scope.Add(new ScopeForm { Kind = ScopeKind.Feature, Id = feature });
        (form.Window, form.RollingDays) = (window, "7");
        Assert.Equal(id, form.Read().Id);
    }

    [Fact]
    public void WhatIsWrongWithADimensionIsToldAtIt()
    {
        var form = BudgetForm.New("chat-widget");
        form.Cap = "1";
        form.Scope.Add(new ScopeForm { Kind = ScopeKind.Model });
        form.Scope.Add(new ScopeForm { Kind = ScopeKind.Project, Id = "other" });
        Assert.Equal(["scope.model", "scope.project"], form.Problems().Select(problem => problem.Path).Distinct().Order());
    }

    [Theory]
    [InlineData("chat-widget", BudgetWindow.CalendarDay, "chat-widget-daily")]
    [InlineData(null, BudgetWindow.CalendarMonth, "workspace-monthly")]
    [InlineData("pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp", BudgetWindow.CalendarWeek, "budget-weekly")]
    public void ABudgetWithoutAnIdGetsOneThatSaysWhoseItIs(string? project, BudgetWindow window, string id)
    {
        var form = BudgetForm.New(project);
        form.Window = window;
        Assert.Equal(id, form.Read().Id);
    }

    /// <summary>The page draws after every key: whatever stands in the fields by then, sound or not.</summary>
    [Theory]
    [MemberData(nameof(Budgets))]
    public void WhateverIsTypedCanBeDrawn(BudgetDefinition budget)
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        string[] texts = ["", " ", "0", "-1", "50", "80", "80 %", "100", "1e3", "abc", "9999999999", "9223372036.854775807", "99999999999999999999", "2026-11-01", "2026-13-45", "UTC", "Mars/Olympus", "*", "a b", "\ud83d\ude00"];
        for (var round = 0; round < 500; round++)
        {
            var form = BudgetForm.Of(budget);
            for (var edit = 0; edit < 6; edit++)
            {
                Type(form, random, texts);
            }
            var wanted = form.Read();
            var failure = Record.Exception(() =>
            {
                _ = form.Problems();
                _ = BudgetSentence.Of(wanted, "p");
                _ = BudgetChange.Sentences(budget, wanted);
                _ = BudgetChange.Sentences(null, wanted);
                _ = BudgetFields.Between(budget, wanted);
                _ = BudgetEffect.Of(budget, wanted, new Money(long.MaxValue / 4), new Money(7));
                _ = BudgetEffect.Of(null, wanted, Money.Zero, Money.Zero);
                _ = BudgetWords.Once(wanted);
            });
            Assert.True(failure is null, $"seed {seed}, round {round}: {wanted}\n{failure}");
        }
    }

    static void Type(BudgetForm form, Random random, string[] texts)
    {
        var text = texts[random.Next(texts.Length)];
        switch (random.Next(12))
        {
            case 0: form.Cap = text; break;
            case 1: form.RollingDays = text; break;
            case 2: form.From = text; break;
            case 3: form.To = text; break;
            case 4: form.TimeZone = text; break;
            case 5: form.Window = (BudgetWindow)random.Next(6); break;
            case 6: form.HardBlock = !form.HardBlock; break;
            case 7: form.Scope.Add(new ScopeForm { Kind = (ScopeKind)random.Next(11), Id = text }); break;
            case 8: form.AlertEmail = text; break;
            case 9: form.Id = text; break;
            case 10: form.Retired = !form.Retired; break;
            default: form.Thresholds.Add(new ThresholdForm { Percent = text }); break;
        }
    }
}
