using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Governance.Decisions;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Governance.Gateway.Upstreams;
using Governance.Gateway.Upstreams.Anthropic;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Microsoft.Extensions.Options;

namespace Governance.Gateway.Surfaces.Anthropic;

/// <summary>
/// <c>POST /v1/messages/count_tokens</c>: passed to the upstream, which counts for nothing; where that fails, our own estimate answers. Rules apply
/// as to a call, so that a denied model is told before it is used; nothing is held.
/// </summary>
sealed partial class CountTokensEndpoint(CallIntake intake, Gate gate, OutboundHttp http, UpstreamSecrets secrets, GatewayState state, SpendLedger ledger, UpstreamLog upstreams, IOptions<GatewaySettings> settings, ILogger<CountTokensEndpoint> logger)
{
    const int AnswerLimitBytes = 1024 * 1024;

    public async Task HandleAsync(HttpContext context)
    {
        using var taken = await intake.TakeAsync(context, state.CountLimits);
        if (taken is null)
        {
            return;
        }
        // The count is free, so what would be too dear to send may still be counted.
        var (call, refused) = gate.Decide(taken.Id, taken.Caller, taken.Facts with { MaxTokens = 0 }, taken.Id.At, isFree: true);
        if (call is null)
        {
            await RecordAsync(refused!);
            await RefusalAnswer.WriteAsync(context, refused!.Refusal, taken.Id);
            return;
        }
        await AnswerAsync(context, call, taken.Facts, taken.Body);
    }

    /// <summary>Asking what a denied model would count is a refusal like any other; where it cannot be written, the answer is the refusal all the same.</summary>
    async Task RecordAsync(GateRefusal refused)
    {
        if (refused.Call is { } call)
        {
            try
            {
                await ledger.RecordAsync(call, new CallResult { Outcome = UsageOutcome.Refused, Status = refused.Refusal.Status, End = (string?)refused.Refusal.Error["deny_code"] ?? refused.Refusal.Code }, refused.Told);
            }
            catch (Exception exception)
            {
                LogUnrecorded(logger, call.Id, exception);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Call {Id}: its refusal could not be recorded")]
    static partial void LogUnrecorded(ILogger logger, CallId id, Exception exception);

    async Task AnswerAsync(HttpContext context, GatedCall call, RequestFacts facts, RequestBody body)
    {
        RefusalAnswer.WriteIds(context.Response, call.Ledger.Id);
        context.Response.ContentType = "application/json";
        var counted = await CountAsync(context, call, facts, body);
        if (counted is null)
        {
            context.Response.Headers["x-governance-estimated"] = "true";
        }
        using var client = new ClientWriter(context, settings.Value);
        await client.WriteAsync(counted ?? Encoding.UTF8.GetBytes($$"""{"input_tokens":{{WorstCase.Expected(facts)}}}"""));
    }

    /// <summary>What the upstream counts; null where it does not, or where something else than a count was answered.</summary>
    async Task<byte[]?> CountAsync(HttpContext context, GatedCall call, RequestFacts facts, RequestBody body)
    {
        if (secrets.Find(call.Upstream, out _) is not { } secret)
        {
            return null;
        }
        var sent = call.Replaced ? ModelSplice.Replace(body.Memory.Span, facts, call.ServedModel) : body.Memory;
        using var clock = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var started = Stopwatch.GetTimestamp();
        var end = new UpstreamEnd(ForwardEnd.UpstreamUnreachable);
        try
        {
            var upstream = call.Upstream.Definition;
            using var request = UpstreamRequest.Create(HttpMethod.Post, UpstreamRequest.Address(upstream, "/v1/messages/count_tokens", context.Request), context.Request, secret, sent, body);
            using var response = await http.For(upstream).SendAsync(request, clock.Token);
            end = new UpstreamEnd(response.IsSuccessStatusCode ? ForwardEnd.UpstreamGarbage : ForwardEnd.UpstreamRefused, (int)response.StatusCode, UpstreamAnswer.RequestId(response), null, Stopwatch.GetElapsedTime(started));
            if (!response.IsSuccessStatusCode || await UpstreamAnswer.ReadAsync(response.Content, AnswerLimitBytes, () => { }, clock.Token) is not { } answer || !IsCount(answer))
            {
                return null;
            }
            end = end with { End = ForwardEnd.Completed };
            return answer;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            end = end with { End = clock.IsCancellationRequested ? ForwardEnd.UpstreamTimedOut : end.Status > 0 ? ForwardEnd.UpstreamCut : ForwardEnd.UpstreamUnreachable, Fault = UpstreamLog.FaultOf(exception) };
            return null;
        }
        finally
        {
            upstreams.RecordCount(call, end, Stopwatch.GetElapsedTime(started));
        }
    }

    /// <summary>A proxy's page must not pass for a count.</summary>
    static bool IsCount(byte[] answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("input_tokens", out var tokens) && tokens.ValueKind == JsonValueKind.Number;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
