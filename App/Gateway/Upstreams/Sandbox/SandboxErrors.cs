namespace Governance.Gateway.Upstreams.Sandbox;

/// <summary>Which HTTP status goes with which of the provider's error types.</summary>
[Pure]
static class SandboxErrors
{
    static readonly IReadOnlyList<(int Status, string Type, string Message)> Table =
    [
        (400, "invalid_request_error", "The request was not valid."),
        (401, "authentication_error", "invalid x-api-key"),
        (402, "billing_error", "The credit balance is too low."),
        (403, "permission_error", "The key does not have permission to use this resource."),
        (404, "not_found_error", "Not found"),
        (409, "conflict_error", "The request conflicts with another one."),
        (413, "request_too_large", "The request exceeds the maximum size."),
        (429, "rate_limit_error", "Number of requests has exceeded the rate limit."),
        (500, "api_error", "Internal server error"),
        (504, "timeout_error", "The request timed out."),
        (529, "overloaded_error", "Overloaded"),
    ];

    public static string TypeOf(int status) => Row(status).Type;

    public static string MessageOf(int status) => Row(status).Message;

    /// <summary>The status of an error type; 500 for one that the provider does not have.</summary>
    public static int StatusOf(string type) => Table.FirstOrDefault(row => row.Type == type, Row(500)).Status;

    static (int Status, string Type, string Message) Row(int status)
    {
        var other = status < 500 ? 400 : 500;
        return Table.FirstOrDefault(row => row.Status == status, Table.First(row => row.Status == other));
    }
}
