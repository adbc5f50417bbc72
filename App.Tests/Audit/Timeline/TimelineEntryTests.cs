using System.Text.Json;
using Governance.Audit;
using Governance.Audit.Timeline;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Tests.Shell;

namespace Governance.Tests.Audit.Timeline;

public sealed class TimelineEntryTests
{
    [Theory]
    [InlineData(AuditCategory.Change, "change", "Change")]
    [InlineData(AuditCategory.Blocked, "denied", "Blocked")]
    [InlineData(AuditCategory.Intervened, "warned", "Intervened")]
    [InlineData(AuditCategory.System, "system", "System")]
    public async Task AnEntrySaysItsKindInColourGlyphAndWord(AuditCategory category, string tone, string word)
    {
        var body = await Rendered.BodyOf<AuditRunView>(("Run", new AuditRun([AuditRunsTests.Refusal(7) with { Category = category }])));
        var entry = body.QuerySelector("li.entry")!;
        Assert.Equal(tone, entry.GetAttribute("data-tone"));
        Assert.Equal(word, entry.QuerySelector(".entry-word")!.TextContent);
        Assert.NotNull(entry.QuerySelector(".entry-glyph svg"));
    }

    [Fact]
    public async Task AnEntryNamesActorProjectAndInstantAndLinksToItself()
    {
        var body = await Rendered.BodyOf<AuditRunView>(("Run", new AuditRun([AuditRunsTests.Refusal(7)])), ("Filter", new AuditFilter { Category = AuditCategory.Blocked }));
        Assert.Contains("Key ci", body.QuerySelector(".entry-meta")!.TextContent.Replace("\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("2026-11-21T12:00:07.000Z", body.QuerySelector("time")!.GetAttribute("datetime"));
        var toggle = body.QuerySelector(".entry-toggle")!;
        Assert.Equal("/dashboard/usage?tab=audit&category=blocked&event=7", toggle.GetAttribute("href"));
        Assert.Equal("false", toggle.GetAttribute("aria-expanded"));
    }

    [Fact]
    public async Task ARunSaysHowOftenAndBetweenWhichTimes()
    {
        var body = await Rendered.BodyOf<AuditRunView>(("Run", new AuditRun([.. Enumerable.Range(0, 38).Select(i => AuditRunsTests.Refusal(100 - i))])));
        var text = body.QuerySelector(".entry-text")!.TextContent;
        Assert.Contains("×38", text, StringComparison.Ordinal);
        Assert.Contains("between 12:01:03 and 12:01:40 UTC", text, StringComparison.Ordinal);
        Assert.Equal(37, body.QuerySelectorAll(".entry-repeats > li").Length);
    }

    [Fact]
    public async Task ADiffShowsOnlyWhatChangedAndSaysSoWithoutColour()
    {
        var body = await Rendered.BodyOf<DiffView>(("Before", Json("""{"cap":"50.00","id":"x"}""")), ("After", Json("""{"cap":"75.00","id":"x"}""")));
        Assert.Single(body.QuerySelectorAll("tbody tr"));
        Assert.Equal("removed $50.00", body.QuerySelector("del")!.TextContent);
        Assert.Equal("added $75.00", body.QuerySelector("ins")!.TextContent);
        Assert.Contains("+$25.00 (+50 %)", body.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StepsAreExplainedInTheirOrder()
    {
        var details = Json("""{"deny_code":"MODEL_DENIED","posted_usd":"1.25","steps":[{"name":"denied_mode","outcome":"passed","rule_id":"r1","rule_version":2,"expected":"sport","actual":"eco"},{"name":"denied_model","outcome":"denied","expected":"opus","actual":"claude-opus-4-8"}]}""");
        var body = await Rendered.BodyOf<Explained>(("Details", details));
        Assert.Equal(["Deny code", "Posted"], body.QuerySelectorAll("dt").Select(term => term.TextContent));
        Assert.Equal(["MODEL_DENIED", "$1.25"], body.QuerySelectorAll("dd").Select(value => value.TextContent));
        var steps = body.QuerySelectorAll("ol.steps > li");
        Assert.Equal(["approved", "denied"], steps.Select(step => step.GetAttribute("data-status")));
        Assert.Contains("r1 v2", steps[0].TextContent, StringComparison.Ordinal);
    }

    static JsonElement? Json(string text) => JsonDocument.Parse(text).RootElement;
}
