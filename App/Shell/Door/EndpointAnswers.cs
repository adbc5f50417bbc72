using System.Text.Json;

namespace Governance.Shell.Door;

/// <summary>The refusals that every address for machines beside the gateway has in common, in their one shape: <c>{"error":{"message":…}}</c>.</summary>
static class EndpointAnswers
{
    public static IResult Refuse(int status, string message) => Results.Json(new { error = new { message } }, (JsonSerializerOptions?)null, statusCode: status);

    /// <summary>What a known address answers to every method but <paramref name="allowed"/>.</summary>
    public static Delegate OtherMethod(string allowed) => (HttpContext context) =>
    {
        context.Response.Headers.Allow = allowed;
        return Refuse(StatusCodes.Status405MethodNotAllowed, $"{context.Request.Method} is not served here; send {allowed}.");
    };

    /// <summary>An address under another spelling than its own is none.</summary>
    public static ValueTask<object?> ExactlyAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        EntryRules.IsSpelledExactly(context.HttpContext) ? next(context) : ValueTask.FromResult<object?>(Refuse(StatusCodes.Status404NotFound, "There is nothing under this spelling of the address."));
}
