using System.Security.Cryptography;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.Extensions.Options;

namespace Governance.Shell.Controls;

/// <summary>Keeps the circuit where a component within it throws while it is drawn, loads or answers a click: says so, and draws it anew on request or when the address changes.</summary>
public sealed partial class FailureBoundary
{
    string reference = "";

    [Inject] ILogger<FailureBoundary> Logger { get; set; } = null!;

    [Inject] IOptions<Frame> Frame { get; set; } = null!;

    [Inject] NavigationManager Navigation { get; set; } = null!;

    string What => Frame.Value.IsAway(CurrentException!)
        ? "The database cannot be reached, so this could not go on. Retry once it answers."
        : "This part of the page failed on our side.";

    public void Dispose() => Navigation.LocationChanged -= OnLocationChanged;

    protected override void OnInitialized() => Navigation.LocationChanged += OnLocationChanged;

    protected override Task OnErrorAsync(Exception exception)
    {
        reference = RandomNumberGenerator.GetHexString(10, lowercase: true);
        LogFailure(Logger, exception, Navigation.Uri, reference);
        return Task.CompletedTask;
    }

    void OnLocationChanged(object? sender, LocationChangedEventArgs change) => Recover();

    [LoggerMessage(LogLevel.Error, "A part of the page {Address} failed and was taken from it, reference {Reference}")]
    static partial void LogFailure(ILogger logger, Exception exception, string address, string reference);
}
