using Microsoft.Playwright;

namespace Governance.EndToEnd.Pages;

/// <summary>The keys that programs call with.</summary>
public sealed class KeysPage(Visitor visitor)
{
    public const string Address = "/dashboard/keys";

    public async Task OpenFormAsync()
    {
        await visitor.GoAsync(Address);
        await visitor.PressAsync("New key");
        await Assertions.Expect(visitor.Page.GetByLabel("Id", new() { Exact = true })).ToBeVisibleAsync();
    }

    /// <summary>Makes a key and answers its secret, which stays on the screen until it is said to be stored.</summary>
    public async Task<string> MakeAsync(string id, string project)
    {
        await OpenFormAsync();
        await visitor.Page.GetByLabel("Id", new() { Exact = true }).FillAsync(id);
        await visitor.Page.GetByLabel("Project", new() { Exact = true }).SelectOptionAsync(project);
        await visitor.PressAsync("Create key");
        return await visitor.Page.GetByRole(AriaRole.Textbox, new() { Name = "Its secret" }).InnerTextAsync();
    }

    public async Task PutAwayAsync()
    {
        await visitor.Page.GetByLabel("I stored the secret").CheckAsync();
        await visitor.PressAsync("Close");
    }
}
