using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Governance.Gateway.Telemetry;
using Governance.Ledger.Entries;

namespace Governance.Gateway.Surfaces.Anthropic;

/// <summary>Writes a refusal to the client.</summary>
static class RefusalAnswer
{
    static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>For this client a 403 of policy goes out as 400 <c>policy_blocked</c>, because it prints "Failed to authenticate" on a 403.</summary>
    const string ClaudeCode = "claude-cli/";

    public static Task WriteAsync(HttpContext context, Refusal refusal, CallId id)
    {
        var code = (string?)refusal.Error["deny_code"] ?? refusal.Code;
        Instruments.CountRefusal(refusal.Status, code);
        CallTags.Refused(refusal.Status, code);
        var response = context.Response;
        var error = (JsonObject)refusal.Error.DeepClone();
        var status = refusal.Status;
        if (status == StatusCodes.Status403Forbidden && context.Request.Headers.UserAgent.ToString().StartsWith(ClaudeCode, StringComparison.OrdinalIgnoreCase))
        {
            status = StatusCodes.Status400BadRequest;
            error["type"] = "policy_blocked";
        }
        response.StatusCode = status;
        response.ContentType = "application/json";
        WriteIds(response, id);
        response.Headers["x-should-retry"] = refusal.ShouldRetry ? "true" : "false";
        if (refusal.RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = Math.Min(seconds, 60).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        var body = new JsonObject { ["type"] = "error", ["error"] = error, ["request_id"] = id.ToString() };
        return response.WriteAsync(body.ToJsonString(Relaxed));
    }

    /// <summary>Anthropic's SDKs read <c>request-id</c>, OpenAI's <c>x-request-id</c>.</summary>
    /// <returns>The id as it was written.</returns>
    public static string WriteIds(HttpResponse response, CallId id)
    {
        var text = id.ToString();
        response.Headers["request-id"] = text;
        response.Headers["x-request-id"] = text;
        // The client's own, beside ours.
        var request = response.HttpContext.Request;
        if (CallHeaders.Trace(request, CallHeaders.ClientRequestId) is { } theirs)
        {
            response.Headers["x-client-request-id"] = theirs;
        }
        if (CallHeaders.Trace(request, CallHeaders.TraceParent) is { } trace)
        {
            response.Headers[CallHeaders.TraceParent] = trace;
        }
        return text;
    }
}
