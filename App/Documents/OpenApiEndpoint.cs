using Governance.Shell.Door;

namespace Governance.Documents;

/// <summary><c>GET /openapi/v1.json</c>: what the management interface and the gateway take and answer. Open to all, because it holds nothing of this installation.</summary>
static class OpenApiEndpoint
{
    const string Path = "/openapi/v1.json";
    const string Resource = "Governance.Documents.openapi.json";

    public static void Map(WebApplication app)
    {
        var document = new Lazy<byte[]>(Read);
        app.MapGet(Path, () => Results.Bytes(document.Value, "application/json; charset=utf-8")).AddEndpointFilter(EndpointAnswers.ExactlyAsync).OpenToProbes();
        app.Map(Path, EndpointAnswers.OtherMethod(HttpMethods.Get)).AddEndpointFilter(EndpointAnswers.ExactlyAsync).OpenToProbes();
    }

    static byte[] Read()
    {
        using var stream = typeof(OpenApiEndpoint).Assembly.GetManifestResourceStream(Resource)!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
