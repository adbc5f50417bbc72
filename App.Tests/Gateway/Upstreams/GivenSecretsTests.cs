using Governance.Audit;
using Governance.Gateway.Upstreams;
using Governance.Journal;
using Governance.Projects;
using Governance.Tests.Members;
using Governance.Tests.Operations.Start;
using Governance.Tests.Proofs;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Tests.Gateway.Upstreams;

/// <summary>Secrets and addresses as people really write them: with a line break behind them, or with the path that was copied along.</summary>
public sealed class GivenSecretsTests : IAsyncLifetime
{
    readonly string key = Product.NewKey("main");
    FakeProvider provider = null!;
    Product product = null!;

    public async Task InitializeAsync()
    {
        provider = await FakeProvider.StartAsync();
        product = await Product.StartAsync(provider.Url + "/v1/", key: key, environment:
        [
            ("PROOFS_UPSTREAM_KEY", " sk-operators-own\r\n"),
            ("PROOFS_KEY", key + "\n"),
            ("Governance__ManagementKey", "proofs-management-key-0123456789\r\n"),
            ("KEY_OF_TWO_LINES", "sk-operators-own\nx-evil: 1"),
            ("KEY_OF_TWO_WORDS", "sk-operators own"),
            ("KEY_OF_BLANKS", " \n"),
            .. new[] { "KEY_OF_TWO_LINES", "KEY_OF_TWO_WORDS", "KEY_OF_BLANKS", "KEY_OF_NOBODY" }.Select(variable => ($"Governance__EnvironmentKeys__{variable}", "127.0.0.1")),
        ]);
    }

    public async Task DisposeAsync()
    {
        await product.DisposeAsync();
        await provider.DisposeAsync();
    }

    [Fact]
    public async Task WhatStandsAroundASecretIsNoPartOfIt()
    {
        (await product.CallAsync(Answers.Call())).Passed();
        Assert.Equal("sk-operators-own", provider.Requests[^1].Headers["x-api-key"]);
        // The management key was given with a line break, too.
        await product.ApplyAsync("projects:\n  - { id: other, name: Other, upstreams: [fake] }\n");
    }

    [Fact]
    public async Task WhatNoHeaderCanCarryIsToldByItsNameAndNeverSent()
    {
        foreach (var (variable, says) in new[] { ("KEY_OF_TWO_LINES", "a line break inside"), ("KEY_OF_TWO_WORDS", "a blank inside"), ("KEY_OF_BLANKS", "nothing but blanks"), ("KEY_OF_NOBODY", "is not set") })
        {
            var id = variable.ToLowerInvariant().Replace('_', '-');
            await product.ApplyAsync($"upstreams:\n  - {{ id: {id}, kind: anthropic, base_url: \"{provider.Url}\", api_key_env: {variable}, allow_private_network: true }}\n");
            var secret = await product.ProjectAsync(id, upstream: id);
            var before = provider.Requests.Count;
            var refused = (await product.CallAsync(Answers.Call(), secret)).Refused(503, "api_error");
            Assert.Contains($"the environment variable {variable} {(says == "is not set" ? "" : "h")}", refused.Message, StringComparison.Ordinal);
            Assert.Contains(says, refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("operators", refused.Message, StringComparison.Ordinal);
            var counted = await product.SendAsync(product.Post(Answers.Call(), secret, [], "v1/messages/count_tokens"));
            Assert.Equal("true", counted.Header("x-governance-estimated"));
            Assert.Equal(before, provider.Requests.Count);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/v1")]
    [InlineData("/v1/")]
    [InlineData("/v1/messages")]
    [InlineData(" ")]
    public async Task AnAddressWithAUsualEndingReachesTheSamePaths(string ending)
    {
        await product.ApplyAsync($"upstreams:\n  - {{ id: spelled, kind: anthropic, base_url: \"{provider.Url.Replace("http", "HTTP", StringComparison.Ordinal)}{ending}\", api_key_env: PROOFS_UPSTREAM_KEY, allow_private_network: true }}\n");
        var secret = Product.NewKey("spelled");
        var id = "spelled-" + Guid.NewGuid().ToString("N")[..8];
        secret = await product.ProjectAsync(id, upstream: "spelled");
        (await product.CallAsync(Answers.Call(), secret)).Passed();
        Assert.Equal("/v1/messages", provider.Requests[^1].Path);
        await product.SendAsync(product.Post(Answers.Call(), secret, [], "v1/messages/count_tokens"));
        Assert.Equal("/v1/messages/count_tokens", provider.Requests[^1].Path);
        Assert.Equal(provider.Url, product.Rows("SELECT definition FROM upstreams WHERE id = 'spelled'").Select(row => System.Text.Json.JsonDocument.Parse(row.Text("definition")!).RootElement.GetProperty("base_url").GetString()).Single());
    }

    [Fact]
    public async Task AnAddressThatCannotWorkIsRefusedByPlanAndApply()
    {
        var refused = await product.TryApplyAsync("upstreams:\n  - { id: bad, kind: anthropic, base_url: \"https://api.anthropic.com/v1/complete\" }\n");
        Assert.Equal(400, refused.Status);
        Assert.Equal("upstreams[0].base_url", refused.Json.GetProperty("problems")[0].GetProperty("path").GetString());
        Assert.Empty(product.Rows("SELECT id FROM upstreams WHERE id = 'bad'"));
    }

    [Theory]
    [InlineData("--Governance:ManagementKey=k", "Governance:ManagementKey: is shorter than 16 characters")]
    [InlineData("--Governance:ManagementKey=two words", "Governance:ManagementKey: has a blank inside")]
    [InlineData("--Governance:ManagementKey=two\nlines", "Governance:ManagementKey: has a line break inside")]
    [InlineData("--Governance:SetupToken= ", "Governance:SetupToken: holds nothing but blanks")]
    [InlineData("--Governance:SetupToken=two\nlines", "Governance:SetupToken: has a line break inside")]
    public async Task ASettingThatNobodyCanSendStopsTheStartInASentence(string setting, string says)
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("governance-secrets-");
        var run = await StartRun.RunAsync(new Dictionary<string, string> { [Product.ConnectionVariable] = $"Data Source={folder.FullName}/governance.db" }, setting);
        Assert.Equal(2, run.Code);
        Assert.Contains(says, run.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("two", run.Said + run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Said + run.Output, StringComparison.Ordinal);
        Assert.Empty(folder.GetFiles());
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task AnUpstreamWithoutAUsableKeyIsSaidAtTheStart()
    {
        await using var started = await Product.StartAsync(provider.Url, environment: [("PROOFS_UPSTREAM_KEY", "sk-two\nlines")]);
        var said = await Eventually.ReadAsync(() => started.App.Output, output => output.Contains("PROOFS_UPSTREAM_KEY", StringComparison.Ordinal));
        Assert.Contains("Calls to the upstream 'fake' are refused until it has its key: the environment variable PROOFS_UPSTREAM_KEY has a line break inside.", said, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-two", said, StringComparison.Ordinal);
    }

    [Fact]
    public void AStoredKeyThatNoHeaderCanCarryHasToBeEnteredAgain()
    {
        var secrets = new UpstreamSecrets(new EphemeralDataProtectionProvider(), new EnvironmentKeys(new ConfigurationBuilder().Build()));
        var upstream = new UpstreamDefinition { Id = "stored", Kind = UpstreamKind.Anthropic, BaseUrl = "https://example.test" };
        Assert.Equal("sk-operators-own", secrets.Find(new UpstreamEntry(upstream, secrets.Protect("sk-operators-own\n")), out _));
        var broken = new UpstreamEntry(upstream, secrets.Protect("sk-operators-own\nx-evil: 1"));
        for (var time = 0; time < 2; time++)
        {
            Assert.Null(secrets.Find(broken, out var missing));
            Assert.Equal("the key that is kept has a line break inside; enter it again", missing);
        }
    }

    /// <summary>Also where an older version stored the address as it was written.</summary>
    [Fact]
    public async Task AnotherSpellingOfItsAddressDoesNotClearAnUpstreamsKey()
    {
        await using var host = new PeopleHost();
        using var browser = host.Browser();
        var (edits, shelf, secrets) = (host.Services.GetRequiredService<UpstreamEdits>(), host.Services.GetRequiredService<UpstreamShelf>(), host.Services.GetRequiredService<UpstreamSecrets>());
        var actor = new Actor(ActorKind.Member, PeopleHost.Email);
        var first = new UpstreamDefinition { Id = "u", Kind = UpstreamKind.Anthropic, BaseUrl = "https://api.example.test/v1" };
        await edits.SaveAsync(first, " sk-operators-own\n", actor);
        await host.Services.GetRequiredService<JournalWriter>().ChangeAsync(change => change.Transaction.Prepare("UPDATE upstreams SET definition = ?1 WHERE id = 'u'")
            .Bind(1, AuditJson.Element(first).GetRawText().Replace("https://api.example.test", "https://api.example.test/v1", StringComparison.Ordinal)).Run());

        Assert.False(await edits.SaveAsync(first with { BaseUrl = "https://api.example.test/v1/messages" }, null, actor));
        Assert.True(await edits.SaveAsync(first with { BaseUrl = "HTTPS://api.example.test:443/", AllowPrivateNetwork = true }, null, actor));
        Assert.Equal("sk-operators-own", secrets.Find(shelf.Current["u"], out _));

        Assert.True(await edits.SaveAsync(first with { BaseUrl = "https://eu.example.test/v1" }, null, actor));
        Assert.Null(shelf.Current["u"].ProtectedSecret);
        await Assert.ThrowsAsync<ArgumentException>(() => edits.SaveAsync(first, "sk-two\nlines", actor));
    }
}
