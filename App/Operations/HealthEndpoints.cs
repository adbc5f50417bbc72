using System.Globalization;
using Governance.Documents;
using Governance.Gateway;
using Governance.Journal;
using Governance.Ledger.Fences;
using Governance.Shell;
using Governance.Shell.Door;
using Microsoft.Extensions.Options;

namespace Governance.Operations;

/// <summary>
/// What load balancers ask: does the process live, and may it get calls. Open to all under every name, so it says no more than its status; the reasons,
/// which name disks, tables and spend, are for whoever shows a management key or asks from this machine itself.
/// </summary>
static class HealthEndpoints
{
    static readonly TimeSpan longestDelay = TimeSpan.FromSeconds(10);

    public static void Map(WebApplication app)
    {
        Map("/health/live", () => Results.Ok());
        Map("/health/ready", (HttpContext context, JournalWriter journal, Drain drain, FenceShelf fence, StoreWatch watch, IOptions<Frame> frame) =>
        {
            var why = WhyNot(journal, drain, fence, watch);
            var status = why is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            return !Visit.IsFromThisMachine(context) && ManagementEndpoints.Authorize(context) is null ? Results.Json(new { status = why is null ? "ready" : "unavailable" }, statusCode: status)
                : why is null ? Results.Json(new { status = "ready", warnings = frame.Value.Banners.Select(ask => ask()).OfType<Banner>().Select(banner => banner.Text) })
                : Results.Json(new { status = "not ready", why }, statusCode: status);
        });

        void Map(string path, Delegate answer)
        {
            app.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], answer).AddEndpointFilter(EndpointAnswers.ExactlyAsync).OpenToProbes();
            app.Map(path, EndpointAnswers.OtherMethod("GET, HEAD")).AddEndpointFilter(EndpointAnswers.ExactlyAsync).OpenToProbes();
        }
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

    static string? WhyNot(JournalWriter journal, Drain drain, FenceShelf fence, StoreWatch watch) =>
        drain.Begun ? string.Create(CultureInfo.InvariantCulture, $"stopping; {drain.InFlight} calls are being finished")
        : fence.Current is { } clock && ClockGap.IsReason(clock.Reason) ? $"fenced: {clock.Reason} (/dashboard/settings/integrity, or App acknowledge --clock-is-right)"
        : fence.Current is not null ? "fenced: the ledger goes on from an older state; say on /dashboard/settings/integrity what was spent since"
        : watch.Trouble is { } trouble ? trouble
        : journal.LastFailure is { } failure ? failure
        : journal.Delay > longestDelay ? "writing stalls"
        : null;
}
