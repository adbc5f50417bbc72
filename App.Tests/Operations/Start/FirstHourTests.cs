using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Tests.Members;
using Governance.Tests.Operations.Commands;
using Governance.Tests.Proofs;

namespace Governance.Tests.Operations.Start;

/// <summary>What an operator does first, with real processes: the quick start, the document of the README, an export on a new machine, and starts again after something was changed by hand.</summary>
public sealed partial class FirstHourTests : IDisposable
{
    const string Call = """{"model":"claude-sonnet-5","max_tokens":50,"messages":[{"role":"user","content":"Hello"}]}""";
    const string ManagementKey = "management-key-of-the-test";
    const string Chosen = "a sentence of my own";
    static readonly string s_secret = $"sk-gov-checkout-{new string('k', 43)}";
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("governance-hour-");

    [Fact]
    public async Task TheQuickStartAndTheDocumentOfTheReadmeWorkOneAfterTheOther()
    {
        string first;
        await using (var quick = await StartAsync("one"))
        {
            first = await SecretAsync(quick, "x-api-key: ");
            await AnswersAsync(quick, first);
        }
        await using (var loaded = await StartAsync("one", ReadmeDocument()))
        {
            await AnswersAsync(loaded, await SecretAsync(loaded, "Key checkout-bot: "));
            await AnswersAsync(loaded, first);
        }
        await using (var plain = await StartAsync("one"))
        {
            await AnswersAsync(plain, first);
        }
        await using var again = await StartAsync("one", ReadmeDocument());
        await AnswersAsync(again, first);
        Assert.Equal(0, await again.StopAsync());
        Assert.DoesNotContain("Key checkout-bot: ", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task TheDocumentOfTheReadmeAndThenTheQuickStartWorkToo()
    {
        string secret;
        await using (var loaded = await StartAsync("two", ReadmeDocument()))
        {
            secret = await SecretAsync(loaded, "Key checkout-bot: ");
        }
        await using (var quick = await StartAsync("two"))
        {
            await AnswersAsync(quick, secret);
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(quick, "welcome"));
        }
        await using var again = await StartAsync("two", ReadmeDocument());
        await AnswersAsync(again, secret);
    }

    [Theory]
    [Trait(Effort.Trait, Effort.Lengthy)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AStartWithoutAnOwnerPrintsALinkAndAFileGetsNoKey(bool withDocument)
    {
        var document = withDocument ? Document("members: []", "{ id: made-here }") : null;
        var data = $"quiet-{withDocument}";
        await using (var first = await StartAsync(data, document, ("Governance__ShowFirstKey", "")))
        {
            var link = await first.WelcomeAsync();
            await first.SaysAsync("/dashboard/keys");
            using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = first.Url };
            using var made = await PeopleHost.PostAsync(browser, link, "welcome", ("workspace", "Acme"), ("email", PeopleHost.Email), ("password", Chosen));
            await AnswersAsync(first, Regex.Match(await made.Content.ReadAsStringAsync(), "sk-gov-[0-9A-Za-z-]+").Value);
            Assert.Equal(0, await first.StopAsync());
            Assert.DoesNotContain("sk-gov-", first.Output, StringComparison.Ordinal);
        }
        await using var second = await StartAsync(data, document, ("Governance__ShowFirstKey", ""));
        Assert.Equal(0, await second.StopAsync());
        Assert.DoesNotContain("/welcome", second.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task AnExportSetsUpAnEmptyMachineAndTheSameClientsGoOn()
    {
        string export, made;
        await using (var old = await StartAsync("old", Document("""
            members:
              - { email: maria@acme.test, role: owner, password_env: MARIA_PASSWORD }
              - { email: jo@acme.test, role: developer }
            """, "{ id: checkout-bot, secret_env: CHECKOUT_KEY, attribution: { workflow: checkout } }, { id: made-here }"), ("MARIA_PASSWORD", "correct horse battery")))
        {
            await AnswersAsync(old, s_secret);
            made = await SecretAsync(old, "Key made-here: ");
            export = await ExportAsync(old);
        }
        Assert.Contains("secret_env: CHECKOUT_KEY", export, StringComparison.Ordinal);
        Assert.Contains("# - key made-here (chat-widget): its secret was made here and cannot be exported.", export, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-gov-", export, StringComparison.Ordinal);

        await using var fresh = await StartAsync("fresh", export);
        await AnswersAsync(fresh, s_secret);
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(fresh, made));
        await AnswersAsync(fresh, await SecretAsync(fresh, "Key made-here: "));
        Assert.Equal(export, await ExportAsync(fresh));
        await SetPasswordAsync(fresh, "maria@acme.test");
        await fresh.SaysAsync("jo@acme.test has no password yet.");
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task EveryStartPrintsALinkForAMemberWithoutAPasswordUntilThereIsOne()
    {
        var document = Document("members: [{ email: maria@acme.test, role: owner }]", "{ id: checkout-bot, secret_env: CHECKOUT_KEY }");
        string unused;
        await using (var first = await StartAsync("links", document))
        {
            unused = await LinkAsync(first, "maria@acme.test");
        }
        // Without the document too: no owner could sign in otherwise.
        await using (var plain = await StartAsync("links"))
        {
            await SetPasswordAsync(plain, "maria@acme.test");
            Assert.Contains("no longer holds", await plain.Client.GetStringAsync(new Uri(plain.Url, new Uri(unused).PathAndQuery)), StringComparison.Ordinal);
        }
        await using var last = await StartAsync("links", document);
        Assert.Equal(0, await last.StopAsync());
        Assert.DoesNotContain("has no password yet", last.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task ARevokedKeyStaysRevokedAndAChangedVariableIsTakenWithoutEndingTheProcess()
    {
        var document = Document("members: []", "{ id: checkout-bot, secret_env: CHECKOUT_KEY }, { id: other, secret_env: OTHER_KEY }");
        var (other, turned) = ($"sk-gov-other-{new string('o', 43)}", $"sk-gov-other-{new string('t', 43)}");
        await using (var first = await StartAsync("revoked", document, ("OTHER_KEY", other)))
        {
            await AnswersAsync(first, s_secret);
            await ApplyAsync(first, Document("members: []", "{ id: checkout-bot, revoked: true }, { id: other }"));
            Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(first, s_secret));
        }
        await using (var second = await StartAsync("revoked", document, ("OTHER_KEY", turned)))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(second, s_secret));
            await second.SaysAsync("projects[0].keys[0]: key 'checkout-bot' was revoked and stays revoked");
            Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(second, other));
            await AnswersAsync(second, turned);
        }
        // What cannot be used is refused in words, and the process goes on with what there is.
        await using (var third = await StartAsync("revoked", document, ("OTHER_KEY", s_secret)))
        {
            await third.SaysAsync("projects[0].keys[1].secret_env: the secret in OTHER_KEY has the same public part");
            await AnswersAsync(third, turned);
        }
        Assert.Equal(0, (await AppCommand.RunAsync(Path.Combine(folder.FullName, "revoked"), "verify")).Code);
    }

    [Fact]
    public async Task TwoKeysWhoseSecretsShareTheirPublicPartAreANamedFaultOfTheStart()
    {
        var file = await WriteAsync(Document("members: []", "{ id: one, secret_env: CHECKOUT_KEY }, { id: two, secret_env: CHECKOUT_KEY }"));
        var run = await StartRun.RunAsync(new Dictionary<string, string>
        {
            ["Governance__Bootstrap"] = file, ["CHECKOUT_KEY"] = s_secret, ["ConnectionStrings__Governance"] = $"Data Source={Path.Combine(folder.FullName, "same", "governance.db")}", ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{Ports.Free()}",
        });
        Assert.Equal(2, run.Code);
        Assert.StartsWith("projects[0].keys[1].secret_env: the secret in CHECKOUT_KEY has the same public part", run.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Said + run.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task WhatIsHardlyMeantIsSaidAtTheStart()
    {
        var document = Document("members: []", "{ id: checkout-bot, secret_env: CHECKOUT_KEY }") + """

            rules: [{ id: no-opus, type: deny_model, scope: {}, models: [claude-opsu] }]
            """.Trim() + "\n";
        document = document.Replace("[{ id: sandbox, kind: sandbox }]", "[{ id: sandbox, kind: sandbox }, { id: near, kind: anthropic, base_url: 'http://127.0.0.1:9' }]", StringComparison.Ordinal);
        await using (var first = await StartAsync("said", document))
        {
            await first.SaysAsync("rules[0].models[0]: 'claude-opsu' matches no known model; did you mean 'claude-opus'?");
            await first.SaysAsync("upstreams[1].base_url: 127.0.0.1 is on this machine or in a private network");
        }
        await using var plain = await StartAsync("said");
        await plain.SaysAsync("rule no-opus.models[0]: 'claude-opsu' matches no known model");
        await plain.SaysAsync("upstream near.base_url: 127.0.0.1 is on this machine");
    }

    public void Dispose() => folder.Delete(recursive: true);

    static string Document(string members, string keys) => $$"""
        apiVersion: governance/v1
        workspace: { id: acme, name: Acme, plan: team }
        {{members}}
        upstreams: [{ id: sandbox, kind: sandbox }]
        projects:
          - { id: chat-widget, name: Chat widget, upstreams: [sandbox], keys: [{{keys}}] }
        """ + "\n";

    static string ReadmeDocument() => YamlOfReadme().Match(File.ReadAllText(Path.Combine(AppProcess.RepositoryFolder, "README.md"))).Groups[1].Value;

    async Task<AppProcess> StartAsync(string data, string? document = null, params (string Name, string Value)[] environment)
    {
        var variables = new Dictionary<string, string> { ["Governance__ManagementKey"] = ManagementKey, ["CHECKOUT_KEY"] = s_secret, ["Governance__ShowFirstKey"] = "true" };
        if (document is not null)
        {
            variables["Governance__Bootstrap"] = await WriteAsync(document);
        }
        foreach (var (name, value) in environment)
        {
            variables[name] = value;
            if (value.Length == 0)
            {
                variables.Remove(name);
            }
        }
        return await AppProcess.StartAsync(new AppStart { DataFolder = Path.Combine(folder.FullName, data), Environment = variables, HostEnvironment = "Production", Timeout = TimeSpan.FromMinutes(3) });
    }

    async Task<string> WriteAsync(string document)
    {
        var file = Path.Combine(folder.FullName, $"{Guid.NewGuid():N}.yaml");
        await File.WriteAllTextAsync(file, document);
        return file;
    }

    static async Task AnswersAsync(AppProcess app, string key) => Assert.Equal(HttpStatusCode.OK, await CallAsync(app, key));

    static async Task<HttpStatusCode> CallAsync(AppProcess app, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("v1/messages", UriKind.Relative)) { Content = new StringContent(Call, MediaTypeHeaderValue.Parse("application/json")) };
        request.Headers.Add("x-api-key", key);
        using var answer = await app.Client.SendAsync(request);
        return answer.StatusCode;
    }

    static async Task<HttpStatusCode> StatusAsync(AppProcess app, string path)
    {
        using var answer = await app.Client.GetAsync(new Uri(path, UriKind.Relative));
        return answer.StatusCode;
    }

    static Task<string> ExportAsync(AppProcess app) => ManageAsync(app, HttpMethod.Get, "export", null);

    static Task<string> ApplyAsync(AppProcess app, string document) => ManageAsync(app, HttpMethod.Post, "apply", document);

    static async Task<string> ManageAsync(AppProcess app, HttpMethod method, string way, string? body)
    {
        using var request = new HttpRequestMessage(method, new Uri($"api/policy/{way}", UriKind.Relative)) { Content = body is null ? null : new StringContent(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ManagementKey);
        using var answer = await app.Client.SendAsync(request);
        var said = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, said);
        return said;
    }

    /// <summary>As the member does who was given the link.</summary>
    static async Task SetPasswordAsync(AppProcess app, string email)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = app.Url };
        var link = new Uri(await LinkAsync(app, email)).PathAndQuery;
        using var set = await PeopleHost.PostAsync(browser, link, "sign-in-link", ("token", link.Split('=')[1]), ("password", Chosen));
        Assert.Equal(HttpStatusCode.Redirect, set.StatusCode);
        using var another = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = app.Url };
        using var entered = await PeopleHost.PostAsync(another, "/sign-in", "sign-in", ("email", email), ("password", Chosen));
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
    }

    static Task<string> LinkAsync(AppProcess app, string email) => app.SaysMatchAsync($"{Regex.Escape(email)} has no password yet\\. .*(http://\\S+/sign-in/link\\?token=[0-9a-f]{{64}})");

    static Task<string> SecretAsync(AppProcess app, string before) => app.SaysMatchAsync(Regex.Escape(before) + "(sk-gov-[0-9A-Za-z-]+)");

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlOfReadme();
}
