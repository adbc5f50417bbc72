using Governance.EndToEnd.Pages;
using Governance.Tests;
using Governance.Tests.Proofs;
using Microsoft.Playwright;

namespace Governance.EndToEnd;

/// <summary>A product in which something has happened: a rule and a cap were set and changed, calls went through and were refused.</summary>
public sealed class LivedInProduct : IAsyncLifetime
{
    public const string Rule = "deny-claude-opus";
    public const string Budget = "playground-monthly";

    public Product Product { get; } = new();

    public async Task InitializeAsync()
    {
        await Product.InitializeAsync();
        var owner = Product.Owner;
        await owner.TryAsync(async () =>
        {
            var policy = new PolicyPage(owner);
            var program = new Caller(Product.App, Product.Key);
            await policy.WriteDenyRuleAsync("claude-opus", "Opus costs too much here.");
            await owner.FillAsync("Id", Rule);
            await policy.ReviewAsync();
            await policy.SaveAsync("rule");
            await policy.WriteCapAsync("playground", "50.00");
            await policy.ReviewAsync();
            await policy.SaveAsync("budget");
            Assert.Equal(200, await program.CallAsync("claude-haiku-4-5"));
            Assert.Equal(403, await program.CallAsync("claude-opus-4-5"));
            Assert.Equal(403, await program.CallAsync("claude-opus-4-5"));
            await policy.RewriteCapAsync(Budget, "0.000001");
            await policy.ReviewAsync();
            await policy.SaveAndBlockAsync(Budget);
            Assert.Equal(402, await program.CallAsync("claude-haiku-4-5"));
            await new MembersPage(owner).AddAsync("ada@acme.test", "Auditor", "nine grey geese fly south");
        }, nameof(LivedInProduct));
    }

    public Task DisposeAsync() => Product.DisposeAsync();
}

public sealed class AccessibilityTests(LivedInProduct lived) : IClassFixture<LivedInProduct>
{
    /// <summary>Every page and every state of one that has controls of its own, with how a person gets there.</summary>
    static readonly (string Place, Func<Visitor, Task> Reach)[] s_places =
    [
        ("sign in, refused", visitor => new SignInPage(visitor).SignInAsync("nobody@acme.test", "not the password")),
        ("overview", visitor => visitor.GoAsync("/dashboard")),
        ("rules", visitor => visitor.GoAsync(PolicyPage.Rules)),
        ("a rule", visitor => visitor.GoAsync($"{PolicyPage.Rules}?rule={LivedInProduct.Rule}&edit=1")),
        ("a rule in review", async visitor => { await new PolicyPage(visitor).RewriteReasonAsync(LivedInProduct.Rule, "Another reason."); await new PolicyPage(visitor).ReviewAsync(); }),
        ("a new rule with mistakes", async visitor => { await new PolicyPage(visitor).WriteDenyRuleAsync("not a model!", "x"); await new PolicyPage(visitor).ReviewAsync(); }),
        ("budgets", visitor => visitor.GoAsync(PolicyPage.Budgets)),
        ("a budget", visitor => visitor.GoAsync($"{PolicyPage.Budgets}&budget={LivedInProduct.Budget}&edit=1")),
        ("a budget in review", async visitor => { await new PolicyPage(visitor).RewriteCapAsync(LivedInProduct.Budget, "60"); await new PolicyPage(visitor).ReviewAsync(); }),
        ("router", visitor => visitor.GoAsync("/dashboard/policy?tab=router")),
        ("requests", visitor => visitor.GoAsync(UsagePage.Requests)),
        ("a call", visitor => new UsagePage(visitor).OpenNewestCallAsync()),
        ("timeline", visitor => visitor.GoAsync(UsagePage.Timeline)),
        ("a change, unfolded", async visitor => { await visitor.GoAsync(UsagePage.Timeline); await new UsagePage(visitor).UnfoldAsync(new UsagePage(visitor).Entry("change", LivedInProduct.Budget)); }),
        ("a refusal, unfolded", async visitor => { await visitor.GoAsync(UsagePage.Timeline); await new UsagePage(visitor).UnfoldAsync(new UsagePage(visitor).Entry("denied", "would exceed monthly cap")); }),
        ("keys", visitor => visitor.GoAsync(KeysPage.Address)),
        ("a new key", visitor => new KeysPage(visitor).OpenFormAsync()),
        ("members", visitor => visitor.GoAsync(MembersPage.Address)),
        ("a new member", visitor => new MembersPage(visitor).OpenFormAsync()),
        ("removing a member", visitor => new MembersPage(visitor).AskRemoveAsync("ada@acme.test")),
        ("my password", visitor => visitor.GoAsync("/dashboard/members/password")),
        ("settings", visitor => visitor.GoAsync("/dashboard/settings")),
        ("projects", visitor => visitor.GoAsync("/dashboard/settings?tab=projects")),
        ("a project", async visitor => { await visitor.GoAsync("/dashboard/settings?tab=projects"); await visitor.PressAsync("Edit playground"); await Assertions.Expect(visitor.Page.GetByLabel("Name", new() { Exact = true })).ToBeVisibleAsync(); }),
        ("upstreams", visitor => visitor.GoAsync("/dashboard/settings?tab=upstreams")),
        ("a new upstream", async visitor => { await visitor.GoAsync("/dashboard/settings?tab=upstreams"); await visitor.PressAsync("New upstream"); await Assertions.Expect(visitor.Page.GetByLabel("Address", new() { Exact = true })).ToBeVisibleAsync(); }),
        ("prices", visitor => visitor.GoAsync("/dashboard/settings?tab=prices")),
        ("configuration", visitor => visitor.GoAsync("/dashboard/settings?tab=configuration")),
        ("access", visitor => visitor.GoAsync("/dashboard/settings?tab=access")),
        ("integrity", visitor => visitor.GoAsync("/dashboard/settings/integrity")),
        ("integrity, verified", async visitor => { await visitor.GoAsync("/dashboard/settings/integrity"); await visitor.PressAsync("Verify now"); await Assertions.Expect(visitor.Page.GetByText("Nothing differs").First).ToBeVisibleAsync(); }),
        (Missing, visitor => visitor.GoAsync("/dashboard/no-such-page")),
    ];

    const string Missing = "no such page";

    [Fact]
    public Task EveryPageIsAccessibleFitsAPhoneAndIsQuiet() =>
        ExamineAsync("Lived in", (examination, place, visitor) => examination.LookAsync(place, visitor, narrow: true));

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public Task EveryPageCanBeReadInTheDark() => ExamineAsync("Lived in, dark", async (examination, place, visitor) =>
    {
        await visitor.DarkenAsync();
        await examination.LookAtColoursAsync(place, visitor);
    });

    async Task ExamineAsync(string circumstances, Func<Examination, string, Visitor, Task> look)
    {
        var examination = new Examination(circumstances);
        var stranger = await Visitor.ComeAsync(lived.Product.Browser, lived.Product.App);
        var owner = await Visitor.ComeAsync(lived.Product.Browser, lived.Product.App);
        await new SignInPage(owner).EnterAsync(WelcomePage.Owner, WelcomePage.Password);
        foreach (var (place, reach) in s_places)
        {
            // Each place in a tab of its own: nothing unsaved holds back the next.
            var visitor = await (place.StartsWith("sign in", StringComparison.Ordinal) ? stranger : owner).OpenTabAsync();
            try
            {
                await visitor.TryAsync(() => reach(visitor), place);
                await look(examination, place, visitor);
            }
            catch (Exception failure) when (failure is PlaywrightException or TimeoutException or Xunit.Sdk.XunitException)
            {
                examination.Fail(place, failure);
            }
            // The browser itself reports the 404 that this page is.
            if (place != Missing)
            {
                examination.Hear(place, visitor, 0);
            }
            await visitor.Page.CloseAsync();
        }
        examination.AssertClean();
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task TheFirstVisitIsAccessibleFitsAPhoneAndIsQuiet()
    {
        await using var app = await AppProcess.StartAsync();
        var light = await Visitor.ComeAsync(lived.Product.Browser, app);
        var dark = await Visitor.ComeAsync(lived.Product.Browser, app, ColorScheme.Dark);
        var examination = new Examination("First visit");
        var link = await app.WelcomeAsync();
        await light.GoAsync("/welcome");
        await examination.LookAsync("welcome without the link, light", light, narrow: true);
        await new WelcomePage(light, link).OpenAsync();
        await examination.LookAsync("welcome, light", light, narrow: true);
        await new WelcomePage(dark, link).OpenAsync();
        await examination.LookAtColoursAsync("welcome, dark", dark);

        await new WelcomePage(light, link).SignUpAsync();
        await examination.LookAsync("the first key, light", light, narrow: true);
        await light.DarkenAsync();
        await examination.LookAtColoursAsync("the first key, dark", light);

        await light.GoAsync("/dashboard");
        await examination.LookAsync("an overview without calls", light, narrow: true);
        await light.GoAsync(PolicyPage.Budgets);
        await examination.LookAsync("no budgets yet", light, narrow: true);
        examination.Hear("console", light, 0);
        examination.AssertClean();
    }
}
