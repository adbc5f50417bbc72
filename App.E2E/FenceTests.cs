using Governance.Audit;
using Governance.Audit.Checkpoints;
using Governance.EndToEnd.Pages;
using Governance.Journal;
using Governance.Operations.Commands;
using Governance.Tests;
using Governance.Tests.Proofs;
using Microsoft.Playwright;

namespace Governance.EndToEnd;

/// <summary>After a restore: an owner says on the page what was spent, reads how it is spread, and calls are taken again.</summary>
public sealed class FenceTests : IAsyncLifetime
{
    readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("governance-fenced-");
    readonly Browser _browser = new();

    public Task InitializeAsync() => _browser.InitializeAsync();

    public async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        _data.Delete(recursive: true);
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task WhatWasSpentIsSpreadOnThePageBeforeItIsEntered()
    {
        await using (var first = await AppProcess.StartAsync(new AppStart { DataFolder = _data.FullName }))
        {
            await new WelcomePage(await Visitor.ComeAsync(_browser, first), await first.WelcomeAsync()).SignUpAsync();
            await first.StopAsync();
        }
        var settings = new JournalSettings($"Data Source={Path.Combine(_data.FullName, "governance.db")}");
        Assert.Equal(0, await RestoreCommand.RunAsync(settings, new CheckpointSettings(null, _data.FullName), null, fenceOnly: true, force: false));

        await using var app = await AppProcess.StartAsync(new AppStart { DataFolder = _data.FullName });
        var owner = await Visitor.ComeAsync(_browser, app);
        await owner.TryAsync(async () =>
        {
            await new SignInPage(owner).EnterAsync(WelcomePage.Owner, WelcomePage.Password);
            await owner.GoAsync("/dashboard/settings/integrity");
            await owner.Page.GetByLabel("Spent since, in US dollars").FillAsync("12.50");
            await owner.Page.GetByLabel("Amounts that I know").CheckAsync();
            await owner.Page.GetByLabel("Project", new() { Exact = true }).SelectOptionAsync("playground");
            await owner.Page.GetByLabel("Spent, in US dollars").FillAsync("12");
            await owner.PressAsync("Take calls again…");
            await owner.SeesAsync("0.50 more belong to some project");

            await owner.Page.GetByLabel("Each project's share").CheckAsync();
            await owner.PressAsync("Take calls again…");
            var dialog = owner.Page.GetByRole(AriaRole.Dialog);
            await Assertions.Expect(dialog).ToContainTextAsync("$12.50 counts as spent.");
            await Assertions.Expect(dialog).ToContainTextAsync("playground: $12.50");
            await owner.PressAsync("Take calls");
            await owner.SeesAsync("Calls are admitted again");
            await owner.GoAsync("/dashboard");
            await Assertions.Expect(owner.Page.Locator(".tile", new() { HasText = "Playground" })).ToContainTextAsync("$12.50");
        });
        Assert.Empty(owner.Complaints);
    }
}
