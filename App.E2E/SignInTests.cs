using System.Diagnostics;
using Governance.EndToEnd.Pages;
using Governance.Tests.Proofs;
using Microsoft.Playwright;

namespace Governance.EndToEnd;

public sealed class SignInTests(Product product) : IClassFixture<Product>
{
    const string Password = "nine grey geese fly south";

    /// <summary>What the owner may press on each page, and an auditor may not.</summary>
    static readonly (string Path, string Button)[] s_controls =
    [
        (KeysPage.Address, "New key"),
        (MembersPage.Address, "Add member"),
        ("/dashboard/settings", "Save workspace"),
        ("/dashboard/settings", "Stop all calls…"),
        ("/dashboard/settings?tab=projects", "New project"),
        ("/dashboard/settings?tab=upstreams", "New upstream"),
        ("/dashboard/settings?tab=access", "Create management key"),
        ("/dashboard/policy?tab=budgets&edit=1", "Review changes"),
        ("/dashboard/policy?edit=1", "Review changes"),
        ("/dashboard/policy?tab=router", "Review changes"),
    ];

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task AWrongPasswordIsToldAndAfterTenAttemptsOneWaits()
    {
        var member = await HireAsync("lea@acme.test", "Developer");
        await member.TryAsync(async () =>
        {
            var door = new SignInPage(member);
            for (var attempt = 0; attempt < 10; attempt++)
            {
                await door.SignInAsync("lea@acme.test", "not the password");
                await Assertions.Expect(door.Refusal).ToContainTextAsync("The e-mail or the password is wrong");
            }
            await door.SignInAsync("lea@acme.test", Password);
            await Assertions.Expect(door.Refusal).ToContainTextAsync("There were too many attempts");
            Assert.EndsWith("/sign-in", member.Page.Url, StringComparison.Ordinal);
        });
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task WhoeverSignsOutIsAskedAgain()
    {
        var member = await HireAsync("tom@acme.test", "Developer");
        await member.TryAsync(async () =>
        {
            var door = new SignInPage(member);
            await door.EnterAsync("tom@acme.test", Password);
            await door.SignOutAsync();
            await member.GoAsync(KeysPage.Address);
            Assert.Contains("/sign-in", member.Page.Url, StringComparison.Ordinal);
        });
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task AnAuditorLooksAtEverythingAndChangesNothing()
    {
        var auditor = await HireAsync("ada@acme.test", "Auditor");
        await auditor.TryAsync(async () =>
        {
            await new SignInPage(auditor).EnterAsync("ada@acme.test", Password);
            var open = new List<string>();
            foreach (var (path, name) in s_controls)
            {
                Assert.Equal(200, await auditor.GoAsync(path));
                var button = auditor.Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
                await Assertions.Expect(button).ToBeVisibleAsync();
                if (await button.IsEnabledAsync())
                {
                    open.Add($"{path}: {name}");
                }
            }
            Assert.True(open.Count == 0, "An auditor may press: " + string.Join(", ", open));
            Assert.Empty(auditor.Complaints);
        });
    }

    [Fact]
    public async Task ARemovedMemberIsThrownOutWithinHalfAMinute()
    {
        var member = await HireAsync("kim@acme.test", "Admin");
        await member.TryAsync(async () =>
        {
            var door = new SignInPage(member);
            await door.EnterAsync("kim@acme.test", Password);
            await member.GoAsync(KeysPage.Address);
            await new MembersPage(product.Owner).RemoveAsync("kim@acme.test");

            // The page that was open already does nothing any more, from the first click on.
            await member.PressAsync("New key");
            await member.Page.GetByLabel("Id", new() { Exact = true }).FillAsync("too-late");
            await member.PressAsync("Create key");
            await member.SeesAsync("Your session has ended");

            var clock = Stopwatch.StartNew();
            while (!member.Page.Url.Contains("/sign-in", StringComparison.Ordinal))
            {
                Assert.True(clock.Elapsed < TimeSpan.FromSeconds(35), "A removed member still sees the pages.");
                await Task.Delay(1000);
                // The session may end between the page and its circuit, so that the page need not become interactive.
                await member.Page.GotoAsync(KeysPage.Address);
            }
            await door.SignInAsync("kim@acme.test", Password);
            await Assertions.Expect(door.Refusal).ToBeVisibleAsync();
        });
    }

    /// <summary>The session ended between the page and its circuit: the page lies there drawn, and nothing on it answers.</summary>
    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task APageWhoseCircuitIsRefusedSaysThatItHasStopped()
    {
        var member = await HireAsync("noor@acme.test", "Admin");
        await member.TryAsync(async () =>
        {
            await new SignInPage(member).EnterAsync("noor@acme.test", Password);
            await member.GoAsync(KeysPage.Address);
            var notice = member.Page.Locator("#blazor-error-ui");
            await Assertions.Expect(notice).ToBeHiddenAsync();
            await member.Page.RouteAsync("**/_blazor/**", route => route.FulfillAsync(new() { Status = 401, Body = "The session has ended. Sign in again." }));
            await member.Page.GotoAsync(KeysPage.Address);
            await Assertions.Expect(notice).ToContainTextAsync("This page has stopped answering.");
            await Assertions.Expect(notice).ToBeVisibleAsync();
        });
    }

    /// <summary>The owner adds a member, who comes to the door with a browser of their own.</summary>
    async Task<Visitor> HireAsync(string email, string role)
    {
        await product.Owner.TryAsync(() => new MembersPage(product.Owner).AddAsync(email, role, Password), "Hire-" + role);
        return await Visitor.ComeAsync(product.Browser, product.App);
    }
}
