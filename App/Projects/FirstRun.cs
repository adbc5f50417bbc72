using Governance.Audit;
using Governance.Journal;
using Governance.Members;

namespace Governance.Projects;

/// <summary>The first visit: whoever comes with the setup token becomes the owner, once.</summary>
sealed class FirstRun(SetupToken token, DirectoryShelf shelf, MemberEdits members)
{
    public const string TokenSetting = "Governance:SetupToken";

    /// <summary>The name of the workspace that a first start sets up where no document names one.</summary>
    public const string SampleName = "My workspace";
    const string SampleProject = "playground";
    const string KeyName = "first-key";

    /// <summary>What the visitor wrote.</summary>
    public sealed record Wanted(string Workspace, string Email, string Password);

    /// <summary>What became of it; the secret is null where there is no project yet that a key could belong to.</summary>
    public sealed record Made(MemberEdits.Outcome Outcome, string? Project, string? Secret);

    /// <summary>How a document or somebody before has named the workspace, for the form; null where nobody has.</summary>
    public string? GivenName => shelf.Current.Workspace is var workspace && workspace != Directory.Empty.Workspace && workspace.Name != SampleName ? workspace.Name : null;

    public bool IsOpen => !shelf.Current.HasOwner;

    /// <summary>Where the link with the token is to be found, for whoever came without it.</summary>
    public string WhereTheLinkIs => token.IsConfigured
        ? $"Open this page with ?token= and the value of {TokenSetting} behind its address."
        : "The link that opens this page is printed on the console, or in the log, of the last start of Governance; it looks like http://localhost:5000/welcome?token=….";

    /// <summary>True for whoever has the token, wherever they come from, while there is no owner.</summary>
    public bool Opens(string? given) => IsOpen && token.Matches(given);

    /// <summary>Makes the owner, names the workspace and makes the owner's key, all or nothing; only one of several at once gets through.</summary>
    public async Task<Made> MakeAsync(Wanted wanted)
    {
        var secret = KeySecret.Create();
        string? project = null;
        var actor = new Actor(ActorKind.Member, wanted.Email);
        var outcome = await members.CreateOwnerAsync(wanted.Email, wanted.Password, change =>
        {
            var workspace = change.Db.Workspaces.FirstOrDefault()?.Definition ?? Directory.Empty.Workspace;
            ProjectEdits.SaveInChange(change, workspace with { Name = wanted.Workspace }, actor);
            project = (change.Db.Projects.Find(SampleProject) ?? change.Db.Projects.OrderBy(row => row.Id).FirstOrDefault())?.Id;
            if (project is not null)
            {
                var definition = new KeyDefinition { Id = FreeName(change), Project = project, Attribution = new KeyAttribution { Employee = wanted.Email } };
                ProjectEdits.CreateKeyInChange(change, definition, secret, actor);
            }
        });
        return new Made(outcome, project, outcome == MemberEdits.Outcome.Done && project is not null ? secret.Text : null);
    }

    static string FreeName(Change change)
    {
        var name = KeyName;
        for (var number = 2; change.Db.Keys.Find(name) is not null; number++)
        {
            name = $"{KeyName}-{number}";
        }
        return name;
    }
}
