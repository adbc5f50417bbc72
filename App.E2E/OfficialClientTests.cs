using System.Globalization;
using System.Text.Json;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Tests.Proofs;

namespace Governance.EndToEnd;

/// <summary>The official TypeScript client and Claude Code, unchanged, against the running product and its sandbox.</summary>
public sealed class OfficialClientTests(SandboxProduct sandbox) : IClassFixture<SandboxProduct>
{
    const string Opus = "claude-opus-5-5";
    static readonly string s_long = string.Concat(Enumerable.Repeat("word ", 500));

    readonly Governance.Tests.Proofs.Product _product = sandbox.Product;

    [Fact]
    public async Task TypeScriptReadsAPlainAnswer()
    {
        var seen = await TypeScriptAsync(_product.Key, "plain");
        Assert.Contains("You said: \"Hello\"", seen.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(("end_turn", 1), (seen.GetProperty("stop").GetString(), seen.GetProperty("requests").GetInt32()));
    }

    [Fact]
    public async Task TypeScriptReadsAStream()
    {
        var seen = await TypeScriptAsync(_product.Key, "stream");
        Assert.EndsWith("No provider was called.", seen.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.True(seen.GetProperty("pieces").GetInt32() > 1);
        Assert.Equal(1, seen.GetProperty("requests").GetInt32());
    }

    [Fact]
    public async Task TypeScriptCallsAToolAndSendsItsResult()
    {
        var seen = await TypeScriptAsync(_product.Key, "tools", "claude-sonnet-5", "Use get_weather");
        Assert.Equal("get_weather", seen.GetProperty("tool").GetString());
        Assert.Contains("The tool returned: \"Sunny\"", seen.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("denied", "PermissionDeniedError", 403, "policy_rule", "Model 'claude-opus' is denied by project policy")]
    [InlineData("exhausted", "PaymentRequiredError", 402, "budget_exceeded", "Project would exceed monthly cap of $0.001")]
    [InlineData("overlong", "PermissionDeniedError", 403, "policy_rule", "exceeds the 50 allowed by project policy")]
    public async Task TypeScriptShowsARefusalAfterOneRequest(string what, string error, int status, string type, string message)
    {
        var seen = await TypeScriptAsync(KeyFor(what), "refused", what == "denied" ? Opus : "claude-sonnet-5", what == "overlong" ? s_long : "Hello");
        Assert.Equal((error, status, type), (seen.GetProperty("error").GetString(), seen.GetProperty("status").GetInt32(), seen.GetProperty("type").GetString()));
        Assert.Contains(message, seen.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("req_", seen.GetProperty("requestId").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, seen.GetProperty("requests").GetInt32());
    }

    [Fact]
    public async Task ClaudeCodeShowsAStreamedAnswer()
    {
        var before = Entries("main");
        var seen = await ClientProcess.ClaudeCodeAsync(_product.App.Url, _product.Key, "claude-sonnet-5", "Say hello to the proof");
        Assert.True(seen.Code == 0 && seen.Output.Contains("Sandbox answer from claude-sonnet-5", StringComparison.Ordinal), seen.All);
        var rows = Entries("main").Skip(before.Count).ToList();
        Assert.Contains(rows, row => row.Number("streamed") == 1 && row.Number("outcome") == 0 && row.Number("cost_nanos") > 0 && row.Text("session") is { Length: > 0 });
        Assert.All(rows, row => Assert.Equal(0, row.Number("flags")));
    }

    [Fact]
    public async Task ClaudeCodeCallsAToolAndSendsItsResult()
    {
        var before = Entries("main");
        var seen = await ClientProcess.ClaudeCodeAsync(_product.App.Url, _product.Key, "claude-sonnet-5", "Use Read");
        Assert.True(seen.Code == 0 && seen.Output.Contains("The tool returned:", StringComparison.Ordinal), seen.All);
        Assert.True(Entries("main").Count - before.Count >= 2);
    }

    [Theory]
    [InlineData("denied", "Model 'claude-opus' is denied by project policy")]
    [InlineData("exhausted", "Project would exceed monthly cap of $0.001")]
    [InlineData("overlong", "exceeds the 50 allowed by project policy")]
    public async Task ClaudeCodeShowsARefusalAfterOneRequest(string what, string message)
    {
        var project = what switch { "denied" => "main", "exhausted" => "poor", _ => "short" };
        var before = Entries(project);
        var seen = await ClientProcess.ClaudeCodeAsync(_product.App.Url, KeyFor(what), what == "denied" ? Opus : "claude-sonnet-5", "Hello");
        Assert.True(seen.All.Contains(message, StringComparison.Ordinal), seen.All);
        Assert.DoesNotContain("authenticate", seen.All, StringComparison.OrdinalIgnoreCase);
        var row = Assert.Single(Entries(project).Skip(before.Count));
        Assert.Equal(4, row.Number("outcome"));
    }

    string KeyFor(string what) => what switch { "exhausted" => sandbox.PoorKey, "overlong" => sandbox.ShortKey, _ => _product.Key };

    IReadOnlyList<Row> Entries(string project) => _product.Rows("SELECT * FROM usage WHERE project = @project ORDER BY id", ("@project", project));

    async Task<JsonElement> TypeScriptAsync(string key, params string[] arguments)
    {
        var seen = await ClientProcess.TypeScriptAsync([_product.App.Url.AbsoluteUri.TrimEnd('/'), key, .. arguments]);
        Assert.True(seen.Code == 0, string.Create(CultureInfo.InvariantCulture, $"{seen.Code}: {seen.All}"));
        return JsonDocument.Parse(seen.Output).RootElement;
    }
}
