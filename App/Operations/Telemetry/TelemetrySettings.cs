namespace Governance.Operations.Telemetry;

/// <summary>Where metrics and traces are sent by OTLP; nowhere unless somebody says so. The standard variables of OpenTelemetry are read too.</summary>
static class TelemetrySettings
{
    public const string EndpointSetting = "Governance:Telemetry:OtlpEndpoint";
    public const string ProtocolSetting = "Governance:Telemetry:OtlpProtocol";

    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";
    const string ProtocolVariable = "OTEL_EXPORTER_OTLP_PROTOCOL";

    static readonly string[] protocols = ["grpc", "http/protobuf"];

    /// <summary>Everything about them that cannot be, as a sentence each.</summary>
    public static IEnumerable<string> Faults(IConfiguration configuration)
    {
        foreach (var key in (string[])[EndpointSetting, EndpointVariable])
        {
            if (configuration[key] is { Length: > 0 } text && !(Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            {
                yield return $"{key}: it is not an http or https address; write one such as http://localhost:4317.";
            }
        }
        if (configuration[ProtocolSetting] is { Length: > 0 } protocol && !protocols.Contains(protocol, StringComparer.Ordinal))
        {
            yield return $"{ProtocolSetting}: it is neither {protocols[0]} nor {protocols[1]}.";
        }
    }

    /// <summary>Our own settings under the names that OpenTelemetry reads; ours win. True where anything is to be sent.</summary>
    public static bool Apply(IConfigurationManager configuration)
    {
        var given = new Dictionary<string, string?>();
        if (configuration[EndpointSetting] is { Length: > 0 } endpoint)
        {
            given[EndpointVariable] = endpoint;
        }
        if (configuration[ProtocolSetting] is { Length: > 0 } protocol)
        {
            given[ProtocolVariable] = protocol;
        }
        if (given.Count > 0)
        {
            configuration.AddInMemoryCollection(given);
        }
        return configuration[EndpointVariable] is { Length: > 0 };
    }
}
