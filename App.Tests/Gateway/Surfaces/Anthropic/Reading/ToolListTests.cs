using Governance.Decisions;
using Governance.Gateway;
using Governance.Gateway.Reading;
using Governance.Pricing;

namespace Governance.Tests.Gateway.Surfaces.Anthropic.Reading;

/// <summary>One list says which tools run at the provider; what is not on it runs there, and nothing bounds it.</summary>
public sealed class ToolListTests
{
    static readonly ModelPrice price = new PriceBook(PriceList.Shipped).Find("anthropic", "claude-opus-5-5", new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero))!;

    [Theory]
    [InlineData("bash_20250124")]
    [InlineData("text_editor_20250728")]
    [InlineData("computer_20251124")]
    [InlineData("computer_toolset_20260801")]
    [InlineData("browser_toolset_20260801")]
    [InlineData("memory_20250818")]
    [InlineData("\\u0062ash_20250124")]
    [InlineData("custom")]
    public void AClientsOwnToolBoundsItself(string type) => Assert.Null(Why(Tool(type)));

    [Theory]
    [InlineData("web_search_20250305")]
    [InlineData("web_search_20260209")]
    [InlineData("web_fetch_20250910")]
    [InlineData("advisor_20260301")]
    public void AToolThatKeepsToItsMaxUsesIsBoundedByIt(string type)
    {
        Assert.Null(Why(Tool(type)));
        var without = Estimate(Bodies.With($$""" "tools":[{"type":"{{type}}","name":"a","model":"claude-opus-5-5"}] """)).Unbounded!;
        Assert.Contains("has no max_uses", without.Reason, StringComparison.Ordinal);
        Assert.Equal(ToolTypes.Advises(type) ? "Give it a model and max_uses." : "Give it max_uses.", without.Remedy);
    }

    [Theory]
    [InlineData("code_execution_20250825")]
    [InlineData("bash_code_execution_20260101")]
    [InlineData("text_editor_code_execution_20260101")]
    [InlineData("tool_search_tool_bm25_20251119")]
    [InlineData("mcp_toolset")]
    [InlineData("something_20270101")]
    [InlineData("web_search")]
    [InlineData("web_search_latest")]
    [InlineData("web_searching_20250305")]
    [InlineData("Web_Search_20250305")]
    [InlineData("bash_")]
    [InlineData("bash_2")]
    [InlineData("bash_20250124_code_execution")]
    [InlineData("computer_use_20250124")]
    [InlineData("BASH_20250124")]
    [InlineData(" bash_20250124")]
    [InlineData("bash_20250124 ")]
    [InlineData("bash_2025012\\u0664")]
    [InlineData("Custom")]
    [InlineData("custom ")]
    [InlineData("")]
    public void NoMaxUsesBoundsAnythingElse(string type)
    {
        var unbounded = Estimate(Tool(type)).Unbounded!;
        Assert.DoesNotContain("max_uses", unbounded.Remedy, StringComparison.Ordinal);
        Assert.Contains("runs at the provider", unbounded.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""" "tools":[{"type":"browser_toolset_20260801","tools":[{"type":"code_execution_20250825","max_uses":1}]}] """)]
    [InlineData(""" "tools":[{"type":"tool_definition","tool":{"type":"web_search_20250305"}}] """)]
    [InlineData(""" "tools":[{"type":"tool_definition","definition":{"type":"web_search_20250305"}}] """)]
    [InlineData(""" "tools":[{"name":"t","wrapped":{"deep":[{"type":"web_search_20250305","max_uses":1}]}}] """)]
    [InlineData(""" "fallbacks":[{"model":"claude-opus-5-5","tools":[{"type":"web_search_20250305"}]}] """)]
    [InlineData(""" "something_new":{"tools":["a",{"type":"unheard_of_20270101"}]} """)]
    [InlineData(""" "something_new":[{"type":"code_execution_20250825"}] """)]
    public void AToolIsOneWhereverItStands(string more) => Assert.NotNull(Why(Bodies.With(more)));

    [Theory]
    [InlineData("""[{"type":"tool_addition","tool":{"type":"tool_definition","definition":{"type":"web_search_20250305"}}}]""")]
    [InlineData("""[{"type":"tool_addition","definition":{"type":"unheard_of_20270101"}}]""")]
    [InlineData("""[{"type":"compaction","tool_changes":[{"type":"tool_addition","tool":{"type":"mcp_toolset"}}]}]""")]
    [InlineData("""[{"type":"tools","tools":[{"type":"code_execution_20250825","max_uses":1}]}]""")]
    [InlineData("""[{"type":"code_execution_20250825","name":"code_execution"}]""")]
    public void AToolThatIsGivenInContentIsOneToo(string blocks) => Assert.NotNull(Why(Bodies.Content(blocks)));

    [Theory]
    [InlineData("""[{"type":"server_tool_use","id":"a","name":"web_search","input":{"type":"web_search_20250305"}},{"type":"web_search_tool_result","tool_use_id":"a","content":[{"type":"web_search_result","title":"t"}]}]""")]
    [InlineData("""[{"type":"text","text":"web_search_20250305"}]""")]
    public void WhatToolsHaveSaidIsNone(string blocks) => Assert.Null(Why(Bodies.Content(blocks)));

    [Fact]
    public void AnEditorIsToldFromWhatTheProviderRunsUnderTheSameName()
    {
        Assert.True(ToolTypes.Edits("text_editor_20250728", null));
        Assert.False(ToolTypes.Edits("text_editor_code_execution_20260101", null));
    }

    static string Tool(string type) => Bodies.With($$""" "tools":[{"type":"{{type}}","name":"a","model":"claude-opus-5-5","max_uses":1}] """);

    static string? Why(string body) => Estimate(body).UnboundedBecause;

    static CallEstimate Estimate(string body)
    {
        var facts = Bodies.Facts(body);
        return WorstCase.Of(facts, price, [.. facts.OtherModels.Select(model => price with { Model = model })], allowUnbounded: false);
    }
}
