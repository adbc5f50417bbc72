using System.Net;
using System.Security.Claims;
using Governance.Audit;
using Governance.Gateway;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Governance.Gateway.Upstreams;
using Governance.Members;
using Governance.Overview;
using Governance.Projects;
using Governance.Tests.Members;
using Governance.Tests.Proofs;
using Governance.Tests.Shell.Circuits;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Tests.Gateway.Upstreams;

/// <summary>Whoever gets a key is told who answers its calls and who bills them, from what is in force.</summary>
public sealed class DestinationTests
{
    const string Sandbox = "The built-in sandbox (upstream sandbox) answers without a provider's key. Nothing leaves this machine and nobody bills it";

    static readonly UpstreamDefinition s_provider = new() { Id = "claude", Kind = UpstreamKind.Anthropic, BaseUrl = "https://api.anthropic.com", ApiKeyEnv = "TEAM_KEY" };

    [Fact]
    public void EachUpstreamSaysWhoAnswersAndWhoBills()
    {
        Assert.StartsWith(Sandbox, UpstreamSentence.Of(new UpstreamDefinition { Id = "sandbox", Kind = UpstreamKind.Sandbox }, "p", null), StringComparison.Ordinal);
        Assert.Equal("Calls go to https://api.anthropic.com (upstream claude) and are billed to the provider's key in TEAM_KEY.", UpstreamSentence.Of(s_provider, "p", null));
        Assert.Equal("Calls go to https://api.anthropic.com (upstream claude) and are billed to the provider's key that is kept for this upstream.", UpstreamSentence.Of(s_provider with { ApiKeyEnv = null }, "p", null));
        Assert.Equal("Calls go to https://api.anthropic.com (upstream claude), but no key has been entered: they are refused until there is a provider's key.", UpstreamSentence.Of(s_provider with { ApiKeyEnv = null }, "p", "no key has been entered"));
        Assert.Contains("No upstream serves the project p, so its calls are refused", UpstreamSentence.Of(null, "p", null), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheWelcomePageOfAnEmptyDatabaseNamesTheSandbox()
    {
        await using var host = new PeopleHost();
        Assert.Contains(Sandbox, await WelcomeAsync(host), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sk-operators-own", "and are billed to the provider's key in ")]
    [InlineData(null, " is not set: they are refused until there is a provider's key.")]
    public async Task TheWelcomePageOfADocumentWithAProviderNamesTheProvider(string? secret, string said)
    {
        var variable = "DESTINATION_KEY_" + Guid.NewGuid().ToString("N");
        Environment.SetEnvironmentVariable(variable, secret);
        await using var document = new Document(variable);
        await using var host = new PeopleHost().With("Governance:Bootstrap", document.Path);
        var page = await WelcomeAsync(host);
        Assert.Contains("Calls go to https://api.anthropic.com (upstream claude)", page, StringComparison.Ordinal);
        Assert.Contains(variable, page, StringComparison.Ordinal);
        Assert.Contains(said, page, StringComparison.Ordinal);
        Assert.DoesNotContain("sandbox", page, StringComparison.Ordinal);
        Environment.SetEnvironmentVariable(variable, null);
    }

    [Fact]
    public async Task TheFirstStepsAndANewKeyFollowWhatIsInForce()
    {
        await using var host = new PeopleHost();
        using var browser = await host.OwnerAsync();
        var owner = await PrincipalAsync(host);
        Assert.Contains(Sandbox, await TextAsync(host, owner, "/dashboard", typeof(DashboardPage)), StringComparison.Ordinal);

        await host.Services.GetRequiredService<UpstreamEdits>().SaveAsync(s_provider with { ApiKeyEnv = null }, "sk-operators-own", Actor.System);
        var edits = host.Services.GetRequiredService<ProjectEdits>();
        var playground = host.Services.GetRequiredService<DirectoryShelf>().Current.Projects["playground"];
        await edits.SaveAsync(playground with { Upstreams = ["claude"] }, Actor.System);
        const string Provider = "Calls go to https://api.anthropic.com (upstream claude) and are billed to the provider's key that is kept for this upstream.";
        var overview = await TextAsync(host, owner, "/dashboard", typeof(DashboardPage));
        Assert.Contains(Provider, overview, StringComparison.Ordinal);
        Assert.DoesNotContain(Sandbox, overview, StringComparison.Ordinal);

        await edits.SaveAsync(new ProjectDefinition { Id = "trials", Name = "Trials", Upstreams = ["sandbox"] }, Actor.System);
        overview = await TextAsync(host, owner, "/dashboard", typeof(DashboardPage));
        Assert.Contains("playground: " + Provider, overview, StringComparison.Ordinal);
        Assert.Contains("trials: " + Sandbox, overview, StringComparison.Ordinal);

        var circuit = Circuit.Begin(host.Services, "/dashboard/keys?new=1", owner);
        await circuit.OpenAsync(typeof(KeysPage));
        await circuit.ChangeAsync("key-id", "night-job");
        await circuit.SubmitAsync();
        await circuit.UntilAsync(text => text.Contains("Key night-job is ready", StringComparison.Ordinal));
        Assert.Contains("It belongs to the project playground. " + Provider, await circuit.TextAsync(), StringComparison.Ordinal);
        await circuit.EndAsync();
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task TheConsoleSaysItWithTheFirstKeyAndWithTheKeysOfADocument()
    {
        await using (var empty = await AppProcess.StartAsync())
        {
            Assert.Contains(Sandbox, empty.Output, StringComparison.Ordinal);
            Assert.Contains($"What is recorded is kept in {empty.DataFolder}.", empty.Output, StringComparison.Ordinal);
        }
        await using var document = new Document("TEAM_KEY");
        await using var set = await AppProcess.StartAsync(new AppStart { Environment = new Dictionary<string, string> { ["Governance__Bootstrap"] = document.Path, ["TEAM_KEY"] = "sk-operators-own", ["Governance__ShowFirstKey"] = "true" } });
        Assert.Contains("Key app: sk-gov-", set.Output, StringComparison.Ordinal);
        Assert.Contains("It belongs to the project 'chat'. Calls go to https://api.anthropic.com (upstream claude) and are billed to the provider's key in TEAM_KEY.", set.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("sandbox", set.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-operators-own", set.Output, StringComparison.Ordinal);
    }

    static async Task<string> WelcomeAsync(PeopleHost host)
    {
        using var browser = host.Browser();
        using var made = await PeopleHost.PostAsync(browser, host.Welcome, "welcome", ("workspace", "Acme"), ("email", PeopleHost.Email), ("password", PeopleHost.Password));
        Assert.Equal(HttpStatusCode.OK, made.StatusCode);
        return new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await made.Content.ReadAsStringAsync()).Body!.TextContent;
    }

    static async Task<string> TextAsync(PeopleHost host, ClaimsPrincipal owner, string address, Type page)
    {
        // The overview's figures are shared for a quarter of a second; what it says here is read anew for each drawing.
        var circuit = Circuit.Begin(host.Services, address, owner);
        await circuit.OpenAsync(page);
        await circuit.UntilAsync(text => text.Contains("Send the first call", StringComparison.Ordinal));
        var text = await circuit.TextAsync();
        await circuit.EndAsync();
        return text;
    }

    static async Task<ClaimsPrincipal> PrincipalAsync(PeopleHost host)
    {
        using var scope = host.Services.CreateScope();
        var member = await scope.ServiceProvider.GetRequiredService<MemberQueries>().FindAsync(PeopleHost.Email);
        return await scope.ServiceProvider.GetRequiredService<IUserClaimsPrincipalFactory<Member>>().CreateAsync(member!);
    }

    /// <summary>A document with a provider whose key is in a variable.</summary>
    sealed class Document : IAsyncDisposable
    {
        readonly DirectoryInfo _folder = System.IO.Directory.CreateTempSubdirectory("governance-document-");

        public Document(string variable) => File.WriteAllText(Path, $$"""
            apiVersion: governance/v1
            workspace: { id: acme, name: Acme, plan: team }
            upstreams:
              - { id: claude, kind: anthropic, base_url: "https://api.anthropic.com", api_key_env: {{variable}} }
            projects:
              - { id: chat, name: Chat, upstreams: [claude], keys: [ { id: app } ] }
            """);

        public string Path => System.IO.Path.Combine(_folder.FullName, "governance.yaml");

        public ValueTask DisposeAsync()
        {
            _folder.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
