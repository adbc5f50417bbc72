using System.Text.Json.Nodes;

namespace Governance.Gateway.Surfaces;

/// <summary>An answer that the gateway gives instead of an upstream, in the one shape that every client reads (see the contract of refusals).</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Error">The object under <c>error</c>; has at least <c>type</c> and <c>message</c>.</param>
/// <param name="RetryAfterSeconds">At most 60; null where waiting does not help.</param>
/// <param name="ShouldRetry">False keeps every SDK from trying again.</param>
sealed record Refusal(int Status, JsonObject Error, int? RetryAfterSeconds = null, bool ShouldRetry = false)
{
    public string Code => (string?)Error["code"] ?? "";

    public string Message => (string?)Error["message"] ?? "";

    /// <summary>A refusal that has nothing to say but its message.</summary>
    public static Refusal Plain(int status, string type, string message, string? code = null, int? retryAfterSeconds = null, bool shouldRetry = false) =>
        new(status, Body(type, message, code ?? type), retryAfterSeconds, shouldRetry);

    public static Refusal Malformed(string message) => Plain(400, "invalid_request_error", message);

    public static Refusal Unauthorized(string message) => Plain(401, "authentication_error", message);

    public static Refusal NotFound(string message) => Plain(404, "not_found_error", message);

    /// <summary><c>type</c> and <c>message</c> first, then what the OpenAI and newer Anthropic SDKs look for.</summary>
    public static JsonObject Body(string type, string message, string code) => new()
    {
        ["type"] = type,
        ["message"] = message,
        ["code"] = code,
        ["param"] = null,
        ["details"] = new JsonObject { ["error_code"] = code },
    };
}
