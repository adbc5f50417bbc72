using Microsoft.Playwright;

namespace Governance.EndToEnd.Pages;

/// <summary>Who may sign in.</summary>
public sealed class MembersPage(Visitor visitor)
{
    public const string Address = "/dashboard/members";

    public ILocator RowOf(string email) => visitor.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = email });

    public async Task OpenFormAsync()
    {
        await visitor.GoAsync(Address);
        await visitor.PressAsync("Add member");
        await Assertions.Expect(visitor.Page.GetByLabel("E-mail")).ToBeVisibleAsync();
    }

    public async Task AddAsync(string email, string role, string password)
    {
        await OpenFormAsync();
        await visitor.FillAsync("E-mail", email);
        await visitor.Page.GetByLabel("Role", new() { Exact = true }).SelectOptionAsync(role);
        await visitor.FillAsync("Initial password", password);
        await visitor.Page.Locator("form").GetByRole(AriaRole.Button, new() { Name = "Add member" }).ClickAsync();
        await Assertions.Expect(RowOf(email)).ToBeVisibleAsync();
    }

    public async Task AskRemoveAsync(string email)
    {
        await visitor.GoAsync(Address);
        await visitor.PressAsync($"Remove {email}");
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
    }

    public async Task RemoveAsync(string email)
    {
        await AskRemoveAsync(email);
        await visitor.FillAsync($"Type {email} to go on", email);
        await visitor.PressAsync("Remove member");
        await Assertions.Expect(RowOf(email)).ToHaveCountAsync(0);
    }
}
