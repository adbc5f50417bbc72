using Governance.Documents;
using Governance.Documents.Text;
using Governance.Gateway.Upstreams;

namespace Governance.Tests.Documents;

public sealed class PlanNotesTests
{
    static readonly GovernanceDocument Current = Examples.Read(Examples.Whole);

    [Fact]
    public void WhatTheDocumentDoesNotNameIsSaidToStay()
    {
        var note = Assert.Single(Notes(Examples.Whole.Replace("  - { id: no-sport,", "  - { id: other-rule,", StringComparison.Ordinal)));
        Assert.StartsWith("not in the document, stays: rule no-sport; prune: true removes", note, StringComparison.Ordinal);
        var all = Assert.Single(Notes("apiVersion: governance/v1"));
        Assert.StartsWith("not in the document, stays: member ada@lumen.test, member ben@lumen.test, upstream main, upstream play, project help-desk, key night-shift, rule code, rule no-opus, rule no-sport, rule short, budget help-desk-monthly, route help-desk/eco/simple, price ", all, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatPruneRemovesIsAChangeAndNoNote() =>
        Assert.DoesNotContain(Notes("apiVersion: governance/v1\nprune: true\nrules: []"), note => note.Contains("rule ", StringComparison.Ordinal));

    [Fact]
    public void ALongListIsCut()
    {
        var many = new GovernanceDocument { Budgets = [.. Enumerable.Range(100, 60).Select(number => Examples.Budget($"b{number}", "1"))] };
        Assert.Contains("budget b149 and 10 more", Assert.Single(Notes("apiVersion: governance/v1", many)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alert_email: money@lumen.test", "projects[0].alert_email: not in the document, goes back to its default (was money@lumen.test)")]
    [InlineData("default_mode: eco", "projects[0].default_mode: not in the document, goes back to its default balanced (was eco)")]
    [InlineData("time_zone: Europe/Berlin", "budgets[0].time_zone: not in the document, goes back to its default UTC (was Europe/Berlin)")]
    [InlineData("attribution_override: allow", "projects[0].keys[0].attribution_override: not in the document, goes back to its default restricted (was allow)")]
    [InlineData(", workflow: triage", "projects[0].keys[0].attribution.workflow: not in the document, goes back to its default (was triage)")]
    [InlineData("secret_env: NIGHT_KEY", "projects[0].keys[0].secret_env: not in the document, stays NIGHT_KEY")]
    public void AValueThatWasLeftOutIsSaid(string left, string note)
    {
        var text = left.StartsWith(',') ? Examples.Whole.Replace(left, "", StringComparison.Ordinal) : string.Join('\n', Examples.Whole.Split('\n').Where(line => line.Trim() != left));
        Assert.NotEqual(Examples.Whole, text);
        Assert.Equal([note], Notes(text));
    }

    [Fact]
    public void AKillSwitchThatIsLeftOutIsSaidToStay()
    {
        var stopped = Current with { Projects = [Current.Projects[0] with { Stopped = true }] };
        Assert.Equal(["projects[0].stopped: not in the document, stays true"], Notes(Examples.Whole, stopped));
    }

    [Fact]
    public void AnotherFormOfAWindowLeavesNothingOut()
    {
        var rolling = Examples.Part("budgets: [{ id: b, scope: {}, cap_usd: '1', window: { rolling_days: 7 } }]");
        Assert.Empty(Notes("apiVersion: governance/v1\nbudgets: [{ id: b, scope: {}, cap_usd: '1', window: calendar_day }]", rolling));
    }

    [Theory]
    [InlineData("rules: [{ id: r, type: deny_model, scope: {}, models: [claude-opus, claude-opsu] }]", "rules[0].models[1]: 'claude-opsu' matches no known model; did you mean 'claude-opus'?")]
    [InlineData("rules: [{ id: r, type: deny_model, scope: {}, models: [\"claud-opus-*\"] }]", "rules[0].models[0]: 'claud-opus-*' matches no known model; did you mean 'claude-opus'?")]
    [InlineData("rules: [{ id: r, type: force_model, scope: {}, model: claude-sonet-5 }]", "rules[0].model: 'claude-sonet-5' matches no known model; did you mean 'claude-sonnet-5'?")]
    [InlineData("rules: [{ id: r, type: deny_model, scope: {}, models: [our-very-own] }]", "rules[0].models[0]: 'our-very-own' matches no known model")]
    [InlineData("router: [{ mode: eco, task_type: code, model: claude-haku-4-5 }]", "router[0].model: 'claude-haku-4-5' matches no known model; did you mean 'claude-haiku-4-5'?")]
    [InlineData("budgets: [{ id: b, scope: { model: claude-opsu }, cap_usd: '1' }]", "budgets[0].scope.model: 'claude-opsu' matches no known model; did you mean 'claude-opus'?")]
    [InlineData("budgets: [{ id: b, scope: { vendor: antropic }, cap_usd: '1' }]", "budgets[0].scope.vendor: 'antropic' is no known vendor; did you mean 'anthropic'?")]
    public void AModelThatNobodyKnowsIsSaid(string text, string warning)
    {
        var read = (DocumentAccepted)DocumentReader.Read("apiVersion: governance/v1\n" + text);
        Assert.Equal([warning], UnknownNames.Warnings(read.Document, [], read.PathOf).Select(problem => $"{problem.Path}: {problem.Message}"));
    }

    [Fact]
    public void AModelWithAPriceOfTheWorkspaceIsKnown()
    {
        var read = (DocumentAccepted)DocumentReader.Read("apiVersion: governance/v1\nrules: [{ id: r, type: deny_model, scope: {}, models: [my-model] }]");
        Assert.Empty(UnknownNames.Warnings(read.Document, Current.Prices, read.PathOf));
    }

    [Theory]
    [InlineData("claude-opus-4-5", "claude-opus-4-5-20251101", "", 1)]
    [InlineData("claude-opus-4-5-20251101", "claude-opus-4-5", "", 1)]
    [InlineData("claude-opus-4-5", "claude-opus-4-6", "", 0)]
    [InlineData("claude-opus-4-5", "claude-opus-4-5-20251101", ", effective_from: 2099-01-01", 1)]
    [InlineData("claude-opus-4-5", "claude-opus-4-5-20251101", ", effective_until: 2020-01-01", 0)]
    public void CorrectionsOfOneModelUnderTwoNamesAreSaid(string one, string other, string when, int said)
    {
        var read = (DocumentAccepted)DocumentReader.Read($"apiVersion: governance/v1\nprices: [{{ model: {one}, vendor: anthropic, usd_per_million: {{ input: '1' }}, effective_from: 2021-01-01 }}]");
        var kept = (DocumentAccepted)DocumentReader.Read($"apiVersion: governance/v1\nprices: [{{ model: {other}, vendor: anthropic, usd_per_million: {{ input: '2' }}{when} }}]");
        var warnings = UnknownNames.Twins(read.Document, [.. read.Document.Prices, .. kept.Document.Prices], read.PathOf).ToList();
        Assert.Equal(said, warnings.Count);
        Assert.All(warnings, warning => Assert.Equal("prices[0]", warning.Path));
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080", true)]
    [InlineData("http://localhost:4000/v1", true)]
    [InlineData("https://[::1]/", true)]
    [InlineData("https://[fd00::1]/", true)]
    [InlineData("http://0x7f.1/", true)]
    [InlineData("http://10.1.2.3", true)]
    [InlineData("https://192.168.0.9", true)]
    [InlineData("https://169.254.169.254", true)]
    [InlineData("http://litellm:4000", true)]
    [InlineData("https://models.internal", true)]
    [InlineData("https://llm.corp.", true)]
    [InlineData("https://api.anthropic.com", false)]
    [InlineData("https://1.1.1.1", false)]
    [InlineData("https://internal.example.com", false)]
    public void APrivateAddressIsSaidUnlessItIsAllowed(string address, bool isPrivate)
    {
        var upstream = new UpstreamDefinition { Id = "u", Kind = UpstreamKind.Anthropic, BaseUrl = address };
        Assert.Equal(isPrivate, UpstreamWarnings.Of([upstream], named => named.Id).Any());
        Assert.Empty(UpstreamWarnings.Of([upstream with { AllowPrivateNetwork = true }], named => named.Id));
    }

    static IReadOnlyList<string> Notes(string text, GovernanceDocument? current = null)
    {
        var read = Assert.IsType<DocumentAccepted>(DocumentReader.Read(text));
        return PlanNotes.Of(read, current ?? Current, current ?? Current, ConfigurationPlan.Between(current ?? Current, read.Document));
    }
}
