using Microsoft.Playwright;

namespace Governance.EndToEnd;

/// <summary>One Chromium for the tests of a class. The machine's own is used; Playwright's download only where there is none.</summary>
public sealed class Browser : IAsyncLifetime
{
    static readonly string[] s_places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    IPlaywright? _playwright;
    IBrowser? _chromium;

    public async Task InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _chromium = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("GOVERNANCE_CHROMIUM") ?? s_places.FirstOrDefault(File.Exists),
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    /// <summary>A page in a context of its own: no cookie of another test. It takes the certificates that tests make.</summary>
    public async Task<IPage> OpenAsync(Uri baseUrl, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await _chromium!.NewContextAsync(new BrowserNewContextOptions { BaseURL = baseUrl.AbsoluteUri, ColorScheme = scheme, Locale = "en-US", IgnoreHTTPSErrors = true });
        return await context.NewPageAsync();
    }

    public async Task DisposeAsync()
    {
        if (_chromium is not null)
        {
            await _chromium.DisposeAsync();
        }
        _playwright?.Dispose();
    }
}
