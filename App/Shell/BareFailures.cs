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

    /// <summary>Stands after the status pages and the error page: switches the first off for programs, and makes the second run of a failed request a reading one.</summary>
    public static Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        // A refused form would be refused again, for the same missing token, while its page of refusal is made.
        if (context.Features.Get<IStatusCodeReExecuteFeature>() is not null || context.Features.Get<IExceptionHandlerFeature>() is not null)
        {
            context.Request.Method = HttpMethods.Get;
        }
        if (context.Features.Get<IStatusCodePagesFeature>() is { } pages)
        {
            pages.Enabled = WantsPage(context);
        }
        return next(context);
    }

    /// <summary>True where the request asks for HTML, as browsers do.</summary>
    public static bool WantsPage(HttpContext context) =>
        context.Request.Headers.Accept.Any(accept => accept?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true);
}
