using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Governance.Tests.Shell;

/// <summary>Renders a part of the frame to its elements, at an instant of the test's choosing.</summary>
static class Rendered
{
    public static readonly DateTimeOffset Now = new(2026, 11, 21, 14, 22, 7, TimeSpan.Zero);

    public static async Task<IElement> BodyOf<TComponent>(params (string Name, object? Value)[] parameters)
        where TComponent : IComponent
    {
        await using var context = new BunitContext();
        context.Services.AddSingleton<TimeProvider>(new FakeTimeProvider(Now));
        context.JSInterop.Mode = JSRuntimeMode.Loose;
        var component = context.Render<TComponent>(builder =>
        {
            foreach (var (name, value) in parameters)
            {
                builder.TryAdd(name, value);
            }
        });
        return new HtmlParser().ParseDocument(component.Markup).Body!;
    }
}
