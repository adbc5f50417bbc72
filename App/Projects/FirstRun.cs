using System.Net;
using System.Security.Cryptography;
using System.Text;
using Governance.Audit;

namespace Governance.Projects;

/// <summary>The first visit: whoever comes first becomes the owner, so it has to be somebody at this machine or one who knows the setup token.</summary>
sealed class FirstRun(IConfiguration configuration, DirectoryShelf shelf, MemberEdits members)
{
    public const string TokenSetting = "Governance:SetupToken";
    const string SampleProject = "playground";
    const string KeyName = "first-key";

    /// <summary>What the visitor wrote.</summary>
    public sealed record Wanted(string Workspace, string Email, string Password);

    /// <summary>What became of it; the secret is null where there is no project yet that a key could belong to.</summary>
    public sealed record Made(MemberEdits.Outcome Outcome, string? Project, string? Secret);

    public bool IsOpen => !shelf.Current.HasOwner;

    /// <summary>A configured token is asked of everyone; without one the page is for this machine alone.</summary>
    public bool NeedsToken => !string.IsNullOrEmpty(configuration[TokenSetting]);

    /// <summary>True where the request was made on this machine, by a browser that was told so: not through a proxy, not by a foreign name that leads here.</summary>
    public static bool IsLocal(HttpContext context)
    {
        var headers = context.Request.Headers;
        return context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && !headers.ContainsKey("X-Forwarded-For") && !headers.ContainsKey("Forwarded") && !headers.ContainsKey("Via")
            && (context.Request.Host.Host is "localhost" || (IPAddress.TryParse(context.Request.Host.Host, out var host) && IPAddress.IsLoopback(host)));
    }

    public bool MayTry(HttpContext context) => NeedsToken || IsLocal(context);

    /// <summary>Blanks around it are nobody's on either side. A token that nothing is left of lets nobody in.</summary>
    public bool TokenMatches(string? given) =>
        !NeedsToken || (SecretText.Passphrase(configuration[TokenSetting], out _) is { } token && CryptographicOperations.FixedTimeEquals(Hash(token.Trim()), Hash(given?.Trim() ?? "")));

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

    static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
