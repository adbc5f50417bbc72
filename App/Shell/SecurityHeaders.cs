using Governance.Shell.Door;

namespace Governance.Shell;

/// <summary>What the browser may do with our answers: run and load only what this site serves, and be framed by nobody.</summary>
static class SecurityHeaders
{
    // Radzen writes style attributes, so those alone may be inline; scripts and sheets may not.
    const string ContentPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; " +
        "connect-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'";

    const string Permissions = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()";

    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        // At the start of the answer, because the error page clears what was set before it.
        context.Response.OnStarting(static state => Write((HttpContext)state), context);
        return next(context);
    }

    static Task Write(HttpContext context)
    {
        var headers = context.Response.Headers;
        // A browser would take every other program on this machine's ports for https, too.
        if (context.Request.IsHttps && !Visit.IsLoopback(context.Request.Host.Host))
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XFrameOptions = "DENY";
        headers.XContentTypeOptions = "nosniff";
        // A page whose address holds a token asks for more.
        headers.TryAdd("Referrer-Policy", "same-origin");
        headers["Permissions-Policy"] = Permissions;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        return Task.CompletedTask;
    }
}
