namespace Governance.Documents;

/// <summary>Puts the configuration document and its interface for programs into the host.</summary>
static class DocumentsSetup
{
    public static IServiceCollection AddDocuments(this IServiceCollection services) => services.AddScoped<ConfigurationEdits>();

    public static void MapDocuments(this WebApplication app)
    {
        ManagementEndpoints.Map(app);
        OpenApiEndpoint.Map(app);
    }
}
