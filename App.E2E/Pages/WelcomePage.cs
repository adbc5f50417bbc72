using Microsoft.Playwright;

namespace Governance.EndToEnd.Pages;

/// <summary>The first visit.</summary>
/// <param name="link">What follows the address in the link that the console prints.</param>
public sealed class WelcomePage(Visitor visitor, string link)
{
    public const string Owner = "maria@acme.test";
    public const string Password = "a quiet harbour at dawn";

    public async Task OpenAsync() => await visitor.GoAsync(link);

    /// <summary>Makes the owner and answers the first key, which is shown now and never again.</summary>
    public async Task<string> SignUpAsync()
    {
        await OpenAsync();
        await visitor.FillAsync("Workspace", "Acme");
        await visitor.FillAsync("E-mail", Owner);
        await visitor.FillAsync("Password", Password);
        await visitor.PressAsync("Create the workspace");
        return await visitor.Page.GetByRole(AriaRole.Textbox, new() { Name = "Your first key" }).InnerTextAsync();
    }
}
