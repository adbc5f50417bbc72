using System.Data.Common;
using Governance.Alerts;
using Governance.Journal;
using Governance.Operations.Commands;
using Governance.Operations.Start;
using Governance.Operations.Telemetry;
using Governance.Projects;

namespace Governance.Operations;

/// <summary>Puts the start, the commands' notes and what is measured into the host, and begins what the start-up document says.</summary>
static class OperationsSetup
{
    public static IServiceCollection AddOperations(this IServiceCollection services) => services
        .AddScoped<Beginning>()
        .AddSingleton<SharedPlaces>()
        .AddHostedService<CommandNotesReader>()
        .AddSingleton<StoredFigures>()
        .AddHostedService(provider => provider.GetRequiredService<StoredFigures>())
        .AddSingleton<Measurements>();

    /// <summary>Takes the database for this process and loads what the rooms keep of it. Null, with the reason printed, where that cannot be.</summary>
    public static Database? OpenDatabase(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<JournalSettings>();
        try
        {
            var database = Database.Take(settings);
            app.Services.GetRequiredService<JournalWriter>().Start(app.Services.GetServices<JournalListener>());
            return database;
        }
        catch (DbException exception)
        {
            Console.Error.WriteLine($"ConnectionStrings:Governance: {settings.Place} cannot be used: {StartUp.Sentence(exception)}");
            return null;
        }
        catch (Exception exception) when (StartUp.IsFault(exception))
        {
            Console.Error.WriteLine(StartUp.Sentence(exception));
            return null;
        }
    }

    public static void MapOperations(this WebApplication app)
    {
        HealthEndpoints.Map(app);
        MetricsEndpoint.Map(app);
        // Made once, so that there is something to be measured.
        app.Services.GetRequiredService<Measurements>();
        JobsDashboard.Map(app);
    }

    /// <summary>Looks whether other instances mean the same places, then loads the bootstrap document or makes a beginning. False, with every problem printed, where the process must not start.</summary>
    public static async Task<bool> BeginAsync(this WebApplication app)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var beginning = scope.ServiceProvider.GetRequiredService<Beginning>();
        try
        {
            if (await app.Services.GetRequiredService<SharedPlaces>().FindFaultsAsync() is { Count: > 0 } faults)
            {
                foreach (var fault in faults)
                {
                    await Console.Error.WriteLineAsync(fault);
                }
                return false;
            }
            var problems = await beginning.RunAsync();
            foreach (var problem in problems)
            {
                await Console.Error.WriteLineAsync($"{problem.Path}: {problem.Message}");
            }
            if (problems.Count > 0)
            {
                if (!problems.Any(problem => problem.Path == Beginning.Setting))
                {
                    await Console.Error.WriteLineAsync($"Nothing of {app.Configuration[Beginning.Setting]} was loaded for these reasons ({Beginning.Setting}).");
                }
                return false;
            }
        }
        catch (Exception exception) when (StartUp.IsFault(exception) || exception is JournalFullException)
        {
            await Console.Error.WriteLineAsync(StartUp.Sentence(exception));
            return false;
        }
        app.Lifetime.ApplicationStarted.Register(() => Print(app, beginning));
        return true;
    }

    static void Print(WebApplication app, Beginning beginning)
    {
        var url = app.Services.GetRequiredService<MailSettings>().PublicUrl is { Length: > 0 } told ? told.TrimEnd('/') : FirstSteps.Reachable(app.Urls.FirstOrDefault() ?? "http://localhost:5000");
        var token = app.Services.GetRequiredService<SetupToken>();
        var welcome = app.Services.GetRequiredService<DirectoryShelf>().Current.HasOwner ? null : url + token.PrintedPath;
        if (beginning.MadePlayground)
        {
            FirstSteps.Print(url, welcome, token.Lasts, beginning.FirstKey?.Text, app.Services.GetRequiredService<CallDestination>().Describe(Beginning.Project), app.Services.GetRequiredService<JournalSettings>().Folder);
        }
        else if (welcome is not null)
        {
            FirstSteps.Print(welcome, token.Lasts);
        }
        if (beginning.SignInLinks is { Count: > 0 } links)
        {
            FirstSteps.Print(url, links);
        }
    }
}
