using System.Globalization;
using Governance.Audit;
using Governance.Gateway;
using Governance.Ledger;
using Governance.Shell;
using Microsoft.Extensions.Options;

namespace Governance.Configuration;

/// <summary>What load balancers ask: does the process live, and may it get calls. Open to all, and says nothing of what it serves.</summary>
static class HealthEndpoints
{
    static readonly TimeSpan longestDelay = TimeSpan.FromSeconds(10);

    public static void Map(WebApplication app)
    {
        app.MapGet("/health/live", () => Results.Json(new { status = "live" })).AllowAnonymous();
        app.MapGet("/health/ready", (Journal journal, Drain drain, FenceShelf fence, StoreWatch watch, IOptions<Frame> frame) => WhyNot(journal, drain, fence, watch) is { } why
            ? Results.Json(new { status = "not ready", why }, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Json(new { status = "ready", warnings = frame.Value.Banners.Select(ask => ask()).OfType<Banner>().Select(banner => banner.Text) })).AllowAnonymous();
    }

    /// <summary>While the process stops, pages are refused: what they keep open must not hold it up. Calls are told by the gateway itself.</summary>
    public static void UseDrain(this WebApplication app)
    {
        var drain = app.Services.GetRequiredService<Drain>();
        app.Use(next => context =>
        {
            if (!drain.Begun || context.Request.Path.StartsWithSegments("/health") || context.Request.Path.StartsWithSegments("/metrics"))
            {
                return next(context);
            }
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter = "5";
            context.Response.ContentType = "text/plain; charset=utf-8";
            return context.Response.WriteAsync("This instance is being stopped. Load the page again in a moment.");
        });
    }

    static string? WhyNot(Journal journal, Drain drain, FenceShelf fence, StoreWatch watch) =>
        drain.Begun ? string.Create(CultureInfo.InvariantCulture, $"stopping; {drain.InFlight} calls are being finished")
        : fence.Current is { } clock && ClockGap.IsReason(clock.Reason) ? $"fenced: {clock.Reason} (/dashboard/settings/integrity, or App acknowledge --clock-is-right)"
        : fence.Current is not null ? "fenced: the ledger goes on from an older state; say on /dashboard/settings/integrity what was spent since"
        : watch.Trouble is { } trouble ? trouble
        : journal.LastFailure is { } failure ? failure
        : journal.Delay > longestDelay ? "writing stalls"
        : null;
}
