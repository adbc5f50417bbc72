using System.Diagnostics;
using Governance.Ledger;

namespace Governance.Gateway.Telemetry;

/// <summary>Starts the spans of a call. Where nobody listens there are none, and asking for one costs a comparison.</summary>
static class Spans
{
    /// <summary>The name of the activity source.</summary>
    public const string SourceName = "Governance";

    public const string Call = "governance.call";
    public const string Decide = "governance.decide";
    public const string Hold = "governance.hold";
    public const string Upstream = "governance.upstream";
    public const string Settle = "governance.settle";

    static readonly ActivitySource source = new(SourceName);

    /// <summary>The innermost span of ours that is open here; null where none is.</summary>
    public static Activity? Current => Activity.Current is { } current && ReferenceEquals(current.Source, source) ? current : null;

    /// <summary>The span of a call, as a child of the client's where it sent a <c>traceparent</c>.</summary>
    /// <param name="traceParent">As the client sent it; anything else than a W3C trace context begins a trace of its own.</param>
    public static CallSpan? Begin(string? traceParent)
    {
        if (!source.HasListeners())
        {
            return null;
        }
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent);
        // What the framework began around this request is exported by nobody, so it cannot be the parent.
        Activity.Current = null;
        return source.StartActivity(Call, ActivityKind.Server, parent) is { } root ? new CallSpan(root) : null;
    }

    /// <summary>A part of the call whose span is open here; null where none is.</summary>
    public static Activity? Start(string name, ActivityKind kind = ActivityKind.Internal) => Current is null ? null : source.StartActivity(name, kind);

    /// <summary>A part that ends elsewhere: it does not become the current span here.</summary>
    public static Activity? StartDetached(string name, Activity parent)
    {
        var current = Activity.Current;
        var span = source.StartActivity(name, ActivityKind.Internal, parent.Context);
        Activity.Current = current;
        return span;
    }

    /// <summary>Ends a span on whichever thread this is, and leaves that thread's own current span as it was.</summary>
    public static void End(Activity? span)
    {
        var current = Activity.Current;
        span?.Stop();
        Activity.Current = current;
    }
}

/// <summary>The span of one call, from the door to its settlement: that may become durable after the handler has ended.</summary>
sealed class CallSpan(Activity root) : SettlementWatch, IDisposable
{
    Activity? settlement;
    bool settles;

    public Activity Root => root;

    /// <summary>From here on the settlement ends the span.</summary>
    public override void BeginSettlement()
    {
        settles = true;
        settlement = Spans.StartDetached(Spans.Settle, root);
    }

    /// <summary>The settlement is durable.</summary>
    public override void EndSettlement()
    {
        Spans.End(settlement);
        Spans.End(root);
    }

    public void Dispose()
    {
        if (!settles)
        {
            Spans.End(root);
        }
    }
}
