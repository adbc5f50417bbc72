using Governance.Shell.Door;

namespace Governance.Configuration;

/// <summary><c>GET /metrics</c>: figures for a monitoring system. They tell who spends what, so they need a management key, unless <c>Governance:Metrics:Public</c> says that the network is trusted.</summary>
static class MetricsEndpoint
{
    const string Path = "/metrics";

    public static void Map(WebApplication app)
    {
        app.MapGet(Path, async (HttpContext context, MetricsReading reading, IConfiguration configuration) =>
            configuration.GetValue("Governance:Metrics:Public", false) || ManagementEndpoints.Authorize(context) is not null
                ? Results.Text(await reading.ReadAsync(), MetricsText.ContentType)
                : EndpointAnswers.Refuse(StatusCodes.Status401Unauthorized, "Send a management key as 'Authorization: Bearer <key>', or set Governance:Metrics:Public."))
            .AddEndpointFilter(EndpointAnswers.ExactlyAsync).RequireOwnKey(ManagementEndpoints.Key);
        app.Map(Path, EndpointAnswers.OtherMethod(HttpMethods.Get)).AddEndpointFilter(EndpointAnswers.ExactlyAsync).RequireOwnKey(ManagementEndpoints.Key);
    }
}
