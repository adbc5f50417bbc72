using System.Net;
using System.Text;
using System.Text.Json;
using Governance.Ledger;

namespace Governance.Gateway;

/// <summary>What of an upstream's answer reaches the client besides its body.</summary>
static class UpstreamAnswer
{
    /// <summary>Its rate-limit, organisation and request-id headers describe the operator's account and stay here.</summary>
    static readonly string[] Passed = ["retry-after", "retry-after-ms", "x-should-retry"];

    public static string? RequestId(HttpResponseMessage response) =>
        response.Headers.TryGetValues("request-id", out var ids) || response.Headers.TryGetValues("x-request-id", out ids) ? ids.FirstOrDefault() : null;

    /// <summary>The whole body. Longer than <paramref name="limitBytes"/>, cut off or out of time: an exception as of any read.</summary>
    public static async Task<byte[]> ReadAsync(HttpContent content, int limitBytes, CancellationToken cancellation)
    {
        if (content.Headers.ContentLength is not { } length || length > limitBytes)
        {
            await content.LoadIntoBufferAsync(limitBytes, cancellation);
            return await content.ReadAsByteArrayAsync(cancellation);
        }
        // Its length is known, so nothing needs to grow or to be copied.
        var body = GC.AllocateUninitializedArray<byte>((int)length);
        await using var from = await content.ReadAsStreamAsync(cancellation);
        await from.ReadExactlyAsync(body, cancellation);
        return body;
    }

    /// <summary>Status, content type and the few headers that help a client.</summary>
    public static void CopyHead(HttpResponseMessage from, HttpResponse to)
    {
        to.StatusCode = (int)from.StatusCode;
        to.ContentType = from.Content.Headers.ContentType?.ToString();
        foreach (var name in Passed)
        {
            if (from.Headers.TryGetValues(name, out var values))
            {
                to.Headers[name] = values.FirstOrDefault();
            }
        }
        if (from.Content.Headers.ContentEncoding.Count > 0)
        {
            to.Headers.ContentEncoding = string.Join(", ", from.Content.Headers.ContentEncoding);
        }
    }

    /// <summary>That the operator's own key or redirects fail is not the caller's fault: 502. Null for everything else.</summary>
    public static Refusal? OperatorsFault(HttpStatusCode status, string upstream) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
            Refusal.Plain(502, "api_error", $"The upstream '{upstream}' refused this gateway's own key ({(int)status}). An owner can put it right on /dashboard/settings.", "upstream_key_refused"),
        >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest =>
            Refusal.Plain(502, "api_error", $"The upstream '{upstream}' answered with a redirect ({(int)status}), which is not followed.", "upstream_redirect"),
        < HttpStatusCode.Ambiguous => Refusal.Plain(502, "api_error", $"The upstream '{upstream}' answered {(int)status}, which is no answer of this interface.", "upstream_status"),
        _ => null,
    };

    /// <summary>The way to end a stream that has begun: an error event that every client shows.</summary>
    public static byte[] StreamError(ForwardEnd end, CallId id)
    {
        var message = end switch
        {
            ForwardEnd.UpstreamIdle => "The upstream fell silent; the answer is incomplete.",
            ForwardEnd.OursStopped => "The gateway was stopped; the answer is incomplete.",
            _ => "The connection to the upstream was lost; the answer is incomplete.",
        };
        var body = JsonSerializer.Serialize(new { type = "error", error = new { type = "api_error", message, details = (string?)null }, request_id = id.ToString() });
        return Encoding.UTF8.GetBytes($"event: error\ndata: {body}\n\n");
    }
}
