using Governance.Journal;

namespace Governance.Ledger.Entries;

/// <summary>
/// One structured line in the process's log for each call that ended, refused ones among them, once its entry is durable: who, which model, what became of it,
/// what it cost and how long it took. Nothing of its content and no secret.
/// </summary>
sealed partial class CallLog(ILoggerFactory? loggers = null) : JournalListener
{
    /// <summary>The name under which the lines can be turned off (<c>Logging:LogLevel:Governance.Calls</c>).</summary>
    public const string Category = "Governance.Calls";

    readonly ILogger logger = loggers?.CreateLogger(Category) ?? Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;
    readonly List<(LedgerCall Call, CallResult Result)> pending = [];

    public override JournalPhase Phase => JournalPhase.Reporting;

    /// <summary>Within a transaction.</summary>
    public void Add(LedgerCall call, CallResult result)
    {
        if (logger.IsEnabled(LogLevel.Information))
        {
            pending.Add((call, result));
        }
    }

    public override void AfterCommit()
    {
        foreach (var (call, result) in pending)
        {
            LogCall(logger, call.Id, result.Outcome, call.For.Project, call.For.Key, call.For.Model ?? call.ModelAsked, call.Upstream, result.Status, result.End, result.Cost.ToPlain(),
                result.DurationMilliseconds, result.FirstByteMilliseconds, result.UpstreamRequestId, call.ClientRequestId, call.TraceParent);
        }
        pending.Clear();
    }

    public override void AfterRollback() => pending.Clear();

    [LoggerMessage(LogLevel.Information, "Call {Id} {Outcome} project={Project} key={Key} model={Model} upstream={Upstream} status={Status} end={End} cost_usd={CostUsd} duration_ms={DurationMs} first_byte_ms={FirstByteMs} upstream_request_id={UpstreamRequestId} client_request_id={ClientRequestId} traceparent={TraceParent}")]
    static partial void LogCall(ILogger logger, CallId id, UsageOutcome outcome, string project, string key, string model, string? upstream, int status, string end, string costUsd, int durationMs, int firstByteMs, string? upstreamRequestId, string? clientRequestId, string? traceParent);
}
