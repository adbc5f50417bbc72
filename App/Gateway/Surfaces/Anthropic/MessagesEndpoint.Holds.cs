using System.Diagnostics;
using Governance.Budgets.Balances;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Governance.Gateway.Telemetry;
using Governance.Ledger;
using Governance.Projects;

namespace Governance.Gateway.Surfaces.Anthropic;

/// <summary>From the decision to the hold, and what happens to a call for which things changed on the way.</summary>
sealed partial class MessagesEndpoint
{
    /// <summary>Decides by what <paramref name="decided"/> rests on, and prepares what is sent.</summary>
    void Decide(HttpContext context, DecidedCall decided)
    {
        var started = Stopwatch.GetTimestamp();
        using var span = Spans.Start(Spans.Decide);
        DecideOnce(context, decided);
        Instruments.RecordDecision(started);
    }

    void DecideOnce(HttpContext context, DecidedCall decided)
    {
        var (id, facts, body) = (decided.Taken.Id, decided.Taken.Facts, decided.Taken.Body);
        var (call, refused) = gate.Decide(id, decided.Caller, facts, id.At);
        if (call is null)
        {
            decided.Refused = refused;
            return;
        }
        if (secrets.Find(call.Upstream, out var missing) is not { } secret)
        {
            decided.Refused = GateRefusals.Told(Refusal.Plain(503, "api_error", $"The upstream '{call.Upstream.Definition.Id}' cannot be used: {missing}.", "upstream_key_missing"), call.Ledger);
            return;
        }
        var sent = call.Replaced ? ModelSplice.Replace(body.Memory.Span, facts, call.ServedModel) : body.Memory;
        decided.Ready = new ReadyCall(call, secret, sent, decided.Caller.Project.Cache ? ResponseCache.KeyOf(call, context.Request, sent.Span) : null);
    }

    /// <summary>Decides again where anything has changed since. False where the call may not go out any more: stopped, revoked, run out or denied meanwhile.</summary>
    bool IsStillAllowed(HttpContext context, DecidedCall decided)
    {
        var (basis, current) = (gate.Basis, directory.Current);
        var (caller, unknown) = CallerIdentity.Again(context.Request, decided.Caller, decided.Known, current, time.GetUtcNow());
        if (caller is null)
        {
            decided.Refused = GateRefusals.Told(unknown!, decided.Ready.Call.Ledger);
        }
        else if (!ReferenceEquals(decided.Known, current) || !basis.Is(decided.Basis))
        {
            (decided.Caller, decided.Known, decided.Basis) = (caller, current, basis);
            Decide(context, decided);
        }
        return decided.Refused is null;
    }

    /// <summary>
    /// Holds, or is refused; where only holds in flight are in the way and the project allows it, waits a moment for them. Decided again before every further
    /// try: where that refuses, nothing is held, and <see cref="DecidedCall.Refused"/> says why.
    /// </summary>
    async ValueTask<Reservation> ReserveAsync(HttpContext context, DecidedCall decided)
    {
        var started = Stopwatch.GetTimestamp();
        using var span = Spans.Start(Spans.Hold);
        var patience = TimeSpan.FromMilliseconds(decided.Caller.Project.WaitForHoldsMilliseconds);
        using var place = patience > TimeSpan.Zero ? holds.Arrive() : null;
        var reservation = await TryAsync(place is null);
        if (place is not null && reservation.IsHeld)
        {
            reservation = await holds.WaitAsync(place, reservation, AgainAsync, patience, time, context.RequestAborted);
        }
        Instruments.RecordHold(started);
        return reservation;

        ValueTask<Reservation> AgainAsync(bool last) => IsStillAllowed(context, decided) ? TryAsync(last) : default;

        ValueTask<Reservation> TryAsync(bool last) =>
            ledger.ReserveAsync(decided.Ready.Call.Ledger, decided.Ready.Call.Intervention, !Plans.SkipPolicy(decided.Caller.Workspace.Plan), BudgetEvent, patient: !last, place);
    }

    /// <summary>Answers a call that was not admitted. A call that was is looked at once more, because its hold took its time: where it may not go out any more, the hold is given back. False where the call goes on.</summary>
    async Task<bool> RefusedAsync(HttpContext context, long started, DecidedCall decided, Reservation reservation, bool open)
    {
        var id = decided.Taken.Id;
        if (decided.Refused is { } meanwhile)
        {
            await RefuseAsync(context, started, id, meanwhile);
            return true;
        }
        if (reservation.IsFenced)
        {
            await RefusalAnswer.WriteAsync(context, GatewayState.Fenced, id);
            return true;
        }
        if (reservation.Refusal is { } budget)
        {
            if (reservation.IsCounted)
            {
                rate.Count(decided.Ready.Call.Ledger, budget.DenyCode);
            }
            // Whoever stands behind others would not pass with less either.
            await RefusalAnswer.WriteAsync(context, GateRefusals.Budget(budget, id, budget.IsQueued ? null : gate.WouldPass(decided.Ready.Call, budget)), id);
            return true;
        }
        if (open && await OpenAsync(decided.Ready.Call) is { } closed)
        {
            await RefusalAnswer.WriteAsync(context, closed, id);
            return true;
        }
        // What is held is held for this call, whatever another decision would make of it.
        var held = decided.Ready;
        try
        {
            if (IsStillAllowed(context, decided))
            {
                decided.Ready = held;
                return false;
            }
        }
        catch (Exception exception)
        {
            // A bug, after the hold: nothing was sent, so nothing is kept.
            LogUnexpected(logger, id, exception);
            decided.Refused = GateRefusals.Told(Unexpected, held.Call.Ledger);
        }
        await GiveBackAsync(started, held.Call, decided.Refused!, open, decided.Span);
        await RefusalAnswer.WriteAsync(context, decided.Refused!.Refusal, id);
        return true;
    }

    /// <summary>Ends a call that was held and must not be sent: nothing is charged, and the trail is told why.</summary>
    async Task GiveBackAsync(long started, GatedCall held, GateRefusal refused, bool open, CallSpan? span)
    {
        var result = new CallResult
        {
            Outcome = UsageOutcome.Voided,
            Status = refused.Refusal.Status,
            End = (string?)refused.Refusal.Error["deny_code"] ?? refused.Refusal.Code,
            DurationMilliseconds = (int)Stopwatch.GetElapsedTime(started).TotalMilliseconds,
        };
        CallTags.Ended(span, held.Ledger, result);
        if (open)
        {
            await window.EndAsync(held.Ledger, result, refused.Told);
            return;
        }
        ledger.Settle(held.Ledger, result, refused.Told, span);
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
}
