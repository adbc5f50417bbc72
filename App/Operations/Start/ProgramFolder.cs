using Microsoft.Extensions.Configuration.Json;

namespace Governance.Operations.Start;

/// <summary>What belongs to the program (pages' files, <c>appsettings.json</c>) is found beside it, from whatever folder and in whatever environment it is started.</summary>
static class ProgramFolder
{
    const string ReloadAssets = "ReloadStaticAssetsAtRuntime";
    const string SettingsFile = "appsettings.json";

    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = IsContentRootGiven(args) ? null : AppContext.BaseDirectory });
        AddWorkingFolder(builder.Configuration.Sources);
        // A build that was not published finds its scripts and sheets through its manifest, which the framework reads by itself only in Development. A published one has no manifest.
        builder.WebHost.UseStaticWebAssets();
        if (!builder.Environment.IsDevelopment() && builder.Configuration[ReloadAssets] is null)
        {
            // A build that was not published would else serve any file of its folders, also one that no manifest names.
            builder.Configuration[ReloadAssets] = "false";
        }
        return builder;
    }

    /// <summary>The same settings for a command that needs no host.</summary>
    public static IConfiguration ReadSettings(string[] args) => new ConfigurationBuilder()
        .AddJsonFile(Path.Combine(AppContext.BaseDirectory, SettingsFile), optional: true)
        .AddJsonFile(Path.GetFullPath(SettingsFile), optional: true)
        .AddEnvironmentVariables()
        .AddCommandLine(args)
        .Build();

    static bool IsContentRootGiven(string[] args) => new ConfigurationBuilder()
        .AddEnvironmentVariables("ASPNETCORE_")
        .AddEnvironmentVariables("DOTNET_")
        .AddCommandLine(args)
        .Build()[HostDefaults.ContentRootKey] is not null;

    /// <summary>Settings of the working folder win over the program's own, and give way to the environment and the command line.</summary>
    static void AddWorkingFolder(IList<IConfigurationSource> sources)
    {
        var last = sources.LastOrDefault(source => source is JsonConfigurationSource);
        var own = new JsonConfigurationSource { Path = Path.GetFullPath(SettingsFile), Optional = true };
        own.ResolveFileProvider();
        sources.Insert(last is null ? 0 : sources.IndexOf(last) + 1, own);
    }
}
