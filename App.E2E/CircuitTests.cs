using Governance.EndToEnd.Pages;
using Governance.Tests.Proofs;
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
    [Trait(Effort.Trait, Effort.Lengthy)]
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

    /// <summary>The page takes what the interface takes, all of it.</summary>
    [Fact]
    public async Task ADocumentOfAMebibyteIsPlannedAndAppliedOnThePage()
    {
        var owner = await product.Owner.OpenTabAsync();
        await owner.TryAsync(async () =>
        {
            await owner.GoAsync("/dashboard/settings?tab=configuration");
            const string Sections = "apiVersion: governance/v1\nprojects:\n  - { id: of-a-mebibyte, name: Of a mebibyte }\n";
            var text = Sections + string.Concat(Enumerable.Repeat("# a line of sixty-four bytes, as long documents have many of them\n", 20_000))[..((1024 * 1024) - Sections.Length - 1)] + "\n";
            // Put there at once: Chromium lays out what is typed line by line, sixteen thousand times.
            await owner.Page.GetByLabel("Document (YAML or JSON)").EvaluateAsync("(area, text) => { area.focus(); area.value = text; area.dispatchEvent(new Event('change', { bubbles: true })); }", text);
            await owner.PressAsync("Plan");
            await owner.SeesAsync("Of a mebibyte");
            await owner.PressAsync("Apply 1 change");
            await owner.SeesAsync("Applied, as one change");
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
