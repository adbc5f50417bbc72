using Governance.Audit;
using Governance.Gateway;
using Governance.Projects;

namespace Governance.Configuration;

/// <summary>The first start: loads the document that <c>Governance:Bootstrap</c> names; on an empty database without one it sets up a workspace, the sandbox provider and a first key, so that a call can be made at once.</summary>
sealed partial class Beginning(ConfigurationEdits edits, Journal journal, GatewayEdits gateway, DirectoryShelf directory, CallDestination destination, IConfiguration configuration, ILogger<Beginning> logger)
{
    public const string Project = "playground";
    public const string Upstream = "sandbox";

    /// <summary>What was set up on an empty database, for the console: the first key's secret. Null otherwise.</summary>
    public KeySecret? FirstKey { get; private set; }

    /// <summary>Answers the problems that keep the process from starting; empty where all is well.</summary>
    public async Task<IReadOnlyList<Problem>> RunAsync()
    {
        if (configuration["Governance:Bootstrap"] is { Length: > 0 } file)
        {
            return await LoadAsync(file);
        }
        if (directory.Current.Projects.Count == 0 && directory.Current.Workspace == Projects.Directory.Empty.Workspace)
        {
            FirstKey = await journal.ChangeAsync(SetUp);
        }
        return [];
    }

    async Task<IReadOnlyList<Problem>> LoadAsync(string file)
    {
        string text;
        try
        {
            text = await File.ReadAllTextAsync(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [new Problem("Governance:Bootstrap", $"{file} cannot be read: {exception.Message}")];
        }
        var result = await edits.ApplyAsync(text, Actor.Bootstrap);
        foreach (var change in result.Changes)
        {
            LogChange(logger, change.Sentence);
        }
        foreach (var (id, secret) in result.NewSecrets)
        {
            // Said once, on the console of whoever starts it, because it exists nowhere else.
            var project = directory.Current.Keys[id].Definition.Project;
            Console.WriteLine($"Key {id}: {secret}{Environment.NewLine}  It belongs to the project '{project}'. {destination.Describe(project)}");
        }
        return result.Problems;
    }

    KeySecret SetUp(Change change)
    {
        ProjectEdits.SaveInChange(change, new WorkspaceDefinition { Id = "workspace", Name = "My workspace" }, Actor.Bootstrap);
        gateway.SaveInChange(change, new UpstreamDefinition { Id = Upstream, Kind = UpstreamKind.Sandbox }, null, Actor.Bootstrap);
        ProjectEdits.SaveInChange(change, new ProjectDefinition { Id = Project, Name = "Playground", Upstreams = [Upstream] }, Actor.Bootstrap);
        return ProjectEdits.CreateKeyInChange(change, new KeyDefinition { Id = "first-key", Project = Project }, KeySecret.Create(), Actor.Bootstrap)!;
    }

    [LoggerMessage(LogLevel.Information, "Configuration: {Sentence}")]
    static partial void LogChange(ILogger logger, string sentence);
}
