using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;

namespace Governance.Tests.Shell.Circuits;

/// <summary>Where a planted component throws, until it is mended.</summary>
public enum Moment
{
    Nowhere,
    Initialized,
    Loading,
    Parameters,
    Drawing,
    Drawn,
    LaterDrawn,
    Click,
    LaterClick,
}

/// <summary>What a planted component does.</summary>
public sealed class Plan
{
    public Moment Throws { get; set; }
}

/// <summary>A component that throws at the moment of its plan.</summary>
public sealed class PlantedPart : ComponentBase
{
    [Inject] public required Plan Plan { get; init; }

    protected override void OnInitialized() => Reach(Moment.Initialized);

    protected override async Task OnInitializedAsync()
    {
        await Task.Yield();
        Reach(Moment.Loading);
    }

    protected override void OnParametersSet() => Reach(Moment.Parameters);

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        Reach(Moment.Drawing);
        builder.OpenElement(0, "button");
        builder.AddAttribute(1, "onclick", EventCallback.Factory.Create<MouseEventArgs>(this, ClickAsync));
        builder.AddContent(2, "Works");
        builder.CloseElement();
    }

    protected override void OnAfterRender(bool firstRender) => Reach(Moment.Drawn);

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        await Task.Yield();
        Reach(Moment.LaterDrawn);
    }

    async Task ClickAsync()
    {
        Reach(Moment.Click);
        await Task.Yield();
        Reach(Moment.LaterClick);
    }

    void Reach(Moment moment)
    {
        if (Plan.Throws == moment)
        {
            throw new InvalidOperationException($"Planted at {moment}.");
        }
    }
}
