using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Governance.Audit;
using Governance.Documents;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Journal;
using Governance.Members;
using Governance.Projects;
using Governance.Tests.Members;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Tests.Documents;

/// <summary>Documents that are sound by themselves and do not fit what there is: through the interface, and as a start repeats them.</summary>
public abstract class ApplyFaultsTests(Store store) : IDisposable
{
    const string Head = "apiVersion: governance/v1\nworkspace: { id: workspace, name: W }\nupstreams: [{ id: sandbox, kind: sandbox }]\n";
    const string Maria = "members: [{ email: maria@acme.test, role: owner }]\n";
    const string Jo = "members: [{ email: maria@acme.test, role: owner }, { email: jo@acme.test, role: admin }]\n";
    readonly List<string> variables = [];

    [Fact]
    public async Task TwoKeysWhoseSecretsShareTheirPublicPartAreANamedFaultOfPlanAndApply()
    {
        await using var host = Host();
        var (one, two) = (Variable($"sk-gov-same-{new string('a', 40)}"), Variable($"sk-gov-same-{new string('b', 40)}"));
        var text = $"{Head}projects: [{{ id: p, name: P, keys: [{{ id: a, secret_env: {one} }}, {{ id: b, secret_env: {two} }}] }}]";
        foreach (var way in (string[])["plan", "apply"])
        {
            var (status, answer) = await SendAsync(host, way, text);
            Assert.Equal(HttpStatusCode.BadRequest, status);
            var problem = answer.GetProperty("problems")[0];
            Assert.Equal("projects[0].keys[1].secret_env", problem.GetProperty("path").GetString());
            Assert.Contains("same public part (sk-gov-<id>-) as that of key 'a'", problem.GetProperty("message").GetString(), StringComparison.Ordinal);
        }
        Assert.DoesNotContain("p", host.Services.GetRequiredService<DirectoryShelf>().Current.Projects.Keys);
    }

    [Fact]
    public async Task ASecretWhosePublicPartBelongsToARevokedKeyIsANamedFault()
    {
        await using var host = Host();
        var secret = Variable($"sk-gov-old-{new string('a', 40)}");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(host, "apply", $"{Head}projects: [{{ id: p, name: P, keys: [{{ id: a, secret_env: {secret} }}] }}]")).Status);
        await RevokeAsync(host, "a");
        var (status, answer) = await SendAsync(host, "apply", $"{Head}projects: [{{ id: p, name: P, keys: [{{ id: b, secret_env: {secret} }}] }}]");
        Assert.Equal((HttpStatusCode.BadRequest, "projects[0].keys[0].secret_env"), (status, answer.GetProperty("problems")[0].GetProperty("path").GetString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sk-gov-x-short")]
    [InlineData("not a key")]
    [InlineData("sk-gov-a b-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task ASecretThatIsNoneIsANamedFaultAndNeverRepeated(string value)
    {
        await using var host = Host();
        var (status, answer) = await SendAsync(host, "apply", $"{Head}projects: [{{ id: p, name: P }}, {{ id: q, name: Q, keys: [{{ id: a, secret_env: {Variable(value)} }}] }}]");
        Assert.Equal((HttpStatusCode.BadRequest, "projects[1].keys[0].secret_env"), (status, answer.GetProperty("problems")[0].GetProperty("path").GetString()));
        Assert.True(value.Length == 0 || !answer.GetRawText().Contains(value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ARevokedKeyThatTheDocumentNamesStaysRevoked()
    {
        await using var host = Host();
        var text = $"{Head}projects: [{{ id: p, name: P, keys: [{{ id: a, secret_env: {Variable($"sk-gov-a-{new string('a', 40)}")} }}] }}]";
        Assert.True((await StartAgainAsync(host, text)).Applied);
        await RevokeAsync(host, "a");

        var again = await StartAgainAsync(host, text);
        Assert.Empty(again.Problems);
        Assert.Empty(again.Changes);
        Assert.Contains(again.Warnings, warning => warning.Path == "projects[0].keys[0]" && warning.Message.Contains("stays revoked", StringComparison.Ordinal));
        Assert.True(host.Services.GetRequiredService<DirectoryShelf>().Current.Keys["a"].Definition.Revoked);
    }

    [Fact]
    public async Task AChangedSecretOfANamedVariableIsTakenAndToldToTheTrail()
    {
        await using var host = Host();
        var (first, second) = ($"sk-gov-turn-{new string('a', 40)}", $"sk-gov-turn-{new string('b', 40)}");
        var variable = Variable(first);
        var text = $"{Head}projects: [{{ id: p, name: P, keys: [{{ id: a, secret_env: {variable} }}] }}]";
        await StartAgainAsync(host, text);
        Environment.SetEnvironmentVariable(variable, second + "\n");

        Assert.Contains("Key a gets the secret that", (await SendAsync(host, "plan", text)).Answer.GetProperty("changes")[0].GetProperty("sentence").GetString(), StringComparison.Ordinal);
        await StartAgainAsync(host, text);

        var directory = host.Services.GetRequiredService<DirectoryShelf>().Current;
        Assert.Null(directory.Find(first));
        Assert.Equal("a", directory.Find(second)?.Definition.Id);
        using var db = host.Services.GetRequiredService<Reads>().Open();
        Assert.Single(db.Audit.Where(row => row.Action == "key.rotated" && row.TargetId == "a"));
        Assert.Empty((await StartAgainAsync(host, text)).Changes);

        Environment.SetEnvironmentVariable(variable, null);
        var without = await StartAgainAsync(host, text);
        Assert.Contains(without.Warnings, warning => warning.Message.Contains("keeps the secret that it has", StringComparison.Ordinal));
        Assert.NotNull(host.Services.GetRequiredService<DirectoryShelf>().Current.Find(second));
    }

    [Fact]
    public async Task AMemberWhoWasRemovedByHandIsNotBroughtBackByAStart()
    {
        await using var host = Host();
        var text = Head + Jo + "projects: [{ id: p, name: P, owner: jo@acme.test }]";
        Assert.True((await StartAgainAsync(host, text)).Applied);
        await EditAsync(host, members => members.RemoveAsync("jo@acme.test", Actor.System));

        var again = await StartAgainAsync(host, text);
        Assert.Empty(again.Problems);
        Assert.Contains(again.Warnings, warning => warning.Path == "members[1]" && warning.Message.Contains("stays removed", StringComparison.Ordinal));
        Assert.Contains(again.Warnings, warning => warning.Path == "projects[0].owner");
        Assert.Null(await host.Services.CreateScope().ServiceProvider.GetRequiredService<MemberQueries>().FindAsync("jo@acme.test"));

        var (status, answer) = await SendAsync(host, "apply", text);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("/sign-in/link?token=", answer.GetProperty("sign_in_links")[0].GetProperty("url").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheLastOwnerStaysOneWhateverAnOldDocumentSays()
    {
        await using var host = Host();
        var text = Head + Jo;
        Assert.True((await StartAgainAsync(host, text)).Applied);
        await EditAsync(host, members => members.ChangeRoleAsync("jo@acme.test", MemberRole.Owner, Actor.System));
        await EditAsync(host, members => members.RemoveAsync("maria@acme.test", Actor.System));

        var again = await StartAgainAsync(host, text);
        Assert.Empty(again.Problems);
        Assert.Contains(again.Warnings, warning => warning.Path == "members[1]" && warning.Message.Contains("stays an owner", StringComparison.Ordinal));
        var (status, answer) = await SendAsync(host, "apply", Head + "members: [{ email: jo@acme.test, role: admin }]");
        Assert.Equal((HttpStatusCode.BadRequest, "members"), (status, answer.GetProperty("problems")[0].GetProperty("path").GetString()));
    }

    [Fact]
    public async Task OwnershipPassesFromOneToTheOtherInOneDocument()
    {
        await using var host = Host();
        await StartAgainAsync(host, Head + "members: [{ email: adam@acme.test, role: owner }, { email: zoe@acme.test, role: admin }]");
        var (status, answer) = await SendAsync(host, "apply", Head + "members: [{ email: adam@acme.test, role: admin }, { email: zoe@acme.test, role: owner }]");
        Assert.True(status == HttpStatusCode.OK, answer.GetRawText());
    }

    [Fact]
    public async Task PruneRemovesMembersAndUpstreamsButNeitherTheLastOwnerNorWhatAProjectUses()
    {
        await using var host = Host();
        await StartAgainAsync(host, Head.Replace("[{ id: sandbox", "[{ id: spare, kind: sandbox }, { id: sandbox", StringComparison.Ordinal) + Jo + "projects: [{ id: p, name: P, upstreams: [sandbox] }]");
        var (status, answer) = await SendAsync(host, "apply", "apiVersion: governance/v1\nprune: true\nmembers: []\nupstreams: []");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(["members", "upstreams", "upstreams"], answer.GetProperty("problems").EnumerateArray().Select(problem => problem.GetProperty("path").GetString()).Order());

        (status, answer) = await SendAsync(host, "apply", Head + Maria + "prune: true");
        Assert.True(status == HttpStatusCode.OK, answer.GetRawText());
        Assert.Equal(["member jo@acme.test", "upstream spare"], answer.GetProperty("changes").EnumerateArray().Select(change => $"{change.GetProperty("noun").GetString()} {change.GetProperty("id").GetString()}"));
    }

    [Fact]
    public async Task ADocumentThatWasLoadedIsKnownByItsText()
    {
        await using var host = Host();
        var text = Head + Maria + "projects: [{ id: p, name: P, upstreams: [extra] }]";
        await StartAgainAsync(host, Head.Replace("id: sandbox", "id: extra", StringComparison.Ordinal));
        Assert.True((await StartAgainAsync(host, text)).Applied);
        var edits = host.Services.CreateScope().ServiceProvider.GetRequiredService<ConfigurationEdits>();
        Assert.True(edits.WasLoaded(text));
        Assert.False(edits.WasLoaded(text + "\n"));
    }

    [Fact]
    public async Task AWorkspaceThatNobodyNamedGetsItsIdFromTheDocument()
    {
        await using var host = Host();
        var text = Head.Replace("id: workspace", "id: acme", StringComparison.Ordinal) + "budgets: [{ id: b, scope: { tenant: acme }, cap_usd: '5' }]";
        var (status, answer) = await SendAsync(host, "apply", text);
        Assert.True(status == HttpStatusCode.OK, answer.GetRawText());
        Assert.Equal("acme", host.Services.GetRequiredService<DirectoryShelf>().Current.Workspace.Id);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(host, "apply", Head)).Status);
    }

    [Fact]
    public async Task ABudgetOfTheFormerTenantKeepsTheWorkspaceFromBeingRenamed()
    {
        await using var host = Host();
        await SendAsync(host, "apply", Head + "budgets: [{ id: b, scope: { tenant: workspace }, cap_usd: '5' }]");
        var (status, answer) = await SendAsync(host, "apply", Head.Replace("id: workspace", "id: acme", StringComparison.Ordinal));
        Assert.Equal((HttpStatusCode.BadRequest, "workspace.id"), (status, answer.GetProperty("problems")[0].GetProperty("path").GetString()));
        Assert.Contains("budget 'b'", answer.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PlanAndApplyAnswerWithNotesAndWarnings()
    {
        await using var host = Host();
        var text = Head + "rules: [{ id: r, type: deny_model, scope: {}, models: [claude-opsu] }]\nprojects: [{ id: p, name: P }]";
        foreach (var way in (string[])["plan", "apply"])
        {
            var (_, answer) = await SendAsync(host, way, text.Replace("sandbox, kind: sandbox", "near, kind: anthropic, base_url: 'http://127.0.0.1:9'", StringComparison.Ordinal));
            Assert.Equal(["rules[0].models[0]", "upstreams[0].base_url"], answer.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetProperty("path").GetString()));
            Assert.StartsWith("not in the document, stays: ", answer.GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
        }
    }

    public void Dispose()
    {
        variables.ForEach(variable => Environment.SetEnvironmentVariable(variable, null));
        GC.SuppressFinalize(this);
    }

    PeopleHost Host() => new PeopleHost(store).With("Governance:ManagementKey", "management-key-of-the-test");

    string Variable(string value)
    {
        variables.Add($"FAULTS_{Guid.NewGuid():N}");
        Environment.SetEnvironmentVariable(variables[^1], value);
        return variables[^1];
    }

    async Task<(HttpStatusCode Status, JsonElement Answer)> SendAsync(PeopleHost host, string way, string text)
    {
        host.Services.GetRequiredService<EnvironmentKeys>().Trust(variables.Select(variable => (variable, (string?)null)));
        using var client = host.Browser();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "management-key-of-the-test");
        using var body = new StringContent(text);
        using var answer = await client.PostAsync(new Uri($"/api/policy/{way}", UriKind.Relative), body);
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync()));
    }

    /// <summary>As a start does it.</summary>
    static async Task<PlanResult> StartAgainAsync(PeopleHost host, string text)
    {
        using var scope = host.Services.CreateScope();
        return await scope.ServiceProvider.GetRequiredService<ConfigurationEdits>().ApplyAsync(text, Actor.Bootstrap);
    }

    static async Task RevokeAsync(PeopleHost host, string key)
    {
        var definition = host.Services.GetRequiredService<DirectoryShelf>().Current.Keys[key].Definition;
        Assert.True(await host.Services.GetRequiredService<ProjectEdits>().SaveAsync(definition with { Revoked = true }, Actor.System));
    }

    static async Task EditAsync(PeopleHost host, Func<MemberEdits, Task<MemberEdits.Outcome>> edit)
    {
        using var scope = host.Services.CreateScope();
        Assert.Equal(MemberEdits.Outcome.Done, await edit(scope.ServiceProvider.GetRequiredService<MemberEdits>()));
    }
}

public sealed class ApplyFaultsTestsOnSqlite() : ApplyFaultsTests(Store.Sqlite);

public sealed class ApplyFaultsTestsOnPostgres() : ApplyFaultsTests(Store.Postgres);
