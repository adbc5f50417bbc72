using System.Buffers;
using System.Diagnostics;
using Governance.Gateway.Surfaces;
using Governance.Gateway.Surfaces.Anthropic.Metering;
using Governance.Gateway.Upstreams;
using Governance.Gateway.Upstreams.Anthropic;
using Governance.Journal;
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

    public async Task<Forward> SendAsync(HttpContext context, GatedCall call, RequestBody owner, ReadOnlyMemory<byte> body, string secret)
    {
        var started = Stopwatch.GetTimestamp();
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(drain.Cut);
        clock.CancelAfter(TimeSpan.FromSeconds(settings.FirstByteSeconds));
        var upstream = call.Upstream.Definition;
        using var request = UpstreamRequest.Create(HttpMethod.Post, UpstreamRequest.Address(upstream, "/v1/messages", context.Request), context.Request, secret, body, owner);
        HttpResponseMessage response;
        try
        {
            response = await http.For(upstream).SendAsync(request, clock.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            return Unanswered(exception, ((SentBody)request.Content!).Begun, clock.IsCancellationRequested, drain.Cut.IsCancellationRequested, upstream.Id);
        }
        using (response)
        {
            var headersAfter = Stopwatch.GetElapsedTime(started);
            var answer = new Forward
            {
                End = ForwardEnd.Completed,
                Status = (int)response.StatusCode,
                UpstreamStatus = (int)response.StatusCode,
                HeadersAfter = headersAfter,
                UpstreamRequestId = UpstreamAnswer.RequestId(response),
                FirstByteMilliseconds = (int)headersAfter.TotalMilliseconds,
                ContentType = response.Content.Headers.ContentType?.ToString(),
            };
            CrashPoint.Reach("first-byte");
            using var client = new ClientWriter(context, settings, drain.Cut);
            if (response.StatusCode != System.Net.HttpStatusCode.OK)
            {
                return await PassErrorAsync(client, context, response, answer, upstream.Id, clock);
            }
            return response.Content.Headers.ContentType?.MediaType == "text/event-stream"
                ? await PassStreamAsync(client, context, call, response, answer, clock)
                : await PassJsonAsync(client, context, call, response, answer, clock);
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
        return new Forward { End = end, Status = refusal.Status, Refusal = refusal, Fault = UpstreamLog.FaultOf(exception) };
    }

    static Refusal Stopped => Refusal.Plain(504, "api_error", "This instance was stopped before the answer was complete. The call was probably billed, so its estimate counts as spent.", "stopped");

    async Task<Forward> PassErrorAsync(ClientWriter client, HttpContext context, HttpResponseMessage response, Forward answer, string upstream, CancellationTokenSource clock)
    {
        clock.CancelAfter(TimeSpan.FromSeconds(settings.IdleSeconds));
        var body = (int)response.StatusCode < 400 ? null : await UpstreamAnswer.TryReadAsync(response.Content, ErrorLimitBytes, clock.Token);
        if (body is null || !UpstreamError.IsProvidersOwn((int)response.StatusCode, UpstreamAnswer.HasProvidersId(response), body))
        {
            var unrecognised = UpstreamAnswer.Unrecognised(response.StatusCode, upstream);
            return answer with { End = ForwardEnd.UpstreamUnrecognised, Status = unrecognised.Status, Refusal = unrecognised };
        }
        if (UpstreamAnswer.OperatorsFault(response.StatusCode, upstream) is { } fault)
        {
            return answer with { End = ForwardEnd.UpstreamRefused, Status = fault.Status, Refusal = fault };
        }
        UpstreamAnswer.CopyHead(response, context.Response);
        context.Response.ContentLength = body.Length;
        return answer with { End = ForwardEnd.UpstreamRefused, ClientGone = !await client.WriteAsync(body) };
    }

    async Task<Forward> PassJsonAsync(ClientWriter client, HttpContext context, GatedCall call, HttpResponseMessage response, Forward answer, CancellationTokenSource clock)
    {
        byte[] body;
        try
        {
            body = await ReadJsonAsync(response.Content, clock);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            return drain.Cut.IsCancellationRequested ? answer with { End = ForwardEnd.OursStopped, Status = 504, Refusal = Stopped } : answer with
            {
                End = clock.IsCancellationRequested ? ForwardEnd.UpstreamIdle : ForwardEnd.UpstreamCut,
                Status = 504,
                Fault = UpstreamLog.FaultOf(exception),
                Refusal = Refusal.Plain(504, "api_error", $"The upstream's answer {(clock.IsCancellationRequested ? "fell silent" : "was cut off")}. It was probably billed, so its estimate counts as spent.", "upstream_cut"),
            };
        }
        var reading = JsonMeter.Read(body, call.Facts.CacheWrite);
        CrashPoint.Reach("final-usage");
        var cost = MeteredCost.Of(reading, call.Prices, call.Upstream.Vendor, call.ServedModel, call.Ledger.Id.At);
        // A document that is no message, or one without a reason to stop, may have usage that is not the last.
        var whole = reading is { Final: true, Stopped: true, Error: false };
        UpstreamAnswer.CopyHead(response, context.Response);
        if (whole && cost is { Complete: true, Amount: var known })
        {
            context.Response.Headers["x-governance-cost-usd"] = known.ToPlain();
        }
        context.Response.ContentLength = body.Length;
        var gone = !await client.WriteAsync(body);
        var end = whole ? ForwardEnd.Completed : reading.Error ? ForwardEnd.UpstreamError : ForwardEnd.UpstreamGarbage;
        return answer with { End = end, Reading = reading, Cost = cost?.Amount, CostComplete = cost is { Complete: true }, ReadingsDiffer = cost is { ReadingsDiffer: true }, ClientGone = gone, Whole = whole, Answer = body };
    }

    /// <summary>An upstream may send its head early: until the first byte of the body it has as long as for the head, and may then be silent as long as in a stream.</summary>
    Task<byte[]> ReadJsonAsync(HttpContent content, CancellationTokenSource clock)
    {
        var started = Stopwatch.GetTimestamp();
        var idle = new IdleClock(clock, TimeSpan.FromSeconds(settings.IdleSeconds));
        clock.CancelAfter(TimeSpan.FromSeconds(Math.Min(Math.Max(settings.FirstByteSeconds, settings.IdleSeconds), settings.TotalSeconds)));
        return UpstreamAnswer.ReadAsync(content, settings.AnswerLimitBytes, Progress, clock.Token);

        void Progress()
        {
            idle.Restart();
            if (Stopwatch.GetElapsedTime(started).TotalSeconds > settings.TotalSeconds)
            {
                clock.Cancel();
            }
        }
    }

    async Task<Forward> PassStreamAsync(ClientWriter client, HttpContext context, GatedCall call, HttpResponseMessage response, Forward answer, CancellationTokenSource clock)
    {
        UpstreamAnswer.CopyHead(response, context.Response);
        // Proxies in front (nginx) would else keep events back until a buffer is full.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        var meter = new StreamMeter(longest: call.Facts.CacheWrite);
        using var copy = new StreamCopy(client, drains, call.Caller.Project.Cache ? settings.AnswerLimitBytes : 0);
        var ended = await CopyAsync(response, meter, copy, clock);
        var reading = meter.Read();
        CrashPoint.Reach("final-usage");
        var cost = MeteredCost.Of(reading, call.Prices, call.Upstream.Vendor, call.ServedModel, call.Ledger.Id.At);
        var end = reading.Error ? ForwardEnd.UpstreamError
            : reading.Final ? ForwardEnd.Completed
            : ended == ForwardEnd.Completed ? ForwardEnd.UpstreamCut : ended;
        await copy.EndEventAsync();
        // An answer that just ends would look whole to a client that does not count events; one whose cost is known is no less incomplete without its last event.
        if (end is ForwardEnd.UpstreamCut or ForwardEnd.UpstreamIdle or ForwardEnd.OursStopped || (end == ForwardEnd.Completed && !reading.Stopped))
        {
            await copy.WriteAsync(UpstreamAnswer.StreamError(end == ForwardEnd.Completed ? ended : end, call.Ledger.Id));
        }
        return answer with
        {
            End = end,
            Reading = reading,
            Cost = cost?.Amount,
            CostComplete = cost is { Complete: true },
            ReadingsDiffer = cost is { ReadingsDiffer: true },
            ClientGone = copy.ClientGone,
            Whole = end == ForwardEnd.Completed && ended == ForwardEnd.Completed && reading.Stopped,
            Answer = copy.Kept,
        };
    }

    /// <summary>Copies the answer until it ends; how it ended, <see cref="ForwardEnd.Completed"/> where the upstream closed it.</summary>
    async Task<ForwardEnd> CopyAsync(HttpResponseMessage response, StreamMeter meter, StreamCopy copy, CancellationTokenSource clock)
    {
        var started = Stopwatch.GetTimestamp();
        var buffer = ArrayPool<byte>.Shared.Rent(StreamBufferBytes);
        var idle = new IdleClock(clock, TimeSpan.FromSeconds(settings.IdleSeconds));
        try
        {
            await using var from = await response.Content.ReadAsStreamAsync(clock.Token);
            while (true)
            {
                idle.Restart();
                var read = await from.ReadAsync(buffer, clock.Token);
                if (read == 0)
                {
                    return ForwardEnd.Completed;
                }
                meter.Write(buffer.AsSpan(0, read));
                var writing = copy.WriteAsync(buffer.AsMemory(0, read));
                if (!writing.IsCompleted)
                {
                    // Now it is the client that takes its time.
                    idle.Rest();
                }
                if (!await writing)
                {
                    return ForwardEnd.ClientGone;
                }
                CrashPoint.Reach("mid-stream");
                if ((Stopwatch.GetElapsedTime(started) - copy.Waited).TotalSeconds > settings.TotalSeconds)
                {
                    return ForwardEnd.UpstreamIdle;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return drain.Cut.IsCancellationRequested ? ForwardEnd.OursStopped : ForwardEnd.UpstreamIdle;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return ForwardEnd.UpstreamCut;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
