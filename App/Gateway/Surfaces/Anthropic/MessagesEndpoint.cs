using System.Diagnostics;
using System.Text;
using Governance.Audit;
using Governance.Budgets.Balances;
using Governance.Gateway.Telemetry;
using Governance.Gateway.Upstreams;
using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Ledger.FailOpen;
using Governance.Ledger.Holds;
using Governance.Projects;
using Microsoft.Extensions.Options;

namespace Governance.Gateway.Surfaces.Anthropic;

/// <summary>
/// <c>POST /v1/messages</c>: (1) identify, (2) read the body, (3) decide, (4) answer an exact repeat from the cache, (5) hold, durably,
/// (6) forward, (7) settle. What happens to the money after (5) never depends on whether the client stays.
/// </summary>
sealed partial class MessagesEndpoint(
    CallIntake intake,
    Gate gate,
    Forwarder forwarder,
    SpendLedger ledger,
    HoldQueue holds,
    ResponseCache cache,
    UpstreamSecrets secrets,
    DirectoryShelf directory,
    IOptions<GatewaySettings> settings,
    RefusalRate rate,
    StoreWatch watch,
    OpenWindow window,
    GatewayState state,
    UpstreamLog upstreams,
    TimeProvider time,
    ILogger<MessagesEndpoint> logger)
{
    public async Task HandleAsync(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        using var span = Spans.Begin(CallHeaders.Trace(context.Request, CallHeaders.TraceParent));
        using var call = await intake.TakeAsync(context, state.Limits);
        if (call is null)
        {
            return;
        }
        try
        {
            await GovernAsync(context, started, call, span);
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            LogUnexpected(logger, call.Id, exception);
            await RefusalAnswer.WriteAsync(context, Unexpected, call.Id);
        }
    }

    async Task GovernAsync(HttpContext context, long started, CallTaken taken, CallSpan? span)
    {
        var (id, project) = (taken.Id, taken.Caller.Project);
        var open = watch.Trouble is not null;
        if (open && project.FailOpenAllowance is null)
        {
            await RefusalAnswer.WriteAsync(context, GateRefusals.Unwritable(watch.Trouble), id);
            return;
        }
        var decided = new DecidedCall(taken, gate.Basis, span);
        Decide(context, decided);
        CrashPoint.Reach("decided");
        if (decided.Refused is { } refused)
        {
            await RefuseAsync(context, started, id, refused);
            return;
        }
        if (decided.Ready.CacheKey is { } known && !open && cache.Find(known) is { } repeat)
        {
            await AnswerRepeatAsync(context, started, decided.Ready.Call, repeat, span);
            return;
        }
        Reservation reservation = default;
        Exception? unanswered = null;
        try
        {
            if (!open)
            {
                reservation = await ReserveAsync(context, decided);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            await LeftAsync(started, decided.Ready.Call);
            return;
        }
        catch (Exception exception) when (project.FailOpenAllowance is not null && StoreFailure.Is(exception))
        {
            (open, unanswered) = (true, exception);
        }
        catch (Exception exception)
        {
            VoidWhereUnknown(decided, exception);
            await AnswerUnrecordedAsync(context, id, exception);
            return;
        }
        if (await RefusedAsync(context, started, decided, reservation, open))
        {
            VoidWhereUnknown(decided, unanswered);
            return;
        }
        await ForwardAsync(context, started, decided, reservation, open);
    }

    /// <param name="open">True where the ledger could not be written, and the call is in the open window instead.</param>
    async Task ForwardAsync(HttpContext context, long started, DecidedCall decided, Reservation reservation, bool open)
    {
        var (call, secret, sent, cacheKey) = decided.Ready;
        CrashPoint.Reach("before-send");
        Forward forward;
        var handedOver = false;
        try
        {
            WriteHead(context.Response, call, reservation);
            Instruments.RecordAdded(started);
            if (open)
            {
                context.Response.Headers["x-governance-fail-open"] = "true";
            }
            handedOver = true;
            var sending = Stopwatch.GetTimestamp();
            using var span = Spans.Start(Spans.Upstream, ActivityKind.Client);
            forward = await forwarder.SendAsync(context, call, decided.Taken.Body, sent, secret);
            upstreams.Record(call, forward, Stopwatch.GetElapsedTime(sending), span);
        }
        catch (Exception exception)
        {
            // A bug. Before the forwarder had the call nothing was sent, and nothing is charged; from then on it is assumed.
            var refusal = Unexpected;
            forward = new Forward { End = handedOver ? ForwardEnd.OursStopped : ForwardEnd.UpstreamUnreachable, Status = refusal.Status, Refusal = refusal };
            LogForward(logger, call.Ledger.Id, forward.End, exception);
        }
        var result = Settlement.Of(call, forward, (int)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        // Not awaited for the answer: the hold is durable, so a crash here counts too much, never too little.
        CrashPoint.Reach("before-settle");
        CallTags.Ended(decided.Span, call.Ledger, result);
        if (open)
        {
            using var span = Spans.Start(Spans.Settle);
            await window.EndAsync(call.Ledger, result, Settlement.Alarm(call, result));
        }
        else
        {
            ledger.Settle(call.Ledger, result, Settlement.Alarm(call, result), decided.Span);
        }
        if (forward.Refusal is { } told && !context.Response.HasStarted)
        {
            await RefusalAnswer.WriteAsync(context, told, call.Ledger.Id);
        }
        if (cacheKey is not null && forward is { End: ForwardEnd.Completed, Whole: true, Cost: not null, Answer: { } answer })
        {
            cache.Keep(cacheKey, answer.ToArray(), forward.ContentType);
            CrashPoint.Reach("cache-kept");
        }
    }

    static Refusal Unexpected => Refusal.Plain(500, "api_error", "The gateway failed on this call; the log has more under this request id.", "internal_error");

    static void WriteHead(HttpResponse response, GatedCall call, Reservation reservation)
    {
        response.Headers["x-governance-decision-id"] = RefusalAnswer.WriteIds(response, call.Ledger.Id);
        response.Headers["x-governance-model"] = Ascii.IsValid(call.ServedModel) ? call.ServedModel : Uri.EscapeDataString(call.ServedModel);
        response.Headers["x-governance-estimate-usd"] = call.Ledger.Estimate.ToPlain();
        if (reservation.Remaining is { } remaining)
        {
            response.Headers["x-governance-budget-remaining-usd"] = remaining.ToPlain();
            response.Headers["x-governance-budget-id"] = reservation.RemainingOf;
        }
        if (call.Decision?.Intervention is { } intervention)
        {
            response.Headers["x-governance-intervention"] = $"{intervention.Kind.ToString().ToLowerInvariant()}; from={Uri.EscapeDataString(intervention.From)}";
        }
    }

    AuditEvent? BudgetEvent(LedgerCall call, Reservation reservation) => rate.TryRecord(call.For) ? GateRefusals.OverBudget(reservation.Refusal!, call) : null;

    [LoggerMessage(LogLevel.Error, "Call {Id}: failed unexpectedly")]
    static partial void LogUnexpected(ILogger logger, CallId id, Exception exception);

    [LoggerMessage(LogLevel.Error, "Call {Id}: the forward failed unexpectedly; it counts as {End}")]
    static partial void LogForward(ILogger logger, CallId id, ForwardEnd end, Exception exception);

    [LoggerMessage(LogLevel.Error, "Call {Id}: refused because the ledger could not be written")]
    static partial void LogUnrecorded(ILogger logger, CallId id, Exception exception);
}
