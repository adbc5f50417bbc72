using System.Security.Claims;
using Governance.Audit;
using Governance.Budgets;
using Governance.Journal;
using Governance.Ledger.Requests;
using Governance.Members;
using Governance.Policies;
using Governance.Projects;
using Governance.Tests.Members;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Tests.Shell.Circuits;

#pragma warning disable CA1001 // The test runner disposes it asynchronously.

/// <summary>No component ends the circuit: whatever throws is told on the page, which goes on; and a page may be left at any moment.</summary>
public sealed class CircuitTests : IAsyncLifetime
{
    readonly PeopleHost _host = new();
    ClaimsPrincipal _owner = new();

    /// <summary>Every interactive page with each of its parts that has a script, a subscription or a form of its own.</summary>
    static readonly (string Address, Type Page)[] s_pages =
    [
        ("/dashboard", typeof(Governance.Overview.DashboardPage)),
        ("/dashboard/usage?tab=requests", typeof(UsagePage)),
        ("/dashboard/usage?tab=requests&call=req_0000000000001", typeof(UsagePage)),
        ("/dashboard/usage?tab=audit", typeof(UsagePage)),
        ("/dashboard/policy", typeof(PolicyPage)),
        ("/dashboard/policy?edit=1", typeof(PolicyPage)),
        ("/dashboard/policy?tab=budgets", typeof(PolicyPage)),
        ("/dashboard/policy?tab=budgets&edit=1", typeof(PolicyPage)),
        ("/dashboard/policy?tab=router", typeof(PolicyPage)),
        ("/dashboard/keys", typeof(KeysPage)),
        ("/dashboard/members", typeof(MembersPage)),
        ("/dashboard/settings", typeof(Governance.Operations.Settings.SettingsPage)),
        ("/dashboard/settings?tab=projects", typeof(Governance.Operations.Settings.SettingsPage)),
        ("/dashboard/settings?tab=upstreams", typeof(Governance.Operations.Settings.SettingsPage)),
        ("/dashboard/settings?tab=prices", typeof(Governance.Operations.Settings.SettingsPage)),
        ("/dashboard/settings?tab=configuration", typeof(Governance.Operations.Settings.SettingsPage)),
        ("/dashboard/settings?tab=access", typeof(Governance.Operations.Settings.SettingsPage)),
        ("/dashboard/settings?tab=operations", typeof(Governance.Operations.Settings.SettingsPage)),
        ("/dashboard/settings/integrity", typeof(Governance.Integrity.IntegrityPage)),
    ];

    public static TheoryData<string> Addresses => [.. s_pages.Select(page => page.Address)];

    public async Task InitializeAsync()
    {
        using var browser = await _host.OwnerAsync();
        using var scope = _host.Services.CreateScope();
        var member = await scope.ServiceProvider.GetRequiredService<MemberQueries>().FindAsync(PeopleHost.Email);
        _owner = await scope.ServiceProvider.GetRequiredService<IUserClaimsPrincipalFactory<Member>>().CreateAsync(member!);
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task APageMayBeLeftAtAnyMomentHoweverTheBrowserAnswers(string address)
    {
        var page = s_pages.Single(one => one.Address == address).Page;
        foreach (var atFirst in Enum.GetValues<Answering>())
        {
            foreach (var atLast in Enum.GetValues<Answering>())
            {
                foreach (var loaded in (bool[])[false, true])
                {
                    foreach (var ends in (bool[])[false, true])
                    {
                        var circuit = Circuit.Begin(_host.Services, address, _owner);
                        circuit.Browser.Answering = atFirst;
                        var open = circuit.OpenAsync(page);
                        if (loaded && atFirst is not Answering.Silent)
                        {
                            await open;
                            Assert.DoesNotContain("failed on our side", await circuit.TextAsync(), StringComparison.Ordinal);
                        }
                        circuit.Browser.Answering = atLast;
                        if (!ends)
                        {
                            await circuit.LeaveAsync();
                        }
                        // A browser that says nothing is waited for, as long as anybody waits; here nobody does.
                        await circuit.EndAsync().WaitAsync(TimeSpan.FromSeconds(20));
                        Assert.True(circuit.Ends.Count == 0, $"{address}, {atFirst} then {atLast}, {(loaded ? "loaded" : "loading")}: {string.Join('\n', circuit.Ends)}");
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(Moment.Initialized)]
    [InlineData(Moment.Loading)]
    [InlineData(Moment.Parameters)]
    [InlineData(Moment.Drawing)]
    [InlineData(Moment.Drawn)]
    [InlineData(Moment.LaterDrawn)]
    [InlineData(Moment.Click)]
    [InlineData(Moment.LaterClick)]
    public async Task WhateverAComponentThrowsIsToldAndCanBeTriedAgain(Moment moment)
    {
        var plan = new Plan { Throws = moment };
        var circuit = Circuit.Begin(_host.Services, "/dashboard", _owner, plan);
        await circuit.OpenAsync(typeof(PlantedPart));
        if (moment is Moment.Click or Moment.LaterClick)
        {
            await circuit.ClickAsync("Works");
        }
        await circuit.UntilAsync(text => text.Contains("failed on our side", StringComparison.Ordinal) && text.Contains("Reference", StringComparison.Ordinal));
        Assert.DoesNotContain("Works", await circuit.TextAsync(), StringComparison.Ordinal);

        plan.Throws = Moment.Nowhere;
        await circuit.ClickAsync("Retry");
        await circuit.UntilAsync(text => text == "Works");
        Assert.Empty(circuit.Ends);
        await circuit.EndAsync();
    }

    [Fact]
    public async Task AThresholdThatRepeatsAnotherIsToldBesideItAndTheFormGoesOn()
    {
        var budget = new BudgetDefinition { Id = "everything", Cap = Money.FromUsd(50m), Thresholds = [new(50, Severity.Info), new(80, Severity.Warning), new(100, Severity.Critical)] };
        await _host.Services.GetRequiredService<BudgetEdits>().SaveAsync(budget, Actor.System);
        var circuit = Circuit.Begin(_host.Services, "/dashboard/policy?tab=budgets&budget=everything&edit=1", _owner);
        await circuit.OpenAsync(typeof(PolicyPage));

        await circuit.TypeAsync("threshold-0", "80");
        Assert.Contains("repeats 80 %", await circuit.TextAsync(), StringComparison.Ordinal);
        await circuit.TypeAsync("threshold-0", "70");
        var text = await circuit.TextAsync();
        Assert.DoesNotContain("repeats", text, StringComparison.Ordinal);
        Assert.Contains("warns at 70 %, 80 % and 100 %", text, StringComparison.Ordinal);
        Assert.Empty(circuit.Ends);
        await circuit.EndAsync();
    }

    [Fact]
    public async Task TwoWarningsWithoutAShareYetAreNoFailure()
    {
        var budget = new BudgetDefinition { Id = "everything", Cap = Money.FromUsd(50m) };
        await _host.Services.GetRequiredService<BudgetEdits>().SaveAsync(budget, Actor.System);
        var circuit = Circuit.Begin(_host.Services, "/dashboard/policy?tab=budgets&budget=everything&edit=1", _owner);
        await circuit.OpenAsync(typeof(PolicyPage));
        await circuit.ClickAsync("Add a warning");
        await circuit.ClickAsync("Add a warning");
        Assert.Contains("must be a whole number from 1 to 100", await circuit.TextAsync(), StringComparison.Ordinal);
        Assert.Empty(circuit.Ends);
        await circuit.EndAsync();
    }

    [Fact]
    public async Task EditsThatCannotBeSavedStayInTheirFormWithTheReason()
    {
        await _host.Services.GetRequiredService<BudgetEdits>().SaveAsync(new BudgetDefinition { Id = "everything", Cap = Money.FromUsd(50m) }, Actor.System);
        var circuit = Circuit.Begin(_host.Services, "/dashboard/policy?tab=budgets&budget=everything&edit=1", _owner);
        await circuit.OpenAsync(typeof(PolicyPage));
        await circuit.TypeAsync("budget-cap", "60");
        await circuit.ClickAsync("Review changes");
        await FillDiskAsync();

        await circuit.ClickAsync("Save budget");
        var text = await circuit.TextAsync();
        Assert.Contains("Nothing was changed: the database cannot be written just now", text, StringComparison.Ordinal);
        Assert.Contains("raised from $50.00 to $60.00", text, StringComparison.Ordinal);
        Assert.Empty(circuit.Ends);
        await circuit.EndAsync();
    }

    [Fact]
    public async Task EveryInteractivePageIsTried()
    {
        await Task.CompletedTask;
        var interactive = typeof(PolicyPage).Assembly.GetTypes().Where(type => type.IsDefined(typeof(RenderModeAttribute), inherit: true) && type.IsDefined(typeof(RouteAttribute), inherit: false)).ToList();
        Assert.NotEmpty(interactive);
        Assert.Empty(interactive.Except(s_pages.Select(page => page.Page)).Select(type => type.Name).Except(["Gallery"]));
        // A part finds its parameters in the query of the address: one in the path would not reach it.
        Assert.DoesNotContain(interactive.SelectMany(type => type.GetCustomAttributes(typeof(RouteAttribute), inherit: false)).Cast<RouteAttribute>(), route => route.Template.Contains('{', StringComparison.Ordinal));
    }

    /// <summary>From here on nothing can be written, as on a full disk.</summary>
    async Task FillDiskAsync()
    {
        _host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<StoreWatchSettings>>().Value.FreeBytesLeast = long.MaxValue;
        await _host.Services.GetRequiredService<StoreWatch>().LookAsync();
    }
}
