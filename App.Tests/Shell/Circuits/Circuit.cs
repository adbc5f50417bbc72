using System.Security.Claims;
using Governance.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.RenderTree;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

#pragma warning disable BL0006 // The frames of a render tree are read here as the browser's renderer reads them.

namespace Governance.Tests.Shell.Circuits;

/// <summary>An interactive part as a circuit runs it, without a browser: it is drawn, clicked, left and ended, and what no boundary takes ends the circuit.</summary>
sealed class Circuit : Renderer
{
    readonly AsyncServiceScope _scope;
    readonly List<Exception> _ends = [];
    readonly List<int> _roots = [];

    Circuit(AsyncServiceScope scope, FakeBrowser browser, object[] further)
        : base(new Replaced(scope.ServiceProvider, [browser, .. further]), scope.ServiceProvider.GetRequiredService<ILoggerFactory>())
    {
        (_scope, Browser) = (scope, browser);
        ElementReferenceContext = new WebElementReferenceContext(browser);
    }

    public FakeBrowser Browser { get; }

    /// <summary>Everything that would have ended the circuit.</summary>
    public IReadOnlyList<Exception> Ends
    {
        get { lock (_ends) { return [.. _ends]; } }
    }

    public override Dispatcher Dispatcher { get; } = Dispatcher.CreateDefault();

    protected override RendererInfo RendererInfo { get; } = new("Server", isInteractive: true);

    /// <param name="address">The path and query of the page.</param>
    /// <param name="member">Who is signed in; null for nobody.</param>
    /// <param name="further">Services that stand in for the host's, each by its own type.</param>
    public static Circuit Begin(IServiceProvider host, string address, ClaimsPrincipal? member, params object[] further)
    {
        var scope = host.CreateAsyncScope();
        ((IHostEnvironmentNavigationManager)scope.ServiceProvider.GetRequiredService<NavigationManager>()).Initialize("http://localhost/", "http://localhost" + address);
        ((IHostEnvironmentAuthenticationStateProvider)scope.ServiceProvider.GetRequiredService<AuthenticationStateProvider>())
            .SetAuthenticationState(Task.FromResult(new AuthenticationState(member ?? new ClaimsPrincipal())));
        return new Circuit(scope, new FakeBrowser(), further);
    }

    /// <summary>Draws the part; the task ends once nothing loads any more.</summary>
    public Task OpenAsync(Type part) => Dispatcher.InvokeAsync(() =>
    {
        var root = AssignRootComponentId(InstantiateComponent(typeof(InteractivePart)));
        _roots.Add(root);
        return RenderRootComponentAsync(root, ParameterView.FromDictionary(new Dictionary<string, object?> { [nameof(InteractivePart.Part)] = part.AssemblyQualifiedName }));
    });

    /// <summary>Takes everything from the page while the circuit goes on, as a link within the site does.</summary>
    public Task LeaveAsync() => Dispatcher.InvokeAsync(() =>
    {
        _roots.ForEach(RemoveRootComponent);
        _roots.Clear();
    });

    public Task ClickAsync(string button) => Dispatcher.InvokeAsync(() => DispatchEventAsync(
        Elements().First(element => element.Name == "button" && element.Text.Trim() == button).Handler("onclick"), null, new MouseEventArgs()));

    public Task TypeAsync(string id, string text) => Dispatcher.InvokeAsync(() => DispatchEventAsync(
        Elements().Single(element => element.Attribute("id") as string == id).Handler("oninput"), null, new ChangeEventArgs { Value = text }));

    /// <summary>Types and leaves the field.</summary>
    public Task ChangeAsync(string id, string text) => Dispatcher.InvokeAsync(() => DispatchEventAsync(
        Elements().Single(element => element.Attribute("id") as string == id).Handler("onchange"), null, new ChangeEventArgs { Value = text }));

    /// <summary>Sends the only form of the page.</summary>
    public Task SubmitAsync() => Dispatcher.InvokeAsync(() => DispatchEventAsync(
        Elements().Single(element => element.Name == "form").Handler("onsubmit"), null, EventArgs.Empty));

    public Task<string> TextAsync() => Dispatcher.InvokeAsync(() => string.Concat(_roots.Select(Text)));

    /// <summary>Waits until something holds, for what the page does by itself.</summary>
    public async Task UntilAsync(Func<string, bool> holds)
    {
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); !holds(await TextAsync()); await Task.Delay(20))
        {
            Assert.True(clock.Elapsed < Eventually.Patience, await TextAsync());
        }
    }

    protected override void HandleException(Exception exception)
    {
        lock (_ends) { _ends.Add(exception); }
    }

    protected override IComponent ResolveComponentForRenderMode(Type componentType, int? parentComponentId, IComponentActivator componentActivator, IComponentRenderMode renderMode) =>
        componentActivator.CreateInstance(componentType);

    protected override Task UpdateDisplayAsync(in RenderBatch renderBatch) => Task.CompletedTask;

    /// <summary>Ends the circuit, as it ends when the browser has gone.</summary>
    public async Task EndAsync()
    {
        await Dispatcher.InvokeAsync(() => ((IAsyncDisposable)this).DisposeAsync().AsTask());
        await _scope.DisposeAsync();
    }

    List<Element> Elements() => [.. _roots.SelectMany(Elements)];

    IEnumerable<Element> Elements(int component)
    {
        var frames = GetCurrentRenderTreeFrames(component);
        for (var at = 0; at < frames.Count; at++)
        {
            var frame = frames.Array[at];
            // One that could not be made has no number of its own.
            if (frame is { FrameType: RenderTreeFrameType.Component, ComponentId: > 0 })
            {
                foreach (var inner in Elements(frame.ComponentId))
                {
                    yield return inner;
                }
            }
            else if (frame.FrameType is RenderTreeFrameType.Element)
            {
                var attributes = frames.Array[(at + 1)..(at + frame.ElementSubtreeLength)].TakeWhile(inner => inner.FrameType is RenderTreeFrameType.Attribute).ToList();
                yield return new Element(frame.ElementName, attributes, Text(frames, at, at + frame.ElementSubtreeLength));
            }
        }
    }

    string Text(int component) => GetCurrentRenderTreeFrames(component) is var frames ? Text(frames, 0, frames.Count) : "";

    string Text(ArrayRange<RenderTreeFrame> frames, int from, int to) => string.Concat(Enumerable.Range(from, to - from).Select(at => frames.Array[at] switch
    {
        { FrameType: RenderTreeFrameType.Text } frame => frame.TextContent,
        { FrameType: RenderTreeFrameType.Markup } frame => System.Text.RegularExpressions.Regex.Replace(frame.MarkupContent, "<[^>]*>", ""),
        { FrameType: RenderTreeFrameType.Component, ComponentId: > 0 } frame => Text(frame.ComponentId),
        _ => "",
    }));

    /// <summary>An element of the page as it is drawn now.</summary>
    sealed record Element(string Name, IReadOnlyList<RenderTreeFrame> Attributes, string Text)
    {
        public object? Attribute(string name) => Attributes.Where(attribute => attribute.AttributeName == name).Select(attribute => attribute.AttributeValue).FirstOrDefault();

        public ulong Handler(string name) => Attributes.First(attribute => attribute.AttributeName == name).AttributeEventHandlerId;
    }

    /// <summary>The host's services, but for some.</summary>
    sealed class Replaced(IServiceProvider host, IReadOnlyList<object> own) : IServiceProvider
    {
        public object? GetService(Type serviceType) => own.FirstOrDefault(serviceType.IsInstanceOfType) ?? host.GetService(serviceType);
    }
}
