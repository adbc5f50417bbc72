using System.Reflection;
using Governance.Gateway.Telemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Governance.Operations.Telemetry;

/// <summary>Puts metrics and traces into the host: metrics for whoever asks at <c>/metrics</c>, both by OTLP where an address is given.</summary>
static class TelemetrySetup
{
    /// <summary>What .NET measures of itself.</summary>
    const string RuntimeMeter = "System.Runtime";

    /// <summary>The version of this program, as the build states it.</summary>
    public static string Version { get; } = typeof(TelemetrySetup).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfigurationManager configuration)
    {
        var sends = TelemetrySettings.Apply(configuration);
        var telemetry = services.AddOpenTelemetry()
            // The variables behind our own words, so that whoever sets OTEL_SERVICE_NAME is heard.
            .ConfigureResource(resource => resource.AddService("governance", serviceVersion: Version).AddEnvironmentVariableDetector())
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(Instruments.MeterName, RuntimeMeter).AddPrometheusExporter(exporter => exporter.ScopeInfoEnabled = false);
                if (sends)
                {
                    metrics.AddOtlpExporter();
                }
            });
        if (sends)
        {
            // Without this nobody listens to the spans, and none is made.
            telemetry.WithTracing(tracing => tracing.AddSource(Spans.SourceName).AddOtlpExporter());
        }
        return services;
    }
}
