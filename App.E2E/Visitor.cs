using System.Diagnostics;
using System.Runtime.CompilerServices;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Tests;
using Microsoft.Playwright;

namespace Governance.EndToEnd;

/// <summary>Somebody at a browser of their own: goes to pages, waits until a page listens, and remembers what the console complained about.</summary>
public sealed class Visitor
{
    readonly List<string> _complaints = [];
    volatile bool _listens;

    Visitor(IPage page) => Page = page;

    public IPage Page { get; }

    /// <summary>Errors of scripts and of the console, with the page that they came from.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    public static Task<Visitor> ComeAsync(Browser browser, AppProcess app, ColorScheme scheme = ColorScheme.Light) => ComeAsync(browser, app.Url, scheme);

    public static async Task<Visitor> ComeAsync(Browser browser, Uri address, ColorScheme scheme = ColorScheme.Light)
    {
        var visitor = new Visitor(await browser.OpenAsync(address, scheme));
        await visitor.PrepareAsync();
        return visitor;
    }

    /// <summary>A second tab of the same person.</summary>
    public async Task<Visitor> OpenTabAsync()
    {
        var tab = new Visitor(await Page.Context.NewPageAsync());
        await tab.PrepareAsync();
        return tab;
    }

    /// <summary>Opens an address as if it were typed in; an interactive page is waited for until its controls answer.</summary>
    public async Task<int> GoAsync(string path)
    {
        _listens = false;
        var answer = await Page.GotoAsync(path);
        if ((await answer!.TextAsync()).Contains("<!--Blazor:{\"type\":\"server\"", StringComparison.Ordinal))
        {
            await ListenAsync();
        }
        return answer.Status;
    }

    /// <summary>Clicks meant for a page that is only drawn so far would be lost: its circuit answers with a first batch of drawing.</summary>
    async Task ListenAsync()
    {
        for (var clock = Stopwatch.StartNew(); !_listens; await Task.Delay(20))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"{Page.Url} did not become interactive: {string.Join('\n', _complaints)}");
        }
        await Page.EvaluateAsync("() => new Promise(done => setTimeout(done, 20))");
    }

    /// <summary>The visitor's system turns dark: returns once the page is drawn by the dark sheets alone, without colours on their way.</summary>
    public async Task DarkenAsync()
    {
        await Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark, ReducedMotion = ReducedMotion.Reduce });
        await Page.WaitForFunctionAsync("() => [...document.querySelectorAll('[data-sheet]')].every(sheet => sheet.sheet && themeSheets.dark.split(' ').includes(sheet.getAttribute('href')))");
    }

    public Task FillAsync(string label, string text) => Page.GetByLabel(label).FillAsync(text);

    public Task PressAsync(string button) => Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    public Task FollowAsync(string link) => Page.GetByRole(AriaRole.Link, new() { Name = link, Exact = true }).ClickAsync();

    public Task SeesAsync(string text) => Assertions.Expect(Page.GetByText(text).First).ToBeVisibleAsync();

    /// <summary>Does it; where it fails, what was on the screen stays under <c>artifacts</c>.</summary>
    public async Task TryAsync(Func<Task> deed, [CallerMemberName] string name = "")
    {
        try
        {
            await deed();
        }
        catch
        {
            var path = Path.Combine(AppProcess.RepositoryFolder, "artifacts", "browser", $"{name}.png");
            try
            {
                await Page.ScreenshotAsync(new() { Path = path, FullPage = true });
            }
            catch (Exception exception) when (exception is PlaywrightException or TimeoutException)
            {
                // What failed first is what is told.
            }
            throw;
        }
    }

    async Task PrepareAsync()
    {
        Page.SetDefaultTimeout(20_000);
        Assertions.SetDefaultExpectTimeout(15_000);
        await Page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        Page.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) => _listens |= frame.Binary.AsSpan().IndexOf("JS.RenderBatch"u8) >= 0;
        Page.PageError += (_, error) => _complaints.Add($"{Page.Url}: {error}");
        Page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                _complaints.Add($"{Page.Url}: {message.Text} {message.Location}");
            }
        };
    }
}
