using Governance.Documents;
using Governance.Shell.Door;

namespace Governance.Operations.Telemetry;

/// <summary><c>GET /metrics</c>: figures for a monitoring system. They tell who spends what, so they need a management key, unless <c>Governance:Metrics:Public</c> says that the network is trusted.</summary>
static class MetricsEndpoint
{
    const string Path = "/metrics";

    public static void Map(WebApplication app)
    {
        var scrape = Exporter(app);
        app.MapGet(Path, async (HttpContext context, IConfiguration configuration) =>
        {
            if (!configuration.GetValue("Governance:Metrics:Public", false) && ManagementEndpoints.Authorize(context) is null)
            {
                return EndpointAnswers.Refuse(StatusCodes.Status401Unauthorized, "Send a management key as 'Authorization: Bearer <key>', or set Governance:Metrics:Public.");
            }
            await scrape(context);
            return Results.Empty;
        }).AddEndpointFilter(EndpointAnswers.ExactlyAsync).RequireOwnKey(ManagementEndpoints.Key);
        app.Map(Path, EndpointAnswers.OtherMethod(HttpMethods.Get)).AddEndpointFilter(EndpointAnswers.ExactlyAsync).RequireOwnKey(ManagementEndpoints.Key);
    }

    /// <summary>The exporter's own middleware as something that can be called behind our guard, which it knows nothing of.</summary>
    static RequestDelegate Exporter(IEndpointRouteBuilder app)
    {
        var branch = app.CreateApplicationBuilder();
        branch.UseOpenTelemetryPrometheusScrapingEndpoint(_ => true);
        return branch.Build();
    }
}
