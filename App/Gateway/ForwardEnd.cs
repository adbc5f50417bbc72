namespace Governance.Gateway;

/// <summary>Every way in which a forward can end. The prefix says whose doing it was.</summary>
enum ForwardEnd
{
    /// <summary>Answered 200 and read to the end of its usage.</summary>
    Completed,
    /// <summary>The upstream answered with an error of its own before any 200: nothing to pay.</summary>
    UpstreamRefused,
    /// <summary>Something answered that is not recognisably the provider: a proxy's error, a redirect, another 2xx. The call may run on and be billed.</summary>
    UpstreamUnrecognised,
    /// <summary>No connection: not a byte was sent.</summary>
    UpstreamUnreachable,
    /// <summary>Sent, but the connection was lost before an answer began.</summary>
    UpstreamLost,
    /// <summary>Sent, but no answer began within the time allowed.</summary>
    UpstreamTimedOut,
    /// <summary>A 200 that ended before its usage was complete.</summary>
    UpstreamCut,
    /// <summary>A 200 in which the upstream reported an error.</summary>
    UpstreamError,
    /// <summary>A 200 whose answer fell silent.</summary>
    UpstreamIdle,
    /// <summary>A 200 that is no answer of this protocol.</summary>
    UpstreamGarbage,
    /// <summary>The client hung up and there was no room left to read the answer to its end.</summary>
    ClientGone,
    /// <summary>The process was stopped while the answer was still coming.</summary>
    OursStopped,
}
