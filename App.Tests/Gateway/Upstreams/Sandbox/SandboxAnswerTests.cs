using System.Text.Json;
using System.Text.Json.Nodes;
using Governance.Gateway.Upstreams.Sandbox;

namespace Governance.Tests.Gateway.Upstreams.Sandbox;

public sealed class SandboxAnswerTests
{
    const string Weather = """{"name":"get_weather","description":"Weather of a place","input_schema":{"type":"object","properties":{"place":{"$ref":"#/$defs/place"},"days":{"type":"integer","minimum":3},"unit":{"enum":["celsius","kelvin"]},"note":{"type":"string"}},"required":["place","days","unit"],"$defs":{"place":{"type":"string","minLength":9}}}}""";

    [Fact]
    public async Task AnswersSayWhatWasSaidAndCounted()
    {
        using var probe = new SandboxProbe();
        var message = await probe.AnswerAsync("Hello there");
        Assert.Equal("Sandbox answer from claude-sonnet-5. You said: \"Hello there\" (4 input tokens, message 1 of 1). No provider was called.", SandboxProbe.TextOf(message));
        Assert.Equal(4, SandboxProbe.Usage(message, "input_tokens"));
        Assert.Equal(SandboxTokens.Count(SandboxProbe.TextOf(message)), SandboxProbe.Usage(message, "output_tokens"));
        Assert.Equal("end_turn", message.GetProperty("stop_reason").GetString());
        string[] members = ["id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "stop_details", "container", "diagnostics", "usage"];
        Assert.Equal(members, message.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task TheSameBodyGetsTheSameAnswerAndAnotherBodyAnotherId()
    {
        using var probe = new SandboxProbe();
        var first = await probe.AnswerAsync("Hello");
        Assert.Equal(first.GetRawText(), (await probe.AnswerAsync("Hello")).GetRawText());
        Assert.NotEqual(first.GetProperty("id").GetString(), (await probe.AnswerAsync("Hallo")).GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("plain", "Hello, “world”, 世界 🌍\nand a second line")]
    [InlineData("thinking", "Hello")]
    [InlineData("omitted", "Hello")]
    [InlineData("tools", "Please use get_weather for Rome")]
    [InlineData("short", "Hello [[tokens 900]]")]
    [InlineData("stop", "Hello STOP here")]
    [InlineData("searches", "Hello [[web-search 2]] [[think]]")]
    [InlineData("refusal", "Hello [[refusal]]")]
    [InlineData("nothing", "Hello")]
    public async Task AStreamPutTogetherIsTheJsonAnswer(string kind, string text)
    {
        using var probe = new SandboxProbe();
        var body = SandboxProbe.Body(text, kind switch { "short" => 50, "nothing" => 0, _ => 2_000 });
        if (kind is "thinking" or "omitted")
        {
            body["thinking"] = JsonNode.Parse(kind == "omitted" ? """{"type":"adaptive","display":"omitted"}""" : """{"type":"enabled","budget_tokens":1024}""");
        }
        body["tools"] = kind == "tools" ? new JsonArray(JsonNode.Parse(Weather)) : new JsonArray();
        body["stop_sequences"] = kind == "stop" ? new JsonArray("STOP") : new JsonArray();
        var whole = await probe.AnswerAsync(body);
        var events = await probe.EventsAsync(body);
        Assert.Equal(["message_start", "ping"], events.Take(2).Select(data => data.GetProperty("type").GetString()));
        Assert.Equal(["message_delta", "message_stop"], events.TakeLast(2).Select(data => data.GetProperty("type").GetString()));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(whole.GetRawText()), SandboxProbe.Assemble(events)), $"{whole}\n{SandboxProbe.Assemble(events)}");
    }

    [Fact]
    public async Task AnAnswerThatIsTooLongIsCutAtMaxTokensAndSaysSo()
    {
        using var probe = new SandboxProbe();
        var message = await probe.AnswerAsync("Hello", maxTokens: 5);
        Assert.Equal(5, SandboxProbe.Usage(message, "output_tokens"));
        Assert.Equal("max_tokens", message.GetProperty("stop_reason").GetString());
        Assert.Equal(5, SandboxTokens.Count(SandboxProbe.TextOf(message)));
    }

    [Fact]
    public async Task MaxTokensZeroWarmsTheCacheAndSaysNothing()
    {
        using var probe = new SandboxProbe();
        var message = await probe.AnswerAsync("Hello [[think]]", maxTokens: 0);
        Assert.Equal(0, message.GetProperty("content").GetArrayLength());
        Assert.Equal(0, SandboxProbe.Usage(message, "output_tokens"));
        Assert.Equal("max_tokens", message.GetProperty("stop_reason").GetString());
    }

    [Fact]
    public async Task TheFirstStopSequenceEndsTheAnswerBeforeIt()
    {
        using var probe = new SandboxProbe();
        var body = SandboxProbe.Body("one two three");
        body["stop_sequences"] = new JsonArray("three", "two", "absent");
        var message = await probe.AnswerAsync(body);
        Assert.EndsWith("You said: \"one ", SandboxProbe.TextOf(message), StringComparison.Ordinal);
        Assert.Equal(("stop_sequence", "two"), (message.GetProperty("stop_reason").GetString(), message.GetProperty("stop_sequence").GetString()));
    }

    [Theory]
    [InlineData("Use get_weather please", "", true)]
    [InlineData("Use get_weather_now please", "", false)]
    [InlineData("Hello", "", false)]
    [InlineData("Hello", """{"type":"any"}""", true)]
    [InlineData("Hello", """{"type":"tool","name":"get_weather"}""", true)]
    [InlineData("Use get_weather please", """{"type":"none"}""", false)]
    public async Task AToolIsCalledWhereItIsMentionedOrRequired(string text, string choice, bool called)
    {
        using var probe = new SandboxProbe();
        var body = SandboxProbe.Body(text);
        body["tools"] = new JsonArray(JsonNode.Parse(Weather));
        body["tool_choice"] = choice == "" ? null : JsonNode.Parse(choice);
        var message = await probe.AnswerAsync(body);
        Assert.Equal(called ? "tool_use" : "end_turn", message.GetProperty("stop_reason").GetString());
        var calls = message.GetProperty("content").EnumerateArray().Where(block => block.GetProperty("type").GetString() == "tool_use").ToList();
        Assert.Equal(called ? ["""{"place":"sandboxxx","days":3,"unit":"celsius"}"""] : [], calls.Select(call => call.GetProperty("input").GetRawText()));
    }

    [Fact]
    public async Task TheResultOfAToolIsQuotedInsteadOfCallingItAgain()
    {
        using var probe = new SandboxProbe();
        var body = SandboxProbe.Body("Use get_weather please");
        body["tools"] = new JsonArray(JsonNode.Parse(Weather));
        body["messages"]!.AsArray().Add(JsonNode.Parse("""{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"get_weather","input":{}}]}"""));
        body["messages"]!.AsArray().Add(JsonNode.Parse("""{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"text","text":"21 degrees"}]},{"type":"text","text":"get_weather said this"}]}"""));
        var message = await probe.AnswerAsync(body);
        Assert.Equal("end_turn", message.GetProperty("stop_reason").GetString());
        Assert.Contains("The tool returned: \"21 degrees\"", SandboxProbe.TextOf(message), StringComparison.Ordinal);
        Assert.Contains("message 3 of 3", SandboxProbe.TextOf(message), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ThinkingIsSignedAndCountedWithinTheOutput()
    {
        using var probe = new SandboxProbe();
        var body = SandboxProbe.Body("Hello");
        body["thinking"] = JsonNode.Parse("""{"type":"adaptive"}""");
        var message = await probe.AnswerAsync(body);
        var thinking = message.GetProperty("content")[0];
        Assert.NotEmpty(thinking.GetProperty("signature").GetString()!);
        var thought = SandboxTokens.Count(thinking.GetProperty("thinking").GetString());
        Assert.Equal(thought, message.GetProperty("usage").GetProperty("output_tokens_details").GetProperty("thinking_tokens").GetInt64());
        Assert.Equal(thought + SandboxTokens.Count(SandboxProbe.TextOf(message)), SandboxProbe.Usage(message, "output_tokens"));
    }

    [Fact]
    public async Task AnAnswerFollowsTheSchemaThatTheBodyAsksFor()
    {
        using var probe = new SandboxProbe();
        var body = SandboxProbe.Body("A title please");
        body["output_config"] = JsonNode.Parse("""{"format":{"type":"json_schema","schema":{"type":"object","properties":{"title":{"type":"string"},"tags":{"type":"array","minItems":2,"items":{"type":"boolean"}}},"required":["title","tags"]}}}""");
        Assert.Equal("""{"title":"sandbox","tags":[false,false]}""", SandboxProbe.TextOf(await probe.AnswerAsync(body)));
    }

    [Fact]
    public async Task ModelsAreListedForClientsOfBothVendors()
    {
        using var probe = new SandboxProbe();
        var list = JsonDocument.Parse(await (await probe.GetAsync("/v1/models?limit=1000")).Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("list", list.GetProperty("object").GetString());
        Assert.False(list.GetProperty("has_more").GetBoolean());
        Assert.Equal(SandboxCatalog.Ids, list.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()));
        var one = JsonDocument.Parse(await (await probe.GetAsync("/v1/models/claude-haiku-4-5")).Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(("model", "model", 200_000), (one.GetProperty("type").GetString(), one.GetProperty("object").GetString(), one.GetProperty("max_input_tokens").GetInt32()));
        Assert.Equal(404, (int)(await probe.GetAsync("/v1/models/claude-0")).StatusCode);
        Assert.Equal(404, (int)(await probe.GetAsync("/v1/files")).StatusCode);
    }

    [Fact]
    public async Task CountTokensAgreesWithTheUsageOfTheAnswer()
    {
        using var probe = new SandboxProbe();
        var body = SandboxProbe.Body("How many tokens is this, tools included?");
        body["tools"] = new JsonArray(JsonNode.Parse(Weather));
        body["system"] = new JsonArray(JsonNode.Parse("""{"type":"text","text":"Be brief."}"""));
        var answered = SandboxProbe.Usage(await probe.AnswerAsync(body), "input_tokens");
        body.Remove("max_tokens");
        using var counted = await probe.SendAsync(body.ToJsonString(), SandboxHandler.CountTokensPath);
        Assert.Equal($$"""{"input_tokens":{{answered}}}""", await counted.Content.ReadAsStringAsync());
    }
}
