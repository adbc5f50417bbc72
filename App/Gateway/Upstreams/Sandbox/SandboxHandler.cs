using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;

namespace Governance.Gateway.Upstreams.Sandbox;

/// <summary>The built-in provider: it answers as Anthropic's interface does, without a key and without the network, through the same door as a real upstream. It throws only where a marker asks for a lost connection.</summary>
/// <param name="pacing">Waits between the events of a stream; <see cref="SandboxPacing.Live"/> where none is given.</param>
sealed class SandboxHandler(SandboxPacing? pacing = null, TimeProvider? clock = null) : HttpMessageHandler
{
    public const string MessagesPath = "/v1/messages";
    public const string CountTokensPath = "/v1/messages/count_tokens";
    public const string ModelsPath = "/v1/models";

    const int BodyBytesMost = 32 * 1024 * 1024;
    static readonly JsonDocumentOptions Depth = new() { MaxDepth = 128 };

    readonly SandboxPacing pacing = pacing ?? SandboxPacing.Live;
    readonly TimeProvider clock = clock ?? TimeProvider.System;
    readonly SandboxPromptCache cache = new(clock ?? TimeProvider.System);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri is { IsAbsoluteUri: true } address ? address.AbsolutePath : "";
        var response = (request.Method.Method, path) switch
        {
            ("POST", MessagesPath) => await AnswerAsync(request, counting: false, cancellationToken),
            ("POST", CountTokensPath) => await AnswerAsync(request, counting: true, cancellationToken),
            ("GET", ModelsPath) => Json(200, SandboxCatalog.List(), RequestId(path)),
            ("GET", _) when path.StartsWith(ModelsPath + "/", StringComparison.Ordinal) => Listed(Uri.UnescapeDataString(path[(ModelsPath.Length + 1)..])),
            _ => Error(404, SandboxErrors.MessageOf(404), RequestId(path)),
        };
        response.RequestMessage = request;
        return response;
    }

    async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, bool counting, CancellationToken cancellationToken)
    {
        if (await BodyAsync(request.Content, cancellationToken) is not { } body)
        {
            return Error(413, SandboxErrors.MessageOf(413), RequestId("too large"));
        }
        var requestId = "req_" + Convert.ToHexStringLower(SHA256.HashData(body.Span))[..24];
        try
        {
            if (!Utf8.IsValid(body.Span))
            {
                return Error(400, "The request body is not valid UTF-8.", requestId);
            }
            using var document = JsonDocument.Parse(body, Depth);
            if (SandboxValidation.Problem(document.RootElement, counting) is { } problem)
            {
                return Error(400, problem, requestId);
            }
            var prompt = SandboxPrompt.Measure(document.RootElement, caching: !counting && body.Span.IndexOf("cache_control"u8) >= 0);
            if (counting)
            {
                return Json(200, SandboxWire.Json(writer => writer.WriteNumber("input_tokens", prompt.Tokens)), requestId);
            }
            return await AnswerAsync(SandboxRequest.Read(document.RootElement), prompt, requestId, cancellationToken);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or ArgumentException)
        {
            // Half of a surrogate pair in an escape is noticed only when the string is read.
            return Error(400, "The request body is not valid JSON.", requestId);
        }
    }

    async Task<HttpResponseMessage> AnswerAsync(SandboxRequest request, SandboxPrompt prompt, string requestId, CancellationToken cancellationToken)
    {
        var markers = SandboxMarkers.Read(request.UserText);
        if (markers.Delay > TimeSpan.Zero)
        {
            await Task.Delay(markers.Delay, clock, cancellationToken);
        }
        if (markers.Unreachable || markers.CutBefore)
        {
            // The two differ in who pays: what was never sent costs nothing.
            var error = markers.Unreachable ? HttpRequestError.ConnectionError : HttpRequestError.ResponseEnded;
            throw new HttpRequestException(error, "The sandbox gave no answer, as a marker asked.");
        }
        if (markers.ErrorStatus is { } status)
        {
            return Error(status, SandboxErrors.MessageOf(status), requestId, markers.RetryAfterSeconds);
        }
        if (markers.StreamError is { } type && !request.Stream)
        {
            var matching = SandboxErrors.StatusOf(type);
            return Respond(matching, Plain(SandboxWire.Json(writer => SandboxWire.WriteError(writer, type, SandboxErrors.MessageOf(matching), requestId))), requestId);
        }
        if (markers.Garbage)
        {
            return Json(200, "<html>This is the body that the marker asked for: not JSON.</html>"u8.ToArray(), requestId);
        }
        var answer = SandboxComposer.Compose(request, markers, cache.Charge(prompt));
        if (request.Stream)
        {
            var pace = markers.Slow is { } slow ? new SandboxPacing((int)slow.TotalMilliseconds, (int)slow.TotalMilliseconds) : pacing;
            var events = new SandboxContent(SandboxEvents.Stream(answer, markers, requestId), "text/event-stream", pace, clock);
            return Respond(200, events, requestId);
        }
        return Respond(200, markers.Cut ? Half(SandboxWire.Message(answer)) : Plain(SandboxWire.Message(answer)), requestId);
    }

    /// <summary>The body, or null where it is larger than the provider takes.</summary>
    static async Task<ReadOnlyMemory<byte>?> BodyAsync(HttpContent? content, CancellationToken cancellationToken)
    {
        if (content is null)
        {
            return ReadOnlyMemory<byte>.Empty;
        }
        await using var source = await content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[16_384];
        for (int length; (length = await source.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (body.Length + length > BodyBytesMost)
            {
                return null;
            }
            body.Write(buffer, 0, length);
        }
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    static HttpResponseMessage Listed(string id) =>
        SandboxCatalog.Find(id) is { } model ? Json(200, model, RequestId(id)) : Error(404, $"model: {SandboxJson.Shorten(id, 200)}", RequestId(id));

    static HttpResponseMessage Error(int status, string message, string requestId, int? retryAfterSeconds = null)
    {
        var response = Json(status, SandboxWire.Json(writer => SandboxWire.WriteError(writer, SandboxErrors.TypeOf(status), message, requestId)), requestId);
        if (retryAfterSeconds is { } seconds)
        {
            response.Headers.TryAddWithoutValidation("retry-after", seconds.ToString(CultureInfo.InvariantCulture));
        }
        return response;
    }

    static HttpResponseMessage Json(int status, byte[] body, string requestId) => Respond(status, Plain(body), requestId);

    static ByteArrayContent Plain(byte[] body) => new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    SandboxContent Half(byte[] body) => new SandboxContent(SandboxEvents.Half(body), "application/json", SandboxPacing.None, clock);

    static HttpResponseMessage Respond(int status, HttpContent content, string requestId)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = content };
        response.Headers.TryAddWithoutValidation("request-id", requestId);
        response.Headers.TryAddWithoutValidation("anthropic-organization-id", "sandbox");
        return response;
    }

    static string RequestId(string seed) => "req_" + Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(seed)))[..24];
}
