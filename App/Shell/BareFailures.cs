using Microsoft.AspNetCore.Diagnostics;

namespace Governance.Shell;

/// <summary>Programs get bare statuses; only a browser that asks for HTML gets a page about a failure.</summary>
sealed class BareFailures : IExceptionHandler
{
    public ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        // The exception middleware has set 500 already.
        return ValueTask.FromResult(!WantsPage(httpContext));
    }

    /// <summary>Stands after the status pages and switches them off for programs.</summary>
    public static Task KeepStatusBareAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IStatusCodePagesFeature>() is { } pages)
        {
            pages.Enabled = WantsPage(context);
        }
        return next(context);
    }

    static bool WantsPage(HttpContext context) =>
        context.Request.Headers.Accept.Any(accept => accept?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true);
}
