using Governance.EndToEnd.Pages;
using Governance.Tests;
using Microsoft.Playwright;

namespace Governance.EndToEnd;

public sealed class FirstHourTests(Browser browser) : IClassFixture<Browser>
{
    const string Rule = "deny-claude-opus";
    const string Budget = "playground-monthly";

    [Fact]
    public async Task AnOwnerGovernsACallAndSeesItHappen()
    {
        await using var app = await AppProcess.StartAsync();
        var owner = await Visitor.ComeAsync(browser, app);
        await owner.TryAsync(async () =>
        {
            var first = await new WelcomePage(owner, await app.WelcomeAsync()).SignUpAsync();
            Assert.StartsWith("sk-gov-", first, StringComparison.Ordinal);
            await owner.GoAsync("/welcome");
            Assert.EndsWith("/dashboard", owner.Page.Url, StringComparison.Ordinal);
            Assert.DoesNotContain(first, await owner.Page.ContentAsync(), StringComparison.Ordinal);

            var policy = new PolicyPage(owner);
            await DenyOpusAsync(owner, policy);
            await CapPlaygroundAsync(policy);
            var key = await new KeysPage(owner).MakeAsync("night-job", "playground");
            await new KeysPage(owner).PutAwayAsync();

            var watcher = await owner.OpenTabAsync();
            await watcher.TryAsync(() => GovernAsync(owner, watcher, policy, new Caller(app, key)), nameof(AnOwnerGovernsACallAndSeesItHappen) + "-watcher");
            Assert.Empty(owner.Complaints.Concat(watcher.Complaints));
        });
    }

    static async Task DenyOpusAsync(Visitor owner, PolicyPage policy)
    {
        await policy.WriteDenyRuleAsync("claude-opus", "Opus costs too much here.");
        await owner.FillAsync("Id", Rule);
        await Assertions.Expect(policy.Preview).ToHaveTextAsync("Models of the family claude-opus are denied in every project.");
        await policy.ReviewAsync();
        await Assertions.Expect(policy.Review.Locator("ins").Filter(new() { HasText = "claude-opus" }).First).ToBeVisibleAsync();
        await policy.SaveAsync("rule");
    }

    static async Task CapPlaygroundAsync(PolicyPage policy)
    {
        await policy.WriteCapAsync("playground", "50.00");
        await Assertions.Expect(policy.Preview).ToContainTextAsync("Stops calls of playground when spend + estimate ≥ $50.00 in a calendar month (UTC)");
        await policy.ReviewAsync();
        await policy.SaveAsync("budget");
    }

    /// <summary>Everything that the watcher sees after this comes in by itself.</summary>
    static async Task GovernAsync(Visitor owner, Visitor watcher, PolicyPage policy, Caller program)
    {
        var timeline = new UsagePage(watcher);
        await watcher.GoAsync(UsagePage.Timeline);
        await watcher.Page.EvaluateAsync("() => { window.stayed = true; }");
        var calls = new UsagePage(owner);
        await owner.GoAsync(UsagePage.Requests);

        Assert.Equal(200, await program.CallAsync("claude-haiku-4-5"));
        await Assertions.Expect(calls.CallsBy("night-job").Filter(new() { HasText = "claude-haiku-4-5" })).ToBeVisibleAsync();

        Assert.Equal(403, await program.CallAsync("claude-opus-4-5"));
        await Assertions.Expect(timeline.Entry("denied", "Model 'claude-opus' is denied")).ToBeVisibleAsync();
        await Assertions.Expect(calls.CallsBy("night-job").Filter(new() { HasText = "claude-opus-4-5" })).ToBeVisibleAsync();

        await policy.RewriteCapAsync(Budget, "0.000001");
        await policy.ReviewAsync();
        await policy.SaveAndBlockAsync(Budget);
        Assert.Equal(402, await program.CallAsync("claude-haiku-4-5"));
        await Assertions.Expect(timeline.Entry("denied", "would exceed monthly cap")).ToBeVisibleAsync();

        await policy.RewriteReasonAsync(Rule, "Opus needs an approval here.");
        await policy.ReviewAsync();
        await policy.SaveAsync("rule");
        var change = timeline.Entry("change", Rule);
        await timeline.UnfoldAsync(change);
        await Assertions.Expect(change.Locator("del")).ToContainTextAsync("Opus costs too much here.");
        await Assertions.Expect(change.Locator("ins")).ToContainTextAsync("Opus needs an approval here.");
        Assert.NotEqual(await ColourAsync(change.Locator("del")), await ColourAsync(change.Locator("ins")));

        Assert.True(await watcher.Page.EvaluateAsync<bool>("() => window.stayed === true"), "The timeline was reloaded.");
        await owner.GoAsync("/dashboard");
        await owner.SeesAsync("Refused calls");
        await Assertions.Expect(owner.Page.Locator(".figure").Filter(new() { HasText = "Refused calls" })).ToContainTextAsync("2");
    }

    static Task<string> ColourAsync(ILocator place) => place.EvaluateAsync<string>("element => { const style = getComputedStyle(element); return style.color + style.backgroundColor; }");
}
