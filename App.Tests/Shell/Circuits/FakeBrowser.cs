using Microsoft.JSInterop;

namespace Governance.Tests.Shell.Circuits;

/// <summary>How a browser takes what its scripts are asked.</summary>
public enum Answering
{
    /// <summary>At once.</summary>
    Works,
    /// <summary>Never; only whoever asked may give up.</summary>
    Silent,
    /// <summary>Too late: the call was given up for it.</summary>
    Late,
    /// <summary>Not any more: the connection is gone.</summary>
    Gone,
    /// <summary>With an error of the script.</summary>
    Broken,
}

/// <summary>The browser's scripts as an open page asks them, answering as the test says.</summary>
sealed class FakeBrowser : IJSRuntime, IJSObjectReference
{
    public Answering Answering { get; set; }

    /// <summary>The functions that were asked for.</summary>
    public List<string> Asked { get; } = [];

    public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => InvokeAsync<TValue>(identifier, CancellationToken.None, args);

    public async ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args)
    {
        Asked.Add(identifier);
        // Answers of a browser come from elsewhere, never within the question.
        await Task.Yield();
        switch (Answering)
        {
            case Answering.Silent:
                await Task.Delay(Timeout.Infinite, cancellationToken);
                break;
            case Answering.Late:
                throw new TaskCanceledException();
            case Answering.Gone:
                throw new JSDisconnectedException("The browser has gone.");
            case Answering.Broken:
                throw new JSException("The element is not there.");
        }
        return identifier == "import" ? (TValue)(object)this : default!;
    }

    public ValueTask DisposeAsync() => new(InvokeAsync<object?>("dispose", null).AsTask());
}
