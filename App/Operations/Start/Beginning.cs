using Governance.Audit;
using Governance.Documents;
using Governance.Documents.Text;
using Governance.Gateway.Upstreams;
using Governance.Journal;
using Governance.Members;
using Governance.Members.SignIn;
using Governance.Projects;

namespace Governance.Operations.Start;

/// <summary>The first start: loads the document that <c>Governance:Bootstrap</c> names; on an empty database without one it sets up a workspace, the sandbox provider and a first key, so that a call can be made at once.</summary>
sealed partial class Beginning(ConfigurationEdits edits, JournalWriter journal, UpstreamEdits gateway, DirectoryShelf directory, SignInLinks links, CallDestination destination, UpstreamShelf upstreams, UpstreamSecrets secrets, IConfiguration configuration, ILogger<Beginning> logger)
{
    /// <summary>Names the document.</summary>
    public const string Setting = "Governance:Bootstrap";
    public const string Project = "playground";
    public const string Upstream = "sandbox";

    /// <summary>True where the database was empty, and a playground was set up in it.</summary>
    public bool MadePlayground { get; private set; }

    /// <summary>The secret of the playground's first key, for the console. Null where the console is not to show it: a key that nobody ever sees is not made.</summary>
    public KeySecret? FirstKey { get; private set; }

    /// <summary>How members without a password get in, for the console.</summary>
    public IReadOnlyList<SignInLink> SignInLinks { get; private set; } = [];

    /// <summary>Answers the problems that keep the process from starting; empty where all is well.</summary>
    public async Task<IReadOnlyList<Problem>> RunAsync()
    {
        var document = new GovernanceDocument();
        if (configuration[Setting] is { Length: > 0 } file)
        {
            string text;
            try
            {
                text = await File.ReadAllTextAsync(file);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                return [new Problem(Setting, $"{file} cannot be read: {exception.Message}")];
            }
            if (await LoadAsync(text) is { Count: > 0 } problems)
            {
                return problems;
            }
            document = DocumentReader.Read(text) is DocumentAccepted read ? read.Document : document;
        }
        else if (directory.Current.Projects.Count == 0 && directory.Current.Workspace == Projects.Directory.Empty.Workspace)
        {
            FirstKey = await journal.ChangeAsync(SetUp);
            MadePlayground = true;
        }
        var current = edits.Read();
        WarnOfTheRest(document, current.InForce());
        foreach (var sentence in StartSecrets.Missing(upstreams, secrets))
        {
            LogMissing(logger, sentence);
        }
        SignInLinks = await LinksAsync(document, current);
        return [];
    }

    async Task<IReadOnlyList<Problem>> LoadAsync(string text)
    {
        var result = await edits.ApplyAsync(text, Actor.Bootstrap);
        if (result.Problems.Count > 0)
        {
            return await MayGoOnAsync(text, result.Problems) ? [] : result.Problems;
        }
        foreach (var change in result.Changes)
        {
            LogChange(logger, change.Sentence);
        }
        foreach (var note in result.Notes)
        {
            LogNote(logger, note);
        }
        foreach (var warning in result.Warnings.Concat(edits.PasswordWarnings(text)))
        {
            LogWarning(logger, warning.Path, warning.Message);
        }
        foreach (var (id, secret) in result.NewSecrets)
        {
            // Said once, on the console of whoever starts it, because it exists nowhere else.
            var project = directory.Current.Keys[id].Definition.Project;
            Console.WriteLine(FirstSteps.MayShowSecrets(configuration)
                ? $"Key {id}: {secret}{Environment.NewLine}  It belongs to the project '{project}'. {destination.Describe(project)}"
                : $"Key {id} was made for the project '{project}', but its secret is not printed, because this output is not a terminal ({FirstSteps.ShowSetting}=true prints secrets of new keys). "
                    + $"Name a variable that holds a secret of your own (secret_env) and start again, or make another key on /dashboard/keys.");
        }
        return [];
    }

    /// <summary>A document that was in force before was right: something was changed since, and the process goes on with what there is.</summary>
    async Task<bool> MayGoOnAsync(string text, IReadOnlyList<Problem> problems)
    {
        if (!edits.WasLoaded(text))
        {
            return false;
        }
        await edits.TellNotLoadedAsync(text, problems);
        foreach (var problem in problems)
        {
            await Console.Error.WriteLineAsync($"{problem.Path}: {problem.Message}");
        }
        await Console.Error.WriteLineAsync("The document was in force before and cannot be loaded again for these reasons. Nothing of it was changed; the process starts with the configuration that there is.");
        return true;
    }

    /// <summary>What is in force and hardly meant, whoever set it; what the document says of its own was told already.</summary>
    void WarnOfTheRest(GovernanceDocument document, GovernanceDocument inForce)
    {
        var named = ConfigurationPlan.Names(document);
        var rest = inForce with
        {
            Rules = [.. inForce.Rules.Where(rule => !named.Contains(Identity.Of(rule)))],
            Routes = [.. inForce.Routes.Where(route => !named.Contains(Identity.Of(route)))],
            Budgets = [.. inForce.Budgets.Where(budget => !named.Contains(Identity.Of(budget)))],
        };
        var upstreams = inForce.Upstreams.Where(upstream => !named.Contains(Identity.Of(upstream)));
        foreach (var (path, message) in UnknownNames.Warnings(rest, inForce.Prices, Called).Concat(UpstreamWarnings.Of(upstreams, Called)))
        {
            LogWarning(logger, path, message);
        }
    }

    static string Called(Named named) => $"{Words.Of(named.Noun)} {named.Id}";

    /// <summary>For members whom the document names, and for the owners where none of them could sign in.</summary>
    async Task<IReadOnlyList<SignInLink>> LinksAsync(GovernanceDocument document, CurrentConfiguration current)
    {
        var named = document.Members.Select(member => Identity.Of(member.Definition).Id).ToHashSet(StringComparer.Ordinal);
        var owners = current.All.Members.Where(member => member.Definition.Role == MemberRole.Owner).Select(member => Identity.Of(member.Definition).Id).ToList();
        if (owners.TrueForAll(current.WithoutPassword.Contains))
        {
            named.UnionWith(owners);
        }
        named.IntersectWith(current.WithoutPassword);
        return named.Count == 0 ? [] : await links.CreateAsync([.. named.Order(StringComparer.Ordinal)], Actor.Bootstrap);
    }

    KeySecret? SetUp(Change change)
    {
        ProjectEdits.SaveInChange(change, new WorkspaceDefinition { Id = DocumentReferences.UnnamedWorkspace, Name = FirstRun.SampleName }, Actor.Bootstrap);
        gateway.SaveInChange(change, new UpstreamDefinition { Id = Upstream, Kind = UpstreamKind.Sandbox }, null, Actor.Bootstrap);
        ProjectEdits.SaveInChange(change, new ProjectDefinition { Id = Project, Name = "Playground", Upstreams = [Upstream] }, Actor.Bootstrap);
        return FirstSteps.MayShowSecrets(configuration)
            ? ProjectEdits.CreateKeyInChange(change, new KeyDefinition { Id = "first-key", Project = Project }, KeySecret.Create(), Actor.Bootstrap) : null;
    }

    [LoggerMessage(LogLevel.Information, "Configuration: {Sentence}")]
    static partial void LogChange(ILogger logger, string sentence);

    [LoggerMessage(LogLevel.Information, "Configuration: {Note}")]
    static partial void LogNote(ILogger logger, string note);

    [LoggerMessage(LogLevel.Warning, "Configuration: {Path}: {Message}")]
    static partial void LogWarning(ILogger logger, string path, string message);

    [LoggerMessage(LogLevel.Warning, "{Sentence}")]
    static partial void LogMissing(ILogger logger, string sentence);
}
