using Governance.Decisions;
using Governance.Gateway;
using Governance.Gateway.Reading;
using Governance.Gateway.Surfaces.Anthropic.Reading;

namespace Governance.Tests.Gateway.Surfaces.Anthropic.Reading;

public sealed class RequestFactsTests
{
    [Theory]
    [InlineData("\"fast\"", true)]
    [InlineData("\"turbo\"", true)]
    [InlineData("\"standard\"", false)]
    [InlineData("null", false)]
    public void ASpeedThatNobodyKnowsIsTakenForTheDearOne(string speed, bool fast) => Assert.Equal(fast, Bodies.Facts(Bodies.With($"\"speed\":{speed}")).Fast);

    [Fact]
    public void ASmallBodyIsReadWhole()
    {
        var facts = Bodies.Facts(Bodies.Small);
        Assert.Equal("claude-sonnet-5", facts.Model);
        Assert.Equal(1024, facts.MaxTokens);
        Assert.Equal(1, facts.Messages);
        Assert.Equal(5, facts.TextBytes);
        Assert.Equal("hello", facts.LastUserText);
        Assert.Equal("\"claude-sonnet-5\"", Bodies.Small.Substring(facts.ModelOffset, facts.ModelLength));
        Assert.False(facts.Stream || facts.Thinking || facts.Unmeasurable || facts.Fast || facts.McpServers || facts.EditingTools || facts.Compaction);
        Assert.Empty(facts.OtherModels);
        Assert.Equal(CacheWrite.None, facts.CacheWrite);
    }

    [Fact]
    public void ACodingAgentsBodyIsReadWhole()
    {
        var facts = Bodies.Facts(Bodies.CodingAgent());
        Assert.Equal("claude-opus-5-5", facts.Model);
        Assert.Equal(128_000, facts.MaxTokens);
        Assert.Equal(12, facts.Tools);
        Assert.Equal(4, facts.Messages);
        Assert.True(facts.Stream && facts.Thinking && facts.EditingTools);
        Assert.Equal(CacheWrite.OneHour, facts.CacheWrite);
        Assert.Empty(facts.OtherModels);
        Assert.Empty(facts.ServerTools);
        Assert.False(facts.Unmeasurable || facts.Compaction);
        Assert.Equal("{\"device_id\":\"d\",\"session_id\":\"s\"}", facts.UserId);
        Assert.EndsWith("Please look at the ledger and say what is wrong.", facts.LastUserText, StringComparison.Ordinal);
        Assert.InRange(facts.ExpectedTextTokens, facts.TextBytes / 6, facts.TextBytes / 2);
    }

    [Theory]
    [InlineData("\"fallbacks\":[{\"model\":\"b\"},\"c\"]", "b,c")]
    [InlineData("\"fallbacks\":\"default\"", "default")]
    [InlineData("\"fallbacks\":[{\"model\":\"b\"},{\"model\":\"b\"}]", "b")]
    [InlineData("\"tools\":[{\"type\":\"advisor_20260301\",\"name\":\"advisor\",\"model\":\"d\"}]", "d")]
    [InlineData("\"tools\":[{\"name\":\"t\",\"input_schema\":{\"properties\":{\"model\":{\"type\":\"string\"}},\"model\":\"x\"}}]", "")]
    [InlineData("\"tools\":[{\"name\":\"t\",\"input_schema\":{},\"input_examples\":[{\"model\":\"x\"}]}]", "")]
    [InlineData("\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":{\"model\":\"x\"}}}", "")]
    [InlineData("\"output_config\":{\"model\":\"e\"}", "e")]
    [InlineData("\"requests\":[{\"custom_id\":\"1\",\"params\":{\"model\":\"f\",\"messages\":[{\"model\":\"x\"}]}}]", "f")]
    [InlineData("\"mcp_servers\":[{\"name\":\"s\",\"tool_configuration\":{\"model\":\"g\"}}]", "g")]
    [InlineData("\"something_new\":[[{\"deep\":{\"model\":\"h\"}}]]", "h")]
    [InlineData("\"something_new\":{\"model\":{\"model\":\"h\"}}", "h")]
    [InlineData("\"fallbacks\":[{\"m\\u006fdel\":\"i\\u002d1\"}]", "i-1")]
    [InlineData("\"metadata\":{\"model\":\"j\"}", "j")]
    public void EveryOtherModelThatMayRunIsNamed(string more, string models) =>
        Assert.Equal(models, string.Join(',', Bodies.Facts(Bodies.With(more)).OtherModels));

    [Theory]
    [InlineData("""[{"type":"text","text":"use model","model":"x"}]""", "")]
    [InlineData("""[{"type":"tool_use","name":"t","input":{"model":"x"}}]""", "")]
    [InlineData("""[{"type":"fallback","from":{"model":"x"},"to":{"model":"y"}}]""", "")]
    [InlineData("""[{"type":"tool_addition","tool":{"type":"tool_definition","definition":{"type":"advisor_20260301","model":"d"}}}]""", "d")]
    [InlineData("""[{"type":"compaction","tool_changes":[{"type":"tool_addition","tool":{"type":"tool_definition","definition":{"type":"advisor_20260301","model":"d"}}}]}]""", "d")]
    public void ContentIsDataButAToolGivenInItIsATool(string blocks, string models) =>
        Assert.Equal(models, string.Join(',', Bodies.Facts(Bodies.Content(blocks)).OtherModels));

    [Fact]
    public void AFallbackBehindTwentyMegabytesIsSeen()
    {
        var text = new string('a', 20 << 20);
        var body = $$"""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"{{text}}"}],"fallbacks":[{"model":"hidden","max_tokens":64000,"speed":"fast"}]}""";
        var facts = Bodies.Facts(body);
        Assert.Equal(["hidden"], facts.OtherModels);
        Assert.Equal(64_000, facts.OtherMaxTokens);
        Assert.True(facts.Fast);
        Assert.Equal(text.Length, facts.TextBytes);
        Assert.Equal(4_096, facts.LastUserText.Length);
    }

    [Theory]
    [InlineData("\"cache_control\":{\"type\":\"ephemeral\"}", nameof(CacheWrite.FiveMinutes))]
    [InlineData("\"cache_control\":{\"type\":\"ephemeral\",\"ttl\":\"5m\"}", nameof(CacheWrite.FiveMinutes))]
    [InlineData("\"cache_control\":{\"type\":\"ephemeral\",\"ttl\":\"\\u0031h\"}", nameof(CacheWrite.OneHour))]
    [InlineData("\"cache_control\":{\"ttl\":\"24h\"}", nameof(CacheWrite.OneHour))]
    [InlineData("\"cache_control\":null", nameof(CacheWrite.None))]
    [InlineData("\"system\":[{\"type\":\"text\",\"text\":\"a\",\"cache_control\":{\"ttl\":\"1h\"}},{\"type\":\"text\",\"text\":\"a\",\"cache_control\":{}}]", nameof(CacheWrite.OneHour))]
    [InlineData("\"tools\":[{\"name\":\"t\",\"cache_control\":{\"type\":\"ephemeral\"}}]", nameof(CacheWrite.FiveMinutes))]
    [InlineData("\"tools\":[{\"type\":\"advisor_1\",\"caching\":{\"ttl\":\"1h\"}}]", nameof(CacheWrite.OneHour))]
    [InlineData("\"tools\":[{\"name\":\"t\",\"input_schema\":{\"properties\":{\"cache_control\":{\"ttl\":\"1h\"}}}}]", nameof(CacheWrite.None))]
    [InlineData("\"something_new\":{\"cache_control\":{\"ttl\":\"1h\"}}", nameof(CacheWrite.OneHour))]
    public void TheDearestCacheWriteIsKept(string more, string expected) => Assert.Equal(expected, Bodies.Facts(Bodies.With(more)).CacheWrite.ToString());

    [Theory]
    [InlineData("""[{"type":"tool_result","content":[{"type":"text","text":"a","cache_control":{"ttl":"1h"}}]}]""", nameof(CacheWrite.OneHour))]
    [InlineData("""[{"type":"tool_use","input":{"cache_control":{"ttl":"1h"}}}]""", nameof(CacheWrite.None))]
    [InlineData("\"cache_control: 1h\"", nameof(CacheWrite.None))]
    public void CacheControlInBlocksIsAControlAndInInputIsData(string content, string expected) =>
        Assert.Equal(expected, Bodies.Facts(Bodies.Content(content)).CacheWrite.ToString());

    [Theory]
    [InlineData("web_search_20250305", true)]
    [InlineData("web_fetch_20260318", true)]
    [InlineData("code_execution_20250825", true)]
    [InlineData("tool_search_tool_bm25_20251119", true)]
    [InlineData("mcp_toolset", true)]
    [InlineData("bash_code_execution_20260101", true)]
    [InlineData("something_20270101", true)]
    [InlineData("custom", false)]
    [InlineData("bash_20250124", false)]
    [InlineData("text_editor_20250728", false)]
    [InlineData("computer_20251124", false)]
    [InlineData("computer_toolset_20260801", false)]
    [InlineData("memory_20250818", false)]
    public void AToolThatTheProviderRunsIsToldFromTheClients(string type, bool server)
    {
        var tools = Bodies.Facts(Bodies.With($$$"""
            "tools":[{"name":"a","max_uses":5,"type":"{{{type}}}"},{"name":"b","input_schema":{}}]
            """)).ServerTools;
        if (server)
            Assert.Equal(new ServerTool(type, 5), Assert.Single(tools));
        else
            Assert.Empty(tools);
    }

    /// <summary>Which model it asks is not known then, so nothing bounds what it costs.</summary>
    [Theory]
    [InlineData("", false)]
    [InlineData(",\"model\":null", false)]
    [InlineData(",\"model\":\"claude-opus-4-8\"", true)]
    public void TheUsesOfAnAdvisorBoundNothingUnlessItNamesItsModel(string model, bool bounded)
    {
        var tools = Bodies.Facts(Bodies.With($$$"""
            "tools":[{"name":"a","max_uses":5,"type":"advisor_20260301"{{{model}}}}]
            """)).ServerTools;
        Assert.Equal(bounded ? 5 : null, Assert.Single(tools).MaxUses);
    }

    [Theory]
    [InlineData("""[{"type":"image","source":{"type":"url","url":"https://a/b.png"}}]""")]
    [InlineData("""[{"type":"document","source":{"type":"file","file_id":"f"}}]""")]
    [InlineData("""[{"source":{"url":"https://a/b.pdf","type":"\u0075rl"},"type":"document"}]""")]
    [InlineData("""[{"type":"container_upload","file_id":"f"}]""")]
    [InlineData("""[{"type":"tool_result","content":[{"type":"image","source":{"type":"file","file_id":"f"}}]}]""")]
    [InlineData("""[{"type":"web_fetch_tool_result","content":{"type":"web_fetch_result","content":{"type":"document","source":{"type":"url","url":"u"}}}}]""")]
    public void WhatIsHeldElsewhereCannotBeMeasured(string content) => Assert.True(Bodies.Facts(Bodies.Content(content)).Unmeasurable);

    [Theory]
    [InlineData("\"container\":\"c\"", true)]
    [InlineData("\"container\":{\"skills\":[]}", true)]
    [InlineData("\"container\":null", false)]
    [InlineData("\"thread\":{\"type\":\"create\"}", true)]
    [InlineData("\"mcp_servers\":[{\"type\":\"url\",\"url\":\"https://a\"}]", true)]
    [InlineData("\"mcp_servers\":[]", false)]
    public void StateAndMachinesElsewhereCannotBeMeasured(string more, bool expected) => Assert.Equal(expected, Bodies.Facts(Bodies.With(more)).Unmeasurable);

    [Fact]
    public void Base64IsCountedAsImagesAndDocumentsAndNotAsText()
    {
        var data = new string('A', 4_000);
        var facts = Bodies.Facts(Bodies.Content($$$"""
            [{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{data}}}"}},
             {"source":{"data":"{{{data}}}","type":"base64","media_type":"application/pdf"},"type":"document","title":"four"},
             {"type":"document","source":{"type":"text","media_type":"text/plain","data":"sixsix"}},
             {"type":"document","source":{"type":"content","content":[{"type":"text","text":"eighteig"},{"type":"image","source":{"type":"base64","data":"{{{data}}}"}}]}}]
            """));
        Assert.Equal(2, facts.Images);
        Assert.Equal(1, facts.Documents);
        Assert.Equal(4_000, facts.DocumentBytes);
        Assert.Equal(4 + 6 + 8, facts.TextBytes);
        Assert.False(facts.Unmeasurable);
    }

    [Fact]
    public void Base64ThatIsNoPdfIsAlsoCountedAsText() =>
        Assert.Equal(8, Bodies.Facts(Bodies.Content("""[{"type":"document","source":{"type":"base64","media_type":"text/plain","data":"AAAAAAAA"}}]""")).TextBytes);

    [Theory]
    [InlineData("\"a\\n\\u00e9\\ud83d\\ude00\"", 1 + 1 + 2 + 4)]
    [InlineData("""[{"type":"text","text":"abc"}]""", 3)]
    [InlineData("""[{"type":"tool_use","id":"12","name":"345","input":{"a":1}}]""", 2 + 3 + 8)]
    [InlineData("""[{"type":"future","payload":{"weird":[1,true,"x"]}}]""", 7 + 5 + 1 + 4 + 1)]
    [InlineData("""[{"type":"redacted_thinking","data":"abcd"}]""", 4)]
    public void TextIsCountedInUnescapedBytesAndUnknownBlocksWithTheirNames(string content, int bytes) =>
        Assert.Equal(bytes, Bodies.Facts(Bodies.Content(content)).TextBytes);

    [Fact]
    public void ToolsSchemasAndUnknownFieldsCountAsText()
    {
        const string tool = """{"name":"t","description":"what","input_schema":{"type":"object"}}""";
        var plain = Bodies.Facts(Bodies.Small);
        var facts = Bodies.Facts(Bodies.With($"\"tools\":[{tool}]"));
        Assert.Equal(plain.TextBytes + tool.Length, facts.TextBytes);
        Assert.True(facts.ExpectedTextTokens > plain.ExpectedTextTokens + 350);
        Assert.True(Bodies.Facts(Bodies.With("\"something_new\":\"0123456789\"")).TextBytes >= plain.TextBytes + 10);
    }

    [Theory]
    [InlineData("\"thinking\":{\"type\":\"adaptive\"}", true)]
    [InlineData("\"thinking\":{\"budget_tokens\":2000,\"type\":\"enabled\"}", true)]
    [InlineData("\"thinking\":{\"type\":\"between_tools\"}", true)]
    [InlineData("\"thinking\":{\"type\":\"disabled\"}", false)]
    [InlineData("\"thinking\":null", false)]
    public void ThinkingIsOnUnlessItIsDisabled(string more, bool expected) => Assert.Equal(expected, Bodies.Facts(Bodies.With(more)).Thinking);

    [Fact]
    public void SettingsAreReadAsTheyStand()
    {
        var facts = Bodies.Facts(Bodies.With("""
            "speed":"fast","inference_geo":"us","service_tier":"standard_only","stream":true,"metadata":{"user_id":"u-\u0031"},
            "context_management":{"edits":[{"type":"compact_20260112"}]},"temperature":0.5,"Unknown":{"Type":["a",1]}
            """));
        Assert.True(facts.Fast && facts.Stream && facts.Compaction);
        Assert.Equal("us", facts.InferenceGeo);
        Assert.Equal("standard_only", facts.ServiceTier);
        Assert.Equal("u-1", facts.UserId);
    }

    [Fact]
    public void CountTokensNeedsNoMaximumAndAModeMayChooseTheModel()
    {
        var limits = new ReadLimits { RequireModel = false, RequireMaxTokens = false };
        var facts = Bodies.Facts("""{"messages":[]}""", limits);
        Assert.Equal("", facts.Model);
        Assert.Equal(0, facts.ModelLength);
        Assert.Null(facts.MaxTokens);
        Assert.Equal(4, Bodies.Facts("""{"model":null,"messages":[]}""", limits).ModelLength);
        Assert.Equal(0, Bodies.Facts("""{"model":"m","max_tokens":0,"messages":[]}""").MaxTokens);
    }

    [Fact]
    public void TheLastUserTextLeavesOutToolResultsAndOtherRoles()
    {
        var facts = Bodies.Facts("""
            {"model":"m","max_tokens":1,"messages":[{"content":[{"type":"text","text":"first"}],"role":"user"},{"role":"assistant","content":"reply"},
             {"content":[{"text":"note","type":"text"},{"type":"text","text":"the \"question\"\u0021"}],"role":"\u0075ser"},
             {"role":"user","content":[{"type":"tool_result","content":[{"type":"text","text":"listing"}]}]},{"role":"system","content":"plan"}]}
            """);
        Assert.Equal("note\nthe \"question\"!", facts.LastUserText);
    }

    [Fact]
    public void TheLastUserTextIsCutBetweenCharacters()
    {
        var text = "x" + string.Concat(Enumerable.Repeat("\U0001F600", 5_000));
        var cut = Bodies.Facts(Bodies.Content($"\"{text}\"")).LastUserText;
        Assert.Equal(4_095, cut.Length);
        Assert.Equal(text[..4_095], cut);
        var escaped = "x" + string.Concat(Enumerable.Repeat("\\ud83d\\ude00", 5_000));
        Assert.Equal(cut, Bodies.Facts(Bodies.Content($"\"{escaped}\"")).LastUserText);
    }

    [Fact]
    public void AHundredThousandMessagesAreAccepted()
    {
        var messages = string.Join(',', Enumerable.Repeat("""{"role":"user","content":"a"}""", 100_000));
        Assert.Equal(100_000, Bodies.Facts($$"""{"model":"m","max_tokens":1,"messages":[{{messages}}]}""").Messages);
        Assert.Contains("100000 messages", Bodies.Fault($$"""{"model":"m","max_tokens":1,"messages":[{{messages}},{}]}""").Message, StringComparison.Ordinal);
    }
}
