using Microsoft.Playwright;

namespace Governance.EndToEnd.Pages;

/// <summary>Calls and decisions, as they happen.</summary>
public sealed class UsagePage(Visitor visitor)
{
    public const string Requests = "/dashboard/usage?tab=requests";
    public const string Timeline = "/dashboard/usage?tab=audit";

    /// <summary>The rows of calls by this key.</summary>
    public ILocator CallsBy(string key) => visitor.Page.Locator("tbody tr").Filter(new() { Has = visitor.Page.GetByText(key, new() { Exact = true }) });

    /// <summary>The entry of the timeline that says this, of this tone.</summary>
    public ILocator Entry(string tone, string text) => visitor.Page.Locator($"li.entry[data-tone={tone}]").Filter(new() { HasText = text }).First;

    public async Task UnfoldAsync(ILocator entry)
    {
        await entry.Locator("a.entry-toggle").ClickAsync();
        await Assertions.Expect(entry.Locator(".entry-detail dl.pairs").Last).ToBeVisibleAsync();
    }

    public async Task OpenNewestCallAsync()
    {
        await visitor.GoAsync(Requests);
        await visitor.Page.Locator("tbody tr a").First.ClickAsync();
        await Assertions.Expect(visitor.Page.Locator("aside.drawer")).ToBeVisibleAsync();
    }
}
