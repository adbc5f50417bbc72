namespace Governance.Shell.Door;

/// <summary>With <c>Governance:RequireHttps</c> nothing is served in the clear but to probes and to this machine itself.</summary>
static class HttpsOnly
{
    public static Task GuardAsync(HttpContext context, RequestDelegate next, Uri? publicUrl)
    {
        var request = context.Request;
        if (request.IsHttps || request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase) || Visit.IsFromThisMachine(context))
        {
            return next(context);
        }
        if (HttpMethods.IsGet(request.Method) && request.Headers.Authorization.Count == 0 && !request.Headers.ContainsKey("x-api-key"))
        {
            var host = publicUrl is { Scheme: "https" } ? publicUrl.Authority : request.Host.Host;
            context.Response.Redirect($"https://{host}{request.PathBase.ToUriComponent()}{request.Path.ToUriComponent()}{request.QueryString.ToUriComponent()}", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        }
        // A redirect would hide that a key or a password was just sent in the clear.
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync("""
            {"type":"error","error":{"type":"invalid_request_error","message":"This gateway is only served over https. What was sent with this call, its key too, travelled in the clear: use https, and change the key.","code":"https_required"}}
            """);
    }
}
