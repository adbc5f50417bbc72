using Governance.Gateway.Metering;
using Governance.Gateway.Reading;
using Governance.Ledger;
using Governance.Projects;
using Microsoft.Extensions.Options;

namespace Governance.Gateway;

/// <summary>
/// <c>POST /v1/messages/count_tokens</c>: passed to the upstream, which counts for nothing; where that fails, our own estimate answers. Rules apply
/// as to a call, so that a denied model is told before it is used; nothing is held.
/// </summary>
sealed partial class CountTokensEndpoint(DirectoryShelf directory, Gate gate, CallIds ids, OutboundHttp http, UpstreamSecrets secrets, GatewayState state, SpendLedger ledger, TimeProvider time, IOptions<GatewaySettings> settings, ILogger<CountTokensEndpoint> logger)
{
    const int AnswerLimitBytes = 1024 * 1024;

    public async Task HandleAsync(HttpContext context)
    {
        var id = ids.Next();
        var known = directory.Current;
        var (caller, unknown) = CallerIdentity.Identify(context.Request, known, time.GetUtcNow());
        if ((state.RefuseAll ?? unknown) is { } closed || caller is null)
        {
            await RefusalAnswer.WriteAsync(context, state.RefuseAll ?? unknown!, id);
            return;
        }
        var (body, unreadable) = await RequestBody.ReadAsync(context.Request, settings.Value.BodyLimitBytes);
        if (body is null)
        {
            await RefusalAnswer.WriteAsync(context, unreadable!, id);
            return;
        }
        using (body)
        {
            (caller, unknown) = CallerIdentity.Again(context.Request, caller!, known, directory.Current, time.GetUtcNow());
            id = ids.Next();
            if (caller is null)
            {
                await RefusalAnswer.WriteAsync(context, unknown!, id);
                return;
            }
            var read = RequestReader.Read(body.Memory.Span, state.CountLimits);
            if (read is ReadFault fault)
            {
                await RefusalAnswer.WriteAsync(context, Refusal.Malformed(fault.Message), id);
                return;
            }
            var facts = ((ReadFacts)read).Facts;
            // The count is free, so what would be too dear to send may still be counted.
            var (call, refused) = gate.Decide(id, caller, facts with { MaxTokens = 0 }, id.At);
            if (call is null)
            {
                await RecordAsync(refused!);
                await RefusalAnswer.WriteAsync(context, refused!.Refusal, id);
                return;
            }
            await AnswerAsync(context, call, facts, body);
        }
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
        if (secrets.Find(call.Upstream, out _) is { } secret)
        {
            var sent = call.Replaced ? ModelSplice.Replace(body.Memory.Span, facts, call.ServedModel) : body.Memory;
            using var clock = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            try
            {
                var upstream = call.Upstream.Definition;
                using var request = UpstreamRequest.Create(HttpMethod.Post, UpstreamRequest.Address(upstream, "/v1/messages/count_tokens", context.Request), context.Request, secret, sent);
                using var response = await http.For(upstream).SendAsync(request, clock.Token);
                if (response.IsSuccessStatusCode)
                {
                    await response.Content.LoadIntoBufferAsync(AnswerLimitBytes, clock.Token);
                    await response.Content.CopyToAsync(context.Response.Body, clock.Token);
                    return;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
            {
                body.Abandon();
            }
        }
        context.Response.Headers["x-governance-estimated"] = "true";
        await context.Response.WriteAsync($$"""{"input_tokens":{{WorstCase.Expected(facts)}}}""");
    }
}
