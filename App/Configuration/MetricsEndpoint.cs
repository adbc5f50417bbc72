namespace Governance.Configuration;

/// <summary><c>GET /metrics</c>: figures for a monitoring system. They tell who spends what, so they need a management key, unless <c>Governance:Metrics:Public</c> says that the network is trusted.</summary>
static class MetricsEndpoint
{
    public static void Map(WebApplication app) => app.MapGet("/metrics", async (HttpContext context, MetricsReading reading, IConfiguration configuration) =>
        configuration.GetValue("Governance:Metrics:Public", false) || ManagementEndpoints.Authorize(context) is not null
            ? Results.Text(await reading.ReadAsync(), MetricsText.ContentType)
            : Results.Json(new { error = new { message = "Send a management key as 'Authorization: Bearer <key>', or set Governance:Metrics:Public." } }, statusCode: StatusCodes.Status401Unauthorized)).AllowAnonymous();
}
