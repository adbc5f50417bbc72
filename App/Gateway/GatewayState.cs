using Governance.Gateway.Surfaces;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Governance.Ledger.Fences;
using Microsoft.Extensions.Options;

namespace Governance.Gateway;

/// <summary>Whether calls are taken at all, and the limits under which bodies are read.</summary>
sealed class GatewayState(Drain drain, FenceShelf fence, IOptions<GatewaySettings> settings)
{
    public static readonly Refusal Draining = Refusal.Plain(503, "api_error", "This instance is being stopped; try again.", "draining", retryAfterSeconds: 1, shouldRetry: true);

    public static readonly Refusal Fenced = Refusal.Plain(503, "api_error",
        "This gateway goes on from an older state of its ledger, so what was spent since is not known and no call is taken. An owner or admin says what was spent on /dashboard/settings/integrity, or with 'App acknowledge'.",
        "fenced", retryAfterSeconds: 60);

    readonly Refusal full = Refusal.Plain(529, "overloaded_error",
        $"{settings.Value.MaxCalls} calls are in flight, as many as this instance takes at a time (Governance:Gateway:MaxCalls). Try again shortly.", "calls_full", retryAfterSeconds: 2, shouldRetry: true);

    /// <summary>The memory that bodies share.</summary>
    public BodyRoom Bodies { get; } = new(Math.Max(settings.Value.MaxBodyBytes, 4L * settings.Value.BodyLimitBytes));

    /// <summary>What a call is answered that is one too many; null where there is a place. The call itself is counted already.</summary>
    public Refusal? NoPlace => drain.InFlight > settings.Value.MaxCalls ? full : null;

    /// <summary>The same where the clock with which the process started is the reason.</summary>
    static readonly Refusal clockFenced = Refusal.Plain(503, "api_error",
        "This gateway started with a clock that is far from its ledger's newest entry, so no call is taken. An owner or admin looks at it on /dashboard/settings/integrity, or says 'App acknowledge --clock-is-right'.",
        "fenced", retryAfterSeconds: 60);

    public ReadLimits Limits { get; } = new() { DepthMax = settings.Value.BodyDepth };

    public ReadLimits CountLimits { get; } = new() { DepthMax = settings.Value.BodyDepth, RequireMaxTokens = false };

    /// <summary>Whether calls are stopped because what was spent is not known.</summary>
    public bool IsFenced => fence.Current is not null;

    /// <summary>What every call is answered while the process stops, or while what was spent is not known; null while calls are taken.</summary>
    public Refusal? RefuseAll => drain.Begun ? Draining : fence.Current is not { } standing ? null : ClockGap.IsReason(standing.Reason) ? clockFenced : Fenced;
}
