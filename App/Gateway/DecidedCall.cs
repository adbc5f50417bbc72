using Governance.Gateway.Surfaces;
using Governance.Gateway.Telemetry;

namespace Governance.Gateway;

/// <summary>A call that may go out, with everything that is sent.</summary>
/// <param name="Secret">The operator's key for the upstream.</param>
/// <param name="Sent">The body as it goes upstream.</param>
/// <param name="CacheKey">Null where the project caches nothing.</param>
sealed record ReadyCall(GatedCall Call, string Secret, ReadOnlyMemory<byte> Sent, string? CacheKey);

/// <summary>A call as it was decided last, and on what. A call that waits is decided again before it goes out, because what is in force may have changed.</summary>
sealed class DecidedCall(CallTaken taken, DecisionBasis basis, CallSpan? span)
{
    ReadyCall? ready;

    public CallTaken Taken => taken;

    /// <summary>The call's span; null where nobody traces it.</summary>
    public CallSpan? Span { get; } = span;

    public Caller Caller { get; set; } = taken.Caller;

    /// <summary>The directory in which the caller was looked up.</summary>
    public Projects.Directory Known { get; set; } = taken.Known;

    public DecisionBasis Basis { get; set; } = basis;

    /// <summary>Why the call may not go out; null while it may.</summary>
    public GateRefusal? Refused { get; set; }

    /// <summary>What was let through last; there is none where the first decision refused.</summary>
    public ReadyCall Ready
    {
        get => ready ?? throw new System.Diagnostics.UnreachableException("The call was never let through.");
        set => ready = value;
    }
}
