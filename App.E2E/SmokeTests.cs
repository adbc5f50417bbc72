using Governance.Gateway.Upstreams.Sandbox;
using Governance.Tests;

namespace Governance.EndToEnd;

public sealed class SmokeTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task TheFirstPageOpensWithoutAnErrorInTheConsole()
    {
        await using var app = await AppProcess.StartAsync();
        var page = await browser.OpenAsync(app.Url);
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);
        page.Console += (_, message) => { if (message.Type == "error") { errors.Add($"{message.Text} {message.Location}"); } };

        var answer = await page.GotoAsync("/");

        Assert.Equal(200, answer!.Status);
        Assert.False(string.IsNullOrWhiteSpace(await page.Locator("body").InnerTextAsync()));
        Assert.Equal("object", await page.EvaluateAsync<string>("typeof window.Blazor"));
        Assert.True(errors.Count == 0, string.Join('\n', errors));
    }
}
