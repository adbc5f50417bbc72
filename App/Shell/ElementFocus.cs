using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Governance.Shell;

/// <summary>Moves the reader's focus, where the element is still on the page by then.</summary>
static class ElementFocus
{
    public static async Task MoveToAsync(ElementReference element, bool preventScroll = false)
    {
        try
        {
            await element.FocusAsync(preventScroll);
        }
        catch (Exception exception) when (exception is JSException or JSDisconnectedException or OperationCanceledException or ObjectDisposedException)
        {
            // The page was left meanwhile; the focus is elsewhere already.
        }
    }
}
