using Governance.Gateway.Reading;
using Microsoft.Extensions.Options;

namespace Governance.Gateway;

/// <summary>Whether calls are taken at all, and the limits under which bodies are read.</summary>
sealed class GatewayState(IHostApplicationLifetime lifetime, IOptions<GatewaySettings> settings)
{
    static readonly Refusal Draining = Refusal.Plain(503, "api_error", "This instance is being stopped; try again.", "draining", retryAfterSeconds: 1, shouldRetry: true);

    /// <summary>A mode may choose the model, so a body without one is read all the same; the gate then looks for a route.</summary>
    public ReadLimits Limits { get; } = new() { DepthMax = settings.Value.BodyDepth, RequireModel = false };

    public ReadLimits CountLimits { get; } = new() { DepthMax = settings.Value.BodyDepth, RequireModel = false, RequireMaxTokens = false };

    /// <summary>What every call is answered while the process stops; null while it takes calls.</summary>
    public Refusal? RefuseAll => lifetime.ApplicationStopping.IsCancellationRequested ? Draining : null;
}
