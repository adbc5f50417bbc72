using Governance.EndToEnd.Pages;
using Microsoft.Playwright;

namespace Governance.EndToEnd;

public sealed class CircuitTests(Product product) : IClassFixture<Product>
{
    [Fact]
    public async Task AThresholdThatRepeatsAnotherIsToldAndCanBePutRight()
    {
        var owner = await product.Owner.OpenTabAsync();
        await owner.TryAsync(async () =>
        {
            var policy = new PolicyPage(owner);
            await policy.WriteCapAsync("playground", "40.00");
            await owner.FillAsync("Id", "thresholds");
            await owner.PressAsync("75 · 90 · 100 %");
            await policy.ReviewAsync();
            await policy.SaveAsync("budget");

            await policy.RewriteCapAsync("thresholds", "45.00");
            await owner.FillAsync("Warning 1 in percent of the cap", "90");
            await owner.SeesAsync("repeats 90 %");
            await owner.FillAsync("Warning 1 in percent of the cap", "60");
            await policy.ReviewAsync();
            await Assertions.Expect(policy.Review).ToContainTextAsync("at 60 % added");
            await policy.SaveAsync("budget");
            Assert.Empty(owner.Complaints);
        });
        AssertNoCircuitEnded();
    }

    [Fact]
    public async Task PagesThatAreLeftWhileTheyLoadEndNoCircuit()
    {
        var owner = await product.Owner.OpenTabAsync();
        await owner.TryAsync(async () =>
        {
            await owner.GoAsync("/dashboard");
            for (var round = 0; round < 3; round++)
            {
                foreach (var link in (string[])["Usage", "Policy", "Usage", "Keys", "Members", "Usage", "Settings", "Overview"])
                {
                    // The next one is followed before this one has loaded.
                    await owner.Page.Locator("#navigation").GetByRole(AriaRole.Link, new() { Name = link }).EvaluateAsync("link => link.click()");
                }
            }
            foreach (var path in (string[])[UsagePage.Timeline, UsagePage.Requests, PolicyPage.Budgets])
            {
                var tab = await owner.OpenTabAsync();
                await tab.Page.GotoAsync(path, new() { WaitUntil = WaitUntilState.Commit });
                await tab.Page.CloseAsync();
            }
            await owner.GoAsync(UsagePage.Timeline);
            await owner.SeesAsync("Live · updated");
            Assert.Equal("none", await owner.Page.EvaluateAsync<string>("() => getComputedStyle(document.getElementById('blazor-error-ui')).display"));
            Assert.Empty(owner.Complaints);
        });
        AssertNoCircuitEnded();
    }

    void AssertNoCircuitEnded()
    {
        Assert.DoesNotContain("Unhandled exception", product.App.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("failed and was taken from it", product.App.Output, StringComparison.Ordinal);
    }
}
