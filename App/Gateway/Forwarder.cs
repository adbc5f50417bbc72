using System.Buffers;
using System.Diagnostics;
using Governance.Audit;
using Governance.Gateway.Metering;
using Microsoft.Extensions.Options;

namespace Governance.Gateway;

/// <summary>
/// Sends an admitted call upstream and passes the answer through byte for byte: (1) send, (2) wait for the answer to begin, (3) an error passes
/// through as it is, (4) JSON is read whole so that its cost stands in a header, (5) a stream is copied as it comes while a meter looks on.
/// A client that hangs up has still spent the tokens: the answer is read to its end. Nothing is thrown out of here.
/// </summary>
sealed class Forwarder(OutboundHttp http, IOptions<GatewaySettings> options, Drain drain) : IDisposable
{
    const int StreamBufferBytes = 16 * 1024;
    const int ErrorLimitBytes = 1024 * 1024;

    readonly GatewaySettings settings = options.Value;
    readonly SemaphoreSlim drains = new(options.Value.DrainLimit);

    public void Dispose() => drains.Dispose();

    public async Task<Forward> SendAsync(HttpContext context, GatedCall call, ReadOnlyMemory<byte> body, string secret)
    {
        var started = Stopwatch.GetTimestamp();
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(drain.Cut);
        clock.CancelAfter(TimeSpan.FromSeconds(settings.FirstByteSeconds));
        var upstream = call.Upstream.Definition;
        using var request = UpstreamRequest.Create(HttpMethod.Post, UpstreamRequest.Address(upstream, "/v1/messages", context.Request), context.Request, secret, body);
        HttpResponseMessage response;
        try
        {
            response = await http.For(upstream).SendAsync(request, clock.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            return Unanswered(exception, ((SentBody)request.Content!).Begun, clock.IsCancellationRequested, drain.Cut.IsCancellationRequested, upstream.Id);
        }
        using (response)
        {
            var answer = new Forward
            {
                End = ForwardEnd.Completed,
                Status = (int)response.StatusCode,
                UpstreamRequestId = UpstreamAnswer.RequestId(response),
                FirstByteMilliseconds = (int)Stopwatch.GetElapsedTime(started).TotalMilliseconds,
                ContentType = response.Content.Headers.ContentType?.ToString(),
            };
            CrashPoint.Reach("first-byte");
            if (response.StatusCode != System.Net.HttpStatusCode.OK)
            {
                return await PassErrorAsync(context, response, answer, upstream.Id, clock);
            }
            return response.Content.Headers.ContentType?.MediaType == "text/event-stream"
                ? await PassStreamAsync(context, call, response, answer, clock)
                : await PassJsonAsync(context, call, response, answer, clock);
        }
    }

    /// <summary>Nothing came back. What never began to be sent, or failed while connecting, cannot have been billed.</summary>
    static Forward Unanswered(Exception exception, bool begun, bool timedOut, bool stopped, string upstream)
    {
        var notSent = !begun || exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError };
        var (end, refusal) = (notSent, timedOut) switch
        {
            (true, _) when stopped => (ForwardEnd.UpstreamUnreachable, GatewayState.Draining),
            (false, _) when stopped => (ForwardEnd.OursStopped, Stopped),
            (true, _) => (ForwardEnd.UpstreamUnreachable, Refusal.Plain(502, "api_error", $"The upstream '{upstream}' cannot be reached; nothing was sent and nothing is charged.", "upstream_unreachable", shouldRetry: true)),
            (_, true) => (ForwardEnd.UpstreamTimedOut, Refusal.Plain(504, "timeout_error", $"The upstream '{upstream}' did not begin to answer in time. The call may have been billed, so its estimate counts as spent.", "upstream_timeout")),
            _ => (ForwardEnd.UpstreamLost, Refusal.Plain(504, "api_error", $"The connection to the upstream '{upstream}' was lost after the call was sent. It may have been billed, so its estimate counts as spent.", "upstream_lost")),
        };
        return new Forward { End = end, Status = refusal.Status, Refusal = refusal };
    }

    static Refusal Stopped => Refusal.Plain(504, "api_error", "This instance was stopped before the answer was complete. The call was probably billed, so its estimate counts as spent.", "stopped");

    static async Task<Forward> PassErrorAsync(HttpContext context, HttpResponseMessage response, Forward answer, string upstream, CancellationTokenSource clock)
    {
        if (UpstreamAnswer.OperatorsFault(response.StatusCode, upstream) is { } fault)
        {
            // A success that is none of this interface may have been billed.
            return answer with { End = response.IsSuccessStatusCode ? ForwardEnd.UpstreamGarbage : ForwardEnd.UpstreamRefused, Status = fault.Status, Refusal = fault };
        }
        byte[] body;
        try
        {
            await response.Content.LoadIntoBufferAsync(ErrorLimitBytes, clock.Token);
            body = await response.Content.ReadAsByteArrayAsync(clock.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            body = [];
        }
        UpstreamAnswer.CopyHead(response, context.Response);
        context.Response.ContentLength = body.Length;
        var gone = !await TryWriteAsync(context, body);
        return answer with { End = ForwardEnd.UpstreamRefused, ClientGone = gone };
    }

    async Task<Forward> PassJsonAsync(HttpContext context, GatedCall call, HttpResponseMessage response, Forward answer, CancellationTokenSource clock)
    {
        byte[] body;
        try
        {
            clock.CancelAfter(TimeSpan.FromSeconds(settings.TotalSeconds));
            body = await UpstreamAnswer.ReadAsync(response.Content, settings.AnswerLimitBytes, clock.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            return drain.Cut.IsCancellationRequested ? answer with { End = ForwardEnd.OursStopped, Status = 504, Refusal = Stopped } : answer with
            {
                End = ForwardEnd.UpstreamCut,
                Status = 504,
                Refusal = Refusal.Plain(504, "api_error", "The upstream's answer was cut off. It was probably billed, so its estimate counts as spent.", "upstream_cut"),
            };
        }
        var reading = JsonMeter.Read(body, call.Facts.CacheWrite);
        CrashPoint.Reach("final-usage");
        var cost = MeteredCost.Of(reading, call.Prices, call.Price.Vendor, call.ServedModel, call.Ledger.Id.At);
        UpstreamAnswer.CopyHead(response, context.Response);
        if (reading.Final && cost is { Complete: true, Amount: var known })
        {
            context.Response.Headers["x-governance-cost-usd"] = known.ToPlain();
        }
        context.Response.ContentLength = body.Length;
        var gone = !await TryWriteAsync(context, body);
        var end = reading.Final ? ForwardEnd.Completed : reading.Error ? ForwardEnd.UpstreamError : ForwardEnd.UpstreamGarbage;
        return answer with { End = end, Reading = reading, Cost = cost?.Amount, CostComplete = cost is { Complete: true }, ReadingsDiffer = cost is { ReadingsDiffer: true }, ClientGone = gone, Whole = reading.Final, Answer = body };
    }

    async Task<Forward> PassStreamAsync(HttpContext context, GatedCall call, HttpResponseMessage response, Forward answer, CancellationTokenSource clock)
    {
        UpstreamAnswer.CopyHead(response, context.Response);
        var meter = new StreamMeter(longest: call.Facts.CacheWrite);
        var buffer = ArrayPool<byte>.Shared.Rent(StreamBufferBytes);
        using var copy = new StreamCopy(context, drains, call.Caller.Project.Cache ? settings.AnswerLimitBytes : 0);
        var deadline = Stopwatch.GetTimestamp() + (settings.TotalSeconds * Stopwatch.Frequency);
        var broken = ForwardEnd.Completed;
        try
        {
            var idle = new IdleClock(clock, TimeSpan.FromSeconds(settings.IdleSeconds));
            await using var from = await response.Content.ReadAsStreamAsync(clock.Token);
            while (true)
            {
                idle.Restart();
                var read = await from.ReadAsync(buffer, clock.Token);
                if (read == 0)
                {
                    break;
                }
                meter.Write(buffer.AsSpan(0, read));
                if (!await copy.WriteAsync(buffer.AsMemory(0, read)))
                {
                    broken = ForwardEnd.ClientGone;
                    break;
                }
                CrashPoint.Reach("mid-stream");
                if (Stopwatch.GetTimestamp() > deadline)
                {
                    broken = ForwardEnd.UpstreamIdle;
                    break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            broken = drain.Cut.IsCancellationRequested ? ForwardEnd.OursStopped : ForwardEnd.UpstreamIdle;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            broken = ForwardEnd.UpstreamCut;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        var reading = meter.Read();
        CrashPoint.Reach("final-usage");
        var cost = MeteredCost.Of(reading, call.Prices, call.Price.Vendor, call.ServedModel, call.Ledger.Id.At);
        var end = reading.Error ? ForwardEnd.UpstreamError
            : reading.Final ? ForwardEnd.Completed
            : broken == ForwardEnd.Completed ? ForwardEnd.UpstreamCut : broken;
        // An answer that just ends would look whole to a client that does not count events.
        if (end is ForwardEnd.UpstreamCut or ForwardEnd.UpstreamIdle or ForwardEnd.OursStopped)
        {
            await copy.WriteAsync(UpstreamAnswer.StreamError(end, call.Ledger.Id));
        }
        return answer with
        {
            End = end,
            Reading = reading,
            Cost = cost?.Amount,
            CostComplete = cost is { Complete: true },
            ReadingsDiffer = cost is { ReadingsDiffer: true },
            ClientGone = copy.ClientGone,
            Whole = broken == ForwardEnd.Completed && copy.Kept is { } kept && kept.Span.IndexOf("message_stop"u8) >= 0,
            Answer = copy.Kept,
        };
    }

    /// <summary>False where the client is gone.</summary>
    static async ValueTask<bool> TryWriteAsync(HttpContext context, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await context.Response.Body.WriteAsync(bytes);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return false;
        }
        return !context.RequestAborted.IsCancellationRequested;
    }
}
