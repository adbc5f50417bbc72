using Governance.Projects;
using Governance.Tests.Proofs;
using Microsoft.Extensions.Configuration;

namespace Governance.Tests.Projects;

/// <summary>Which variables may be named, and for which host, is said by whoever runs the program, and by nobody else.</summary>
public sealed class EnvironmentKeysTests
{
    [Theory]
    [InlineData("api.anthropic.com", "https://api.anthropic.com", true)]
    [InlineData("API.Anthropic.com", "https://api.anthropic.com:8443/prefix", true)]
    [InlineData("https://api.anthropic.com/v1", "https://api.anthropic.com", true)]
    [InlineData("api.anthropic.com:8443", "https://api.anthropic.com:8443", true)]
    [InlineData("eu.example, api.anthropic.com", "https://api.anthropic.com", true)]
    [InlineData("[::1]", "http://[::1]:4000", true)]
    [InlineData("::1", "http://[::1]:4000", true)]
    [InlineData("[::1]:4000", "http://[::1]:4000", true)]
    [InlineData("[::1]:4000", "http://[::1]:4001", false)]
    [InlineData("api.anthropic.com:8443", "https://api.anthropic.com", false)]
    [InlineData("https://api.anthropic.com", "http://api.anthropic.com", false)]
    [InlineData("api.anthropic.com", "https://api.anthropic.com.evil.example", false)]
    [InlineData("api.anthropic.com", "https://evil.example/api.anthropic.com", false)]
    [InlineData("api.anthropic.com", "http://api.anthropic.com", false)]
    [InlineData("governance", "http://governance:9000", false)]
    [InlineData("litellm", "http://litellm:4000", true)]
    [InlineData("https://[2001:db8::5]", "https://[2001:db8::5:443]", false)]
    [InlineData("anthropic.com", "https://api.anthropic.com", false)]
    [InlineData("api.anthropic.com", null, false)]
    public void AVariableIsForTheHostsThatItIsListedWith(string hosts, string? address, bool allowed)
    {
        var keys = Keys([("TEAM_KEY", hosts)]);
        Assert.Equal(allowed, keys.Allows("TEAM_KEY", address));
        Assert.False(keys.Allows("OTHER_KEY", address));
        Assert.False(keys.Allows("team_key", address));
    }

    [Fact]
    public void OnlyWhatIsListedIsRead()
    {
        var read = new List<string>();
        var keys = Keys([("LISTED", "governance"), ("TWO__PARTS", "a.example")], name => { read.Add(name); return "value"; });
        Assert.Equal(("value", "value", null), (keys.Read("LISTED"), keys.Read("TWO__PARTS"), keys.Read("HOME")));
        Assert.Equal(["LISTED", "TWO__PARTS"], read);
    }

    [Fact]
    public void TheStartUpDocumentAddsThePairsThatItNames()
    {
        var keys = Keys([]);
        keys.Trust([("TEAM_KEY", "https://api.anthropic.com/v1"), ("CHECKOUT_KEY", null), ("Governance__ManagementKey", "https://api.anthropic.com")]);
        Assert.True(keys.Allows("TEAM_KEY", "https://api.anthropic.com"));
        Assert.False(keys.Allows("TEAM_KEY", "https://api.anthropic.com:444"));
        Assert.False(keys.Allows("CHECKOUT_KEY", "https://api.anthropic.com"));
        Assert.True(keys.Allows("CHECKOUT_KEY"));
        Assert.False(keys.Allows("Governance__ManagementKey", "https://api.anthropic.com"));
    }

    [Theory]
    [InlineData("TEAM_KEY", "", "write the host")]
    [InlineData("TEAM_KEY", "https://", "write the host")]
    [InlineData("TEAM_KEY", "user:password@a.example", "write the host")]
    [InlineData("TEAM KEY", "a.example", "no name of an environment variable")]
    [InlineData("ConnectionStrings:Governance", "a.example", "this program's own")]
    public void AListingThatCannotBeIsAFault(string variable, string hosts, string says) =>
        Assert.Contains(says, Assert.Single(EnvironmentKeys.Faults(Configuration([(variable, hosts)]))), StringComparison.Ordinal);

    /// <summary>Somebody with a management key must not find out what stands in the environment, nor have it sent to a host of theirs.</summary>
    [Fact]
    public async Task WhatIsNotListedIsRefusedWhetherItExistsOrNot()
    {
        await using var provider = await FakeProvider.StartAsync();
        var folder = System.IO.Directory.CreateTempSubdirectory("governance-environment-").FullName;
        var secret = $"sk-gov-exists-{new string('a', 40)}";
        await using (var product = await Product.StartAsync(provider.Url, dataFolder: folder, environment:
            [("DOES_EXIST", secret), ("Governance__EnvironmentKeys__PROOFS_UPSTREAM_KEY", "elsewhere.example")]))
        {
            async Task<string> RefusedAsync(string sections, string path, string variable)
            {
                var said = new List<string>();
                foreach (var way in new[] { "plan", "apply" })
                {
                    var reply = await product.TryApplyAsync(sections, way);
                    Assert.Equal(400, reply.Status);
                    Assert.Equal(path, reply.Json.GetProperty("problems")[0].GetProperty("path").GetString());
                    said.Add(reply.Json.GetProperty("problems")[0].GetProperty("message").GetString()!.Replace(variable, "NAME", StringComparison.Ordinal));
                }
                Assert.Single(said.Distinct());
                return said[0];
            }
            var ways = new (string Path, Func<string, string> Sections)[]
            {
                ("upstreams[0].api_key_env", name => $"upstreams: [{{ id: u, kind: anthropic, base_url: '{provider.Url}', api_key_env: {name}, allow_private_network: true }}]"),
                ("projects[0].keys[0].secret_env", name => $"projects: [{{ id: p, name: P, keys: [{{ id: k, secret_env: {name} }}] }}]"),
                ("members[0].password_env", name => $"members: [{{ email: eve@acme.test, role: owner, password_env: {name} }}]"),
            };
            foreach (var (path, sections) in ways)
            {
                var exists = await RefusedAsync(sections("DOES_EXIST"), path, "DOES_EXIST");
                Assert.Equal(exists, await RefusedAsync(sections("DOES_NOT_EXIST"), path, "DOES_NOT_EXIST"));
                Assert.Contains("Governance:EnvironmentKeys:NAME", exists, StringComparison.Ordinal);
            }
            // The start-up document's own pair serves, and only with its host.
            (await product.CallAsync(Answers.Call())).Passed();
            var elsewhere = provider.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
            Assert.Contains("upstreams[0].api_key_env", (await product.TryApplyAsync($"upstreams: [{{ id: fake, kind: anthropic, base_url: '{elsewhere}', api_key_env: PROOFS_UPSTREAM_KEY, allow_private_network: true }}]")).Text, StringComparison.Ordinal);
            (await product.CallAsync(Answers.Call())).Passed();
        }
        // Without its document nobody says any more that the variable is for this host.
        await using (var product = await Product.StartAsync(provider.Url, dataFolder: folder, environment: [("Governance__Bootstrap", ""), ("Governance__EnvironmentKeys__PROOFS_UPSTREAM_KEY", "elsewhere.example")]))
        {
            var before = provider.Requests.Count;
            var made = await product.ApplyAsync("projects: [{ id: main, name: Main, upstreams: [fake], keys: [{ id: later }] }]");
            var key = made.GetProperty("new_keys")[0].GetProperty("secret").GetString()!;
            Assert.Contains("PROOFS_UPSTREAM_KEY is not listed for use with 127.0.0.1", (await product.CallAsync(Answers.Call(), key)).Refused(503, "api_error").Message, StringComparison.Ordinal);
            Assert.Equal(before, provider.Requests.Count);
        }
        System.IO.Directory.Delete(folder, recursive: true);
    }

    static EnvironmentKeys Keys((string Variable, string Hosts)[] listed, Func<string, string?>? read = null) => new(Configuration(listed), read ?? (_ => null));

    static IConfiguration Configuration((string Variable, string Hosts)[] listed) =>
        new ConfigurationBuilder().AddInMemoryCollection(listed.Select(pair => KeyValuePair.Create($"{EnvironmentKeys.Section}:{pair.Variable.Replace("__", ":", StringComparison.Ordinal)}", (string?)pair.Hosts))).Build();
}
