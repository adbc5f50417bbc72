using Microsoft.JSInterop;

namespace Governance.Shell;

/// <summary>The functions of a script file, for a component that may leave the page before the browser answers: what is asked then is dropped, and nothing is thrown.</summary>
sealed class ScriptModule(IJSRuntime browser, string path) : IDisposable
{
    static readonly TimeSpan lastCallLimit = TimeSpan.FromSeconds(30);

    readonly CancellationTokenSource left = new();
    Task<IJSObjectReference>? loading;

    /// <summary>False where the page was left meanwhile. Throws <see cref="JSException"/> where the script fails.</summary>
    public async Task<bool> CallAsync(string function, params object?[] arguments)
    {
        try
        {
            await (await LoadAsync()).InvokeVoidAsync(function, left.Token, arguments);
            return true;
        }
        catch (Exception exception) when (IsLeaving(exception))
        {
            return false;
        }
    }

    /// <summary>The same for what the page can do without: false where the script fails, too.</summary>
    public async Task<bool> TryCallAsync(string function, params object?[] arguments)
    {
        try
        {
            return await CallAsync(function, arguments);
        }
        catch (JSException)
        {
            return false;
        }
    }

    /// <summary>What the function answers, however long it takes; the default where the page was left meanwhile. Throws <see cref="JSException"/> where the script fails.</summary>
    public async Task<T?> AskAsync<T>(string function, params object?[] arguments)
    {
        try
        {
            return await (await LoadAsync()).InvokeAsync<T>(function, left.Token, arguments);
        }
        catch (Exception exception) when (IsLeaving(exception))
        {
            return default;
        }
    }

    public void Dispose() => Leave(null);

    /// <summary>Ends it with a last call. Nobody waits for the answer: the browser may be gone, and whoever disposes must not fail for that.</summary>
    public void Leave(string? function, params object?[] arguments)
    {
        left.Cancel();
        if (loading is { IsCompletedSuccessfully: true })
        {
            _ = FinishAsync(loading.Result, function, arguments);
        }
        left.Dispose();
    }

    async Task FinishAsync(IJSObjectReference module, string? function, object?[] arguments)
    {
        try
        {
            if (function is not null)
            {
                await module.InvokeVoidAsync(function, lastCallLimit, arguments);
            }
            await module.DisposeAsync();
        }
        catch (Exception exception) when (IsLeaving(exception))
        {
            // The browser left first and took the module with it.
        }
    }

    Task<IJSObjectReference> LoadAsync() => loading = loading is null or { IsFaulted: true }
        ? browser.InvokeAsync<IJSObjectReference>("import", left.Token, path).AsTask()
        : loading;

    /// <summary>A script that fails while its page goes has lost its elements: that is no fault of it.</summary>
    bool IsLeaving(Exception exception) =>
        exception is JSDisconnectedException or OperationCanceledException or ObjectDisposedException || (exception is JSException && left.IsCancellationRequested);
}
