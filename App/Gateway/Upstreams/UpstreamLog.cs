using System.Diagnostics;
using System.Net.Sockets;
using Governance.Gateway.Telemetry;
using Governance.Ledger.Entries;

namespace Governance.Gateway.Upstreams;

/// <summary>
/// Counts and times every request to an upstream, and writes one structured line for each that failed: which call, which upstream, how it ended.
/// Nothing of what was sent or answered stands in it.
/// </summary>
sealed partial class UpstreamLog(ILoggerFactory loggers)
{
    /// <summary>The name under which the lines can be turned off (<c>Logging:LogLevel:Governance.Upstreams</c>).</summary>
    public const string Category = "Governance.Upstreams";

    const string Messages = "messages";
    const string CountTokens = "count_tokens";

    /// <summary>Characters of an id that somebody else made up.</summary>
    const int MaxIdLength = 200;

    readonly ILogger logger = loggers.CreateLogger(Category);

    /// <summary>A call that was sent, or tried to be.</summary>
    public void Record(GatedCall call, Forward forward, TimeSpan duration, Activity? span) =>
        Record(call, Messages, new UpstreamEnd(forward.End, forward.UpstreamStatus, forward.UpstreamRequestId, forward.Fault, forward.HeadersAfter), forward.Status, duration, span);

    /// <summary>A question how many tokens a call has.</summary>
    public void RecordCount(GatedCall call, UpstreamEnd end, TimeSpan duration) => Record(call, CountTokens, end, StatusCodes.Status200OK, duration, null);

    /// <summary>What kind of fault it was. The system's own words where no connection was made, because there it can only say who was not reached; else nothing that the other side wrote.</summary>
    public static string FaultOf(Exception exception) => exception switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError } unreached => unreached.Message,
        HttpRequestException { InnerException: IOException { InnerException: SocketException socket } } http => $"{http.HttpRequestError}, {socket.SocketErrorCode}",
        HttpRequestException http => http.HttpRequestError.ToString(),
        IOException { InnerException: SocketException socket } => socket.SocketErrorCode.ToString(),
        _ => exception.GetType().Name,
    };

    void Record(GatedCall call, string operation, UpstreamEnd end, int clientStatus, TimeSpan duration, Activity? span)
    {
        var upstream = call.Upstream.Definition.Id;
        Instruments.RecordUpstream(upstream, operation, end.Status, NameOf(end.End), end.HeadersAfter, duration);
        var level = LevelOf(end);
        if (level is not LogLevel.None && logger.IsEnabled(level))
        {
            LogFailure(logger, level, upstream, end.End, operation, call.Ledger.Id, call.Ledger.For.Project, call.Ledger.PricedAs ?? call.ServedModel, end.Status, clientStatus, end.Fault,
                (int)duration.TotalMilliseconds, (int?)end.HeadersAfter?.TotalMilliseconds, end.RequestId is { Length: > MaxIdLength } endless ? endless[..MaxIdLength] : end.RequestId);
        }
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("governance.upstream", upstream).SetTag("governance.end", NameOf(end.End));
            if (end.Status > 0)
            {
                span.SetTag("http.response.status_code", end.Status);
            }
            if (level is LogLevel.Warning)
            {
                span.SetStatus(ActivityStatusCode.Error, NameOf(end.End));
            }
        }
    }

    /// <summary>None where the upstream did what it should, or where the failure is the client's or ours; a refusal of what the client asked for is no trouble of the operator's.</summary>
    static LogLevel LevelOf(UpstreamEnd end) => end.End switch
    {
        ForwardEnd.Completed or ForwardEnd.ClientGone or ForwardEnd.OursStopped => LogLevel.None,
        ForwardEnd.UpstreamRefused when end.Status is >= 400 and < 500 and not (401 or 403 or 408 or 429) => LogLevel.Information,
        _ => LogLevel.Warning,
    };

    /// <summary>Without the allocation of <see cref="Enum.ToString()"/>, because it is asked for every call.</summary>
    static string NameOf(ForwardEnd end) => Enum.GetName(end)!;

    [LoggerMessage("Upstream {Upstream} failed: end={End} operation={Operation} call={Id} project={Project} model={Model} upstream_status={UpstreamStatus} client_status={ClientStatus} fault={Fault} duration_ms={DurationMs} first_byte_ms={FirstByteMs} upstream_request_id={UpstreamRequestId}")]
    static partial void LogFailure(ILogger logger, LogLevel level, string upstream, ForwardEnd end, string operation, CallId id, string project, string model, int upstreamStatus, int clientStatus, string? fault, int durationMs, int? firstByteMs, string? upstreamRequestId);
}

/// <summary>How a request to an upstream ended.</summary>
/// <param name="Status">The upstream's own; 0 where no answer began.</param>
/// <param name="RequestId">The upstream's own id of it.</param>
/// <param name="Fault">As <see cref="UpstreamLog.FaultOf"/> says it; null where the end says it all.</param>
/// <param name="HeadersAfter">Null where no answer began.</param>
readonly record struct UpstreamEnd(ForwardEnd End, int Status = 0, string? RequestId = null, string? Fault = null, TimeSpan? HeadersAfter = null);
