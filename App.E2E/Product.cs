using Governance.EndToEnd.Pages;
using Governance.Tests;

namespace Governance.EndToEnd;

/// <summary>One running product with an owner, and one browser, for the tests of a class.</summary>
public sealed class Product : IAsyncLifetime
{
    public AppProcess App { get; private set; } = null!;

    public Browser Browser { get; } = new();

    /// <summary>The owner, signed in.</summary>
    public Visitor Owner { get; private set; } = null!;

    /// <summary>The key that was shown at the first visit.</summary>
    public string Key { get; private set; } = "";

    public async Task InitializeAsync()
    {
        App = await AppProcess.StartAsync();
        await Browser.InitializeAsync();
        Owner = await Visitor.ComeAsync(Browser, App);
        await Owner.TryAsync(async () => Key = await new WelcomePage(Owner, await App.WelcomeAsync()).SignUpAsync(), "Product");
    }

    public async Task DisposeAsync()
    {
        await Browser.DisposeAsync();
        await App.DisposeAsync();
    }
}
