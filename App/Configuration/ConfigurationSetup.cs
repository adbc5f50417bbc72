using Governance.Audit;
using Governance.Projects;

namespace Governance.Configuration;

/// <summary>Puts the configuration document into the host, and starts what it says.</summary>
static class ConfigurationSetup
{
    public static IServiceCollection AddConfiguration(this IServiceCollection services) => services
        .AddScoped<ConfigurationEdits>()
        .AddScoped<Beginning>()
        .AddSingleton<MetricsReading>();

    /// <summary>Takes the database for this process and loads what the rooms keep of it. Null, with the reason printed, where that cannot be.</summary>
    public static Database? OpenDatabase(this WebApplication app)
    {
        try
        {
            var database = Database.Take(app.Services.GetRequiredService<JournalSettings>());
            app.Services.GetRequiredService<Journal>().Start(app.Services.GetServices<JournalListener>());
            return database;
        }
        catch (Exception exception) when (exception is DatabaseInUseException or InvalidOperationException or System.Data.Common.DbException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(exception.Message);
            return null;
        }
    }

    public static void MapConfiguration(this WebApplication app)
    {
        ManagementEndpoints.Map(app);
        HealthEndpoints.Map(app);
        MetricsEndpoint.Map(app);
    }

    /// <summary>Loads the bootstrap document or makes a beginning. False, with every problem printed, where the process must not start.</summary>
    public static async Task<bool> BeginAsync(this WebApplication app)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var beginning = scope.ServiceProvider.GetRequiredService<Beginning>();
        var problems = await beginning.RunAsync();
        foreach (var problem in problems)
        {
            await Console.Error.WriteLineAsync($"{problem.Path}: {problem.Message}");
        }
        if (beginning.FirstKey is { } key)
        {
            app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine(FirstSteps.Text(
                app.Urls.FirstOrDefault() ?? "http://localhost:5000", key.Text,
                app.Services.GetRequiredService<CallDestination>().Describe(Beginning.Project),
                app.Services.GetRequiredService<JournalSettings>().Folder)));
        }
        return problems.Count == 0;
    }
}

/// <summary>What the console says at the very first start.</summary>
static class FirstSteps
{
    public static string Text(string url, string key, string destination, string folder) => $$"""

        Governance is running at {{url}}
        1. Open {{url}} and create the owner.
        2. Make a first call:

           curl {{url}}/v1/messages \
             -H "x-api-key: {{key}}" \
             -H "content-type: application/json" \
             -d '{"model":"claude-sonnet-5","max_tokens":200,"messages":[{"role":"user","content":"Hello"}]}'

        {{destination}}
        This key is shown only now. It belongs to the project '{{Beginning.Project}}'; make more on {{url}}/dashboard/keys.
        What is recorded is kept in {{folder}}.

        """;
}
