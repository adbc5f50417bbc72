using System.Text.Json;

namespace Governance.Gateway.Upstreams.Anthropic;

/// <summary>
/// Whose an error is that came before any 200. The provider's own costs nothing. What a load balancer, an edge or a company's proxy answered in its
/// place says nothing of what became of the call: it may run on at the provider and be billed.
/// </summary>
[Pure]
static class UpstreamError
{
    static readonly JsonDocumentOptions options = new() { MaxDepth = 64 };

    /// <summary>True for a status that the provider uses, with the provider's error document or, where nothing between would answer so, its request id.</summary>
    /// <param name="hasRequestId">Whether <c>request-id</c> was there; <c>x-request-id</c> is what proxies add themselves.</param>
    /// <param name="body">Null where it could not be read.</param>
    public static bool IsProvidersOwn(int status, bool hasRequestId, ReadOnlyMemory<byte>? body) =>
        body is { } bytes && IsProviders(status) && (IsErrorDocument(bytes, isStrict: status is 408 or >= 500) || (hasRequestId && !IsProxys(status) && !IsMarkup(bytes.Span)));

    /// <summary>407 is a proxy's own; 502, 505 and above are those of gateways and edges.</summary>
    static bool IsProviders(int status) => status is (>= 400 and < 500 and not 407) or 500 or 501 or 503 or 504 or 529;

    /// <summary>What a proxy answers by itself when it loses the upstream: a header is not enough then.</summary>
    static bool IsProxys(int status) => status is 501 or 503 or 504;

    /// <summary><c>{"type":"error","error":{"type":…}}</c>, or an <c>error</c> object with a type, code or message, as vendors with this interface write it.</summary>
    /// <param name="isStrict">Only the interface's own form counts: proxies that lose an upstream write the others too.</param>
    static bool IsErrorDocument(ReadOnlyMemory<byte> body, bool isStrict)
    {
        try
        {
            using var document = JsonDocument.Parse(WithoutMark(body), options);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("error", out var error)
                && error.ValueKind == JsonValueKind.Object
                && (isStrict ? IsText(error, "type") && root.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("error")
                    : IsText(error, "type") || IsText(error, "message") || error.TryGetProperty("code", out _));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    static bool IsText(JsonElement error, string name) => error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String;

    static bool IsMarkup(ReadOnlySpan<byte> body) => WithoutSpace(body) is [(byte)'<', ..];

    static ReadOnlySpan<byte> WithoutSpace(ReadOnlySpan<byte> body) => (body.StartsWith("\uFEFF"u8) ? body[3..] : body).TrimStart(" \t\r\n"u8);

    static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> body) => body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;
}
