using Governance.EndToEnd.Pages;
using Governance.Tests.Proofs;
using Microsoft.Playwright;

namespace Governance.EndToEnd;

public sealed class ReadmeTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task AStrangerWhoClonesAndRunsSeesTheFirstCallArrive()
    {
        await using var product = await ClonedProduct.StartAsync();
        var owner = await Visitor.ComeAsync(browser, product.Url);
        await owner.TryAsync(async () =>
        {
            Assert.Equal(200, await owner.GoAsync("/"));
            Assert.EndsWith("/welcome", owner.Page.Url, StringComparison.Ordinal);
            await owner.SeesAsync("Open the link from the console");
            Assert.NotEqual("", await owner.Page.EvaluateAsync<string>("() => getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()"));
            var key = await new WelcomePage(owner, product.Welcome).SignUpAsync();
            Assert.StartsWith("sk-gov-", key, StringComparison.Ordinal);
            await owner.SeesAsync("nobody bills it");

            Assert.Equal(200, await owner.GoAsync("/dashboard"));
            await owner.SeesAsync("Waiting for your first call…");
            await owner.Page.EvaluateAsync("() => { window.stayed = true; }");
            Assert.Equal(200, await product.Call.SendAsync());
            await owner.SeesAsync("The first call has arrived.");
            await Assertions.Expect(owner.Page.Locator(".figure").Filter(new() { Has = owner.Page.GetByText("Calls", new() { Exact = true }) })).ToContainTextAsync("1");
            Assert.True(await owner.Page.EvaluateAsync<bool>("() => window.stayed === true"), "The overview was reloaded.");

            await owner.GoAsync(UsagePage.Requests);
            await Assertions.Expect(new UsagePage(owner).CallsBy("first-key")).ToHaveCountAsync(1);
            Assert.Empty(owner.Complaints);
        });
        Assert.True(File.Exists(Path.Combine(product.Folder, "data", "governance.db")));
        Assert.DoesNotContain("Unhandled exception", product.Output, StringComparison.Ordinal);
    }
}
