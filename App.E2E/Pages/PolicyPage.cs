using Microsoft.Playwright;

namespace Governance.EndToEnd.Pages;

/// <summary>Rules and caps.</summary>
public sealed class PolicyPage(Visitor visitor)
{
    public const string Rules = "/dashboard/policy";
    public const string Budgets = "/dashboard/policy?tab=budgets";

    IPage Page => visitor.Page;

    /// <summary>What the form says that it will do.</summary>
    public ILocator Preview => Page.Locator("aside .lead");

    /// <summary>The review that comes before saving.</summary>
    public ILocator Review => Page.Locator("section[aria-labelledby=review-title]");

    public async Task WriteDenyRuleAsync(string model, string reason)
    {
        await visitor.GoAsync(Rules);
        await visitor.FollowAsync("New rule");
        await visitor.FillAsync("Model 1", model);
        await visitor.FillAsync("Reason", reason);
    }

    public async Task RewriteReasonAsync(string rule, string reason)
    {
        await visitor.GoAsync(Rules);
        await visitor.FollowAsync($"Edit {rule}");
        await visitor.FillAsync("Reason", reason);
    }

    public async Task WriteCapAsync(string project, string dollars)
    {
        await visitor.GoAsync(Budgets);
        await visitor.FollowAsync("New budget");
        await visitor.PressAsync("Add a dimension");
        await Page.GetByLabel("Which project").SelectOptionAsync(project);
        await visitor.FillAsync("Cap in US dollars", dollars);
    }

    public async Task RewriteCapAsync(string budget, string dollars)
    {
        await visitor.GoAsync(Budgets);
        await visitor.FollowAsync($"Edit budget {budget}");
        await visitor.FillAsync("Cap in US dollars", dollars);
    }

    public Task ReviewAsync() => visitor.PressAsync("Review changes");

    public async Task SaveAsync(string what)
    {
        await visitor.PressAsync($"Save {what}");
        await SavedAsync();
    }

    /// <summary>A cap that stops calls at once has to be confirmed by typing its name.</summary>
    public async Task SaveAndBlockAsync(string budget)
    {
        await visitor.PressAsync("Save and block calls…");
        await visitor.FillAsync($"Type {budget} to go on", budget);
        await visitor.PressAsync("Save and block calls");
        await SavedAsync();
    }

    Task SavedAsync() => Assertions.Expect(Page.GetByRole(AriaRole.Link, new() { Name = "See it in the audit timeline" })).ToBeVisibleAsync();
}
