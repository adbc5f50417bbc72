using System.Diagnostics;
using Governance.Gateway.Telemetry;
using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.Entries;

namespace Governance.Gateway.Surfaces.Anthropic;

/// <summary>The answers that come from here and not from the upstream.</summary>
sealed partial class MessagesEndpoint
{
    async Task RefuseAsync(HttpContext context, long started, CallId id, GateRefusal refused)
    {
        try
        {
            // While nothing can be recorded, a project that fails open is still told what its rules say.
            if (refused.Call is { } counted && !rate.TryRecord(counted.For))
            {
                rate.Count(counted, (string?)refused.Refusal.Error["deny_code"] ?? refused.Refusal.Code);
            }
            else if (refused.Call is { } call && watch.Trouble is null)
            {
                using var span = Spans.Start(Spans.Settle);
                await ledger.RecordAsync(call, new CallResult
                {
                    Outcome = UsageOutcome.Refused,
                    Status = refused.Refusal.Status,
                    End = (string?)refused.Refusal.Error["deny_code"] ?? refused.Refusal.Code,
                    DurationMilliseconds = (int)Stopwatch.GetElapsedTime(started).TotalMilliseconds,
                }, refused.Told);
            }
        }
        catch (Exception exception)
        {
            await AnswerUnrecordedAsync(context, id, exception);
            return;
        }
        await RefusalAnswer.WriteAsync(context, refused.Refusal, id);
    }

    async Task AnswerRepeatAsync(HttpContext context, long started, GatedCall call, ResponseCache.Entry repeat, CallSpan? span)
    {
        try
        {
            var result = new CallResult
            {
                Outcome = UsageOutcome.Cached,
                Status = StatusCodes.Status200OK,
                End = "Cached",
                DurationMilliseconds = (int)Stopwatch.GetElapsedTime(started).TotalMilliseconds,
            };
            CallTags.Ended(span, call.Ledger, result);
            using var settling = Spans.Start(Spans.Settle);
            await ledger.RecordAsync(call.Ledger with { Estimate = default }, result, call.Intervention);
        }
        catch (Exception exception)
        {
            await AnswerUnrecordedAsync(context, call.Ledger.Id, exception);
            return;
        }
        WriteHead(context.Response, call, default);
        context.Response.Headers["x-governance-cache"] = "hit";
        context.Response.Headers["x-governance-cost-usd"] = "0.00";
        context.Response.ContentType = repeat.ContentType;
        context.Response.ContentLength = repeat.Body.Length;
        using var client = new ClientWriter(context, settings.Value);
        await client.WriteAsync(repeat.Body);
    }

    /// <summary>Of a call that is not sent: a hold that was written although nobody could be told so must not count as spent when its time is over.</summary>
    void VoidWhereUnknown(DecidedCall decided, Exception? unanswered)
    {
        if (unanswered is JournalUnavailableException { MayBeWritten: true })
        {
            ledger.VoidUnsent(decided.Ready.Call.Ledger);
        }
    }

    /// <summary>What cannot be recorded is not done: 503, and nothing was sent.</summary>
    Task AnswerUnrecordedAsync(HttpContext context, CallId id, Exception exception)
    {
        LogUnrecorded(logger, id, exception);
        return RefusalAnswer.WriteAsync(context, GateRefusals.Unwritable(watch.Trouble), id);
    }
}
