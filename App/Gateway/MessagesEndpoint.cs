using System.Diagnostics;
using System.Text;
using Governance.Audit;
using Governance.Budgets;
using Governance.Gateway.Reading;
using Governance.Ledger;
using Governance.Projects;

namespace Governance.Gateway;

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
    StoreWatch watch,
    OpenWindow window,
    GatewayState state,
    TimeProvider time,
    ILogger<MessagesEndpoint> logger)
{
    public async Task HandleAsync(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        using var call = await intake.TakeAsync(context, state.Limits);
        if (call is null)
        {
            return;
        }
        try
        {
            await GovernAsync(context, started, call.Id, call.Caller, call.Facts, call.Body);
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            LogUnexpected(logger, call.Id, exception);
            await RefusalAnswer.WriteAsync(context, Unexpected, call.Id);
        }
    }

    async Task GovernAsync(HttpContext context, long started, CallId id, Caller caller, RequestFacts facts, RequestBody body)
    {
        var open = watch.Trouble is not null;
        if (open && caller.Project.FailOpenAllowance is null)
        {
            await RefusalAnswer.WriteAsync(context, GateRefusals.Unwritable(watch.Trouble), id);
            return;
        }
        var (call, refused) = gate.Decide(id, caller, facts, id.At);
        CrashPoint.Reach("decided");
        if (call is null)
        {
            await RefuseAsync(context, started, id, refused!);
            return;
        }
        if (secrets.Find(call.Upstream, out var missing) is not { } secret)
        {
            await RefuseAsync(context, started, id, GateRefusals.Told(Refusal.Plain(503, "api_error", $"The upstream '{call.Upstream.Definition.Id}' cannot be used: {missing}.", "upstream_key_missing"), call.Ledger));
            return;
        }
        var sent = call.Replaced ? ModelSplice.Replace(body.Memory.Span, facts, call.ServedModel) : body.Memory;
        var cacheKey = caller.Project.Cache ? ResponseCache.KeyOf(call, context.Request, sent.Span) : null;
        if (cacheKey is not null && !open && cache.Find(cacheKey) is { } repeat)
        {
            await AnswerRepeatAsync(context, started, call, repeat);
            return;
        }
        Reservation reservation = default;
        try
        {
            if (!open)
            {
                reservation = await ReserveAsync(context, call);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            await LeftAsync(started, call);
            return;
        }
        catch (Exception exception) when (caller.Project.FailOpenAllowance is not null && StoreFailure.Is(exception))
        {
            open = true;
        }
        catch (Exception exception)
        {
            await AnswerUnrecordedAsync(context, id, exception);
            return;
        }
        if (reservation.IsFenced)
        {
            await RefusalAnswer.WriteAsync(context, GatewayState.Fenced, id);
            return;
        }
        if (reservation.Refusal is { } budget)
        {
            await RefusalAnswer.WriteAsync(context, GateRefusals.Budget(budget, id, gate.WouldPass(call, budget)), id);
            return;
        }
        if (open && await OpenAsync(call) is { } closed)
        {
            await RefusalAnswer.WriteAsync(context, closed, id);
            return;
        }
        if (!await ForwardAsync(context, started, call, reservation, sent, secret, cacheKey, open))
        {
            body.Abandon();
        }
    }

    /// <summary>Holds, or is refused; where only holds in flight are in the way and the project allows it, waits a moment for them.</summary>
    async ValueTask<Reservation> ReserveAsync(HttpContext context, GatedCall call)
    {
        var patience = TimeSpan.FromMilliseconds(call.Caller.Project.WaitForHoldsMilliseconds);
        var enforce = !Plans.SkipPolicy(call.Caller.Workspace.Plan);
        var first = await Attempt(patience == TimeSpan.Zero);
        return first.IsHeld && patience > TimeSpan.Zero ? await holds.WaitAsync(first, Attempt, patience, time, context.RequestAborted) : first;

        ValueTask<Reservation> Attempt(bool last) => ledger.ReserveAsync(call.Ledger, call.Intervention, enforce, BudgetEvent, patient: !last);
    }

    /// <summary>The client left while its call waited for others' holds: nothing was held or sent, and that is on record.</summary>
    async Task LeftAsync(long started, GatedCall call)
    {
        try
        {
            await ledger.RecordAsync(call.Ledger, new CallResult
            {
                Outcome = UsageOutcome.Refused,
                Status = StatusCodes.Status499ClientClosedRequest,
                End = BudgetRefusal.InFlight,
                Flags = UsageFlags.ClientGone,
                DurationMilliseconds = (int)Stopwatch.GetElapsedTime(started).TotalMilliseconds,
            }, null);
        }
        catch (Exception exception)
        {
            LogUnrecorded(logger, call.Ledger.Id, exception);
        }
    }

    /// <summary>Takes the call in while the ledger cannot be written; why not, where calls are stopped or the project's allowance does not cover it.</summary>
    async ValueTask<Refusal?> OpenAsync(GatedCall call) =>
        state.IsFenced ? GatewayState.Fenced
        : call.Caller.Project.FailOpenAllowance is not { } allowance ? GateRefusals.Unwritable(watch.Trouble)
        : (await window.AdmitAsync(call.Ledger, allowance, call.Intervention)).Refused is { } why ? GateRefusals.Unwritable(watch.Trouble, why)
        : null;

    /// <summary>False where the upstream may still be reading the body.</summary>
    /// <param name="open">True where the ledger could not be written, and the call is in the open window instead.</param>
    async Task<bool> ForwardAsync(HttpContext context, long started, GatedCall call, Reservation reservation, ReadOnlyMemory<byte> sent, string secret, string? cacheKey, bool open)
    {
        CrashPoint.Reach("before-send");
        Forward forward;
        var handedOver = false;
        try
        {
            WriteHead(context.Response, call, reservation);
            state.Added.Add(Stopwatch.GetElapsedTime(started));
            if (open)
            {
                context.Response.Headers["x-governance-fail-open"] = "true";
            }
            handedOver = true;
            forward = await forwarder.SendAsync(context, call, sent, secret);
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
        if (open)
        {
            await window.EndAsync(call.Ledger, result, Settlement.Alarm(call, result));
        }
        else
        {
            ledger.Settle(call.Ledger, result, Settlement.Alarm(call, result));
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
        return forward.End == ForwardEnd.Completed;
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

    static AuditEvent BudgetEvent(LedgerCall call, Reservation reservation) => GateRefusals.OverBudget(reservation.Refusal!, call);

    [LoggerMessage(LogLevel.Error, "Call {Id}: failed unexpectedly")]
    static partial void LogUnexpected(ILogger logger, CallId id, Exception exception);

    [LoggerMessage(LogLevel.Error, "Call {Id}: the forward failed unexpectedly; it counts as {End}")]
    static partial void LogForward(ILogger logger, CallId id, ForwardEnd end, Exception exception);

    [LoggerMessage(LogLevel.Error, "Call {Id}: refused because the ledger could not be written")]
    static partial void LogUnrecorded(ILogger logger, CallId id, Exception exception);
}
