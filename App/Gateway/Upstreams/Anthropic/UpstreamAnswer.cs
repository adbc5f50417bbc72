using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json;
using Governance.Gateway.Surfaces;
using Governance.Ledger.Entries;

namespace Governance.Gateway.Upstreams.Anthropic;

/// <summary>What of an upstream's answer reaches the client besides its body.</summary>
static class UpstreamAnswer
{
    /// <summary>Its rate-limit and organisation headers describe the operator's account and stay here; its request id is passed under another name.</summary>
    static readonly string[] Passed = ["retry-after", "retry-after-ms", "x-should-retry"];

    const int FirstBytes = 16 * 1024;

    public static string? RequestId(HttpResponseMessage response) =>
        response.Headers.TryGetValues("request-id", out var ids) || response.Headers.TryGetValues("x-request-id", out ids) ? ids.FirstOrDefault() : null;

    /// <summary>Anthropic's own header; <c>x-request-id</c> is added by many proxies and says nothing of who answered.</summary>
    public static bool HasProvidersId(HttpResponseMessage response) => response.Headers.TryGetValues("request-id", out var ids) && ids.Any(id => id.Length > 0);

    /// <summary>The whole body. Longer than <paramref name="limitBytes"/>, cut off or out of time: an exception as of any read.</summary>
    /// <param name="read">Called whenever something has come.</param>
    public static async Task<byte[]> ReadAsync(HttpContent content, int limitBytes, Action read, CancellationToken cancellation)
    {
        await using var from = await content.ReadAsStreamAsync(cancellation);
        if (content.Headers.ContentLength is { } length && length <= limitBytes)
        {
            // Its length is known, so nothing needs to grow or to be copied.
            var whole = GC.AllocateUninitializedArray<byte>((int)length);
            for (var at = 0; at < whole.Length;)
            {
                var count = await from.ReadAsync(whole.AsMemory(at), cancellation);
                at += count > 0 ? count : throw new EndOfStreamException("The body ended before its length.");
                read();
            }
            return whole;
        }
        var body = new ArrayBufferWriter<byte>(FirstBytes);
        while (await from.ReadAsync(body.GetMemory(FirstBytes), cancellation) is var count and > 0)
        {
            body.Advance(count);
            read();
            if (body.WrittenCount > limitBytes)
            {
                throw new IOException($"The body is longer than {limitBytes} bytes.");
            }
        }
        return body.WrittenSpan.ToArray();
    }

    /// <summary>The body of an error; null where it could not be read.</summary>
    public static async Task<byte[]?> TryReadAsync(HttpContent content, int limitBytes, CancellationToken cancellation)
    {
        try
        {
            return await ReadAsync(content, limitBytes, () => { }, cancellation);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            return null;
        }
    }

    /// <summary>Status, content type and the few headers that help a client.</summary>
    public static void CopyHead(HttpResponseMessage from, HttpResponse to)
    {
        to.StatusCode = (int)from.StatusCode;
        to.ContentType = from.Content.Headers.ContentType?.ToString() is { } type && IsVisible(type) ? type : null;
        foreach (var name in Passed)
        {
            // What is not ASCII says nothing to a client and cannot be sent on: the answer is worth more than such a header.
            if (from.Headers.TryGetValues(name, out var values) && values.FirstOrDefault() is { } value && IsVisible(value))
            {
                to.Headers[name] = value;
            }
        }
        if (RequestId(from) is { Length: > 0 and <= 200 } id && IsVisible(id))
        {
            to.Headers["x-upstream-request-id"] = id;
        }
        if (string.Join(", ", from.Content.Headers.ContentEncoding) is { Length: > 0 } encoding && IsVisible(encoding))
        {
            to.Headers.ContentEncoding = encoding;
        }
    }

    static bool IsVisible(string value) => !value.AsSpan().ContainsAnyExceptInRange(' ', '~');

    /// <summary>That the provider refuses the operator's own key is not the caller's fault: 502. Null for everything else.</summary>
    public static Refusal? OperatorsFault(HttpStatusCode status, string upstream) => status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
        ? Refusal.Plain(502, "api_error", $"The upstream '{upstream}' refused this gateway's own key ({(int)status}). An owner can put it right on /dashboard/settings.", "upstream_key_refused")
        : null;

    /// <summary>What is not recognisably the provider's answer: told with its status, where that says anything to a caller, and with what it means for the bill.</summary>
    public static Refusal Unrecognised(HttpStatusCode status, string upstream)
    {
        var (what, code) = (int)status switch
        {
            >= 300 and < 400 => ("with a redirect, which is not followed", "upstream_redirect"),
            < 300 => ("which is no answer of this interface", "upstream_status"),
            _ => ("which does not look like the provider's own error; a proxy between may have answered in its place", "upstream_unrecognised"),
        };
        var shown = status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.ProxyAuthenticationRequired or < HttpStatusCode.BadRequest or > (HttpStatusCode)599 ? 502 : (int)status;
        return Refusal.Plain(shown, "api_error", $"The upstream '{upstream}' answered {(int)status}, {what}. The call may have been billed, so its estimate counts as spent.", code);
    }

    /// <summary>The way to end a stream that has begun: an error event that every client shows.</summary>
    public static byte[] StreamError(ForwardEnd end, CallId id)
    {
        var message = end switch
        {
            ForwardEnd.UpstreamIdle => "The upstream fell silent; the answer is incomplete.",
            ForwardEnd.OursStopped => "The gateway was stopped; the answer is incomplete.",
            ForwardEnd.Completed => "The upstream ended the answer without its last event; it may be incomplete.",
            _ => "The connection to the upstream was lost; the answer is incomplete.",
        };
        var body = JsonSerializer.Serialize(new { type = "error", error = new { type = "api_error", message, details = (string?)null }, request_id = id.ToString() });
        return Encoding.UTF8.GetBytes($"event: error\ndata: {body}\n\n");
    }
}
