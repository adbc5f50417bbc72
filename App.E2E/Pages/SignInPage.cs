using Microsoft.Playwright;

namespace Governance.EndToEnd.Pages;

/// <summary>The way in and the way out.</summary>
public sealed class SignInPage(Visitor visitor)
{
    public ILocator Refusal => visitor.Page.Locator("#password-problem");

    public async Task SignInAsync(string email, string password)
    {
        await visitor.GoAsync("/sign-in");
        await visitor.FillAsync("E-mail", email);
        await visitor.FillAsync("Password", password);
        await visitor.PressAsync("Sign in");
    }

    /// <summary>The same, by somebody who is let in.</summary>
    public async Task EnterAsync(string email, string password)
    {
        await SignInAsync(email, password);
        await visitor.Page.WaitForURLAsync("**/dashboard");
    }

    public async Task SignOutAsync()
    {
        await visitor.Page.GetByLabel("Account", new() { Exact = true }).ClickAsync();
        await visitor.PressAsync("Sign out");
        await visitor.Page.WaitForURLAsync("**/sign-in");
    }
}
