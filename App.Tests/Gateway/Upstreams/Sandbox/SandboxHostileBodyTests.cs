using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Shell.Controls;
using Xunit.Abstractions;

namespace Governance.Tests.Gateway.Upstreams.Sandbox;

public sealed class SandboxHostileBodyTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("{", "not valid JSON")]
    [InlineData("[]", "must be a JSON object")]
    [InlineData("""{"max_tokens":1,"messages":[{"role":"user","content":"Hi"}]}""", "model: Field required")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"Hi"}]}""", "max_tokens: Field required")]
    [InlineData("""{"model":"m","max_tokens":-1,"messages":[{"role":"user","content":"Hi"}]}""", "max_tokens: ")]
    [InlineData("""{"model":"m","max_tokens":"9","messages":[{"role":"user","content":"Hi"}]}""", "max_tokens: ")]
    [InlineData("""{"model":"m","max_tokens":1e99,"messages":[{"role":"user","content":"Hi"}]}""", "max_tokens: ")]
    [InlineData("""{"model":"m","max_tokens":1,"stream":"yes","messages":[{"role":"user","content":"Hi"}]}""", "stream: ")]
    [InlineData("""{"model":"m","max_tokens":1}""", "messages: Field required")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[]}""", "messages: at least one")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[7]}""", "messages.0: ")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"tool","content":"Hi"}]}""", "messages.0.role: ")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":""}]}""", "non-empty")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"text":"Hi"}]}]}""", "messages.0.content.0.type")]
    [InlineData("""{"model":"m","max_tokens":1,"system":7,"messages":[{"role":"user","content":"Hi"}]}""", "system: ")]
    [InlineData("""{"model":"m","max_tokens":1,"tools":[{"name":"x"}],"messages":[{"role":"user","content":"Hi"}]}""", "tools.0.custom.input_schema")]
    [InlineData("""{"model":"m","max_tokens":1,"tool_choice":{"type":"any"},"messages":[{"role":"user","content":"Hi"}]}""", "tool_choice: ")]
    [InlineData("""{"model":"m","max_tokens":1,"thinking":{"type":"enabled","budget_tokens":5},"messages":[{"role":"user","content":"Hi"}]}""", "budget_tokens")]
    [InlineData("""{"model":"m","max_tokens":1,"stop_sequences":[" "],"messages":[{"role":"user","content":"Hi"}]}""", "stop_sequences: ")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"\ud800"}]}""", "not valid JSON")]
    public async Task AMalformedBodyIsA400ThatNamesTheFault(string body, string message)
    {
        using var probe = new SandboxProbe();
        using var response = await probe.SendAsync(body);
        Assert.Equal(400, (int)response.StatusCode);
        var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("error");
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Contains(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LargeAndDeepBodiesAreAnsweredQuicklyWithAShortEcho()
    {
        using var probe = new SandboxProbe();
        var watch = Stopwatch.StartNew();
        var long1 = await probe.AnswerAsync(new string('[', 4_000_000), maxTokens: 64_000);
        Assert.True(SandboxProbe.TextOf(long1).Length < 500);
        Assert.Equal(1_000_000, SandboxProbe.Usage(long1, "input_tokens"));
        using var deep = await probe.SendAsync(new string('[', 100_000));
        Assert.Equal(400, (int)deep.StatusCode);
        var recursive = SandboxProbe.Body("call x");
        recursive["tools"] = JsonNode.Parse("""[{"name":"x","input_schema":{"type":"object","required":["a","b"],"properties":{"a":{"$ref":"#"},"b":{"$ref":"#"}}}}]""");
        Assert.Equal("tool_use", (await probe.AnswerAsync(recursive)).GetProperty("stop_reason").GetString());
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), watch.Elapsed.ToString());
    }

    [Fact]
    public async Task ABodyAboveTheProvidersLimitIsRefusedAsTooLarge()
    {
        using var probe = new SandboxProbe();
        using var response = await probe.SendAsync(new string(' ', 32 * 1024 * 1024 + 1));
        Assert.Equal(413, (int)response.StatusCode);
    }

    [Fact]
    public async Task UsageStaysWithinMaxTokensAndTheBytesOfThePrompt()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var probe = new SandboxProbe();
        for (var round = 0; round < 400; round++)
        {
            var body = RandomBody(random);
            var message = await probe.AnswerAsync(body);
            var usage = message.GetProperty("usage");
            var prompt = SandboxProbe.Usage(message, "input_tokens") + SandboxProbe.Usage(message, "cache_read_input_tokens") + SandboxProbe.Usage(message, "cache_creation_input_tokens");
            var because = $"seed {seed} round {round}: {usage} for {body.ToJsonString()}";
            var bytes = Texts(body["system"]) + Texts(body["messages"]) + Texts(body["tools"]);
            Assert.True(prompt <= bytes + (body["tools"] is JsonArray { Count: > 0 } ? 900 : 0), because);
            Assert.True(prompt >= (bytes + 3) / 4, because);
            var most = body["max_tokens"]!.GetValue<long>();
            Assert.InRange(SandboxProbe.Usage(message, "output_tokens"), most == 0 ? 0 : 1, most);
            Assert.True(usage.GetProperty("output_tokens_details").GetProperty("thinking_tokens").GetInt64() <= SandboxProbe.Usage(message, "output_tokens"), because);
            var streamed = SandboxProbe.Assemble(await probe.EventsAsync(body));
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(message.GetProperty("content").GetRawText()), streamed["content"]), because);
        }
    }

    static JsonObject RandomBody(Random random)
    {
        var body = SandboxProbe.Body("", random.Next(4) == 0 ? random.Next(4) : random.Next(2_000));
        body["messages"] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Message(random))]);
        if (random.Next(2) == 0)
        {
            body["system"] = new JsonArray(Block(random));
        }
        if (random.Next(2) == 0)
        {
            body["tools"] = new JsonArray([.. Enumerable.Range(0, random.Next(3)).Select(number => JsonNode.Parse("""{"name":"tool#","description":"d","input_schema":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}}""".Replace("#", $"{number}", StringComparison.Ordinal)))]);
        }
        if (random.Next(3) == 0)
        {
            body["thinking"] = JsonNode.Parse("""{"type":"adaptive"}""");
        }
        if (random.Next(4) == 0)
        {
            body["stop_sequences"] = new JsonArray(RandomText(random, 1, 2) + "e");
        }
        return body;
    }

    static JsonObject Message(Random random) => new()
    {
        ["role"] = "user",
        ["content"] = random.Next(2) == 0 ? RandomText(random, 1, 200) : new JsonArray(Block(random), Block(random)),
    };

    static JsonObject Block(Random random)
    {
        var block = new JsonObject { ["type"] = "text", ["text"] = RandomText(random, 1, 100) };
        if (random.Next(3) == 0)
        {
            block["cache_control"] = JsonNode.Parse(random.Next(2) == 0 ? """{"type":"ephemeral"}""" : """{"type":"ephemeral","ttl":"1h"}""");
        }
        return block;
    }

    static string RandomText(Random random, int least, int most)
    {
        string[] pieces = ["a", " ", "word ", "é", "世", "🌍", "\n", "7", "tool0", "[[tokens 300]]", "[[think]]", "[[web-search 1]]", "\"", "\\", "  "];
        return string.Concat(Enumerable.Range(0, random.Next(least, most)).Select(_ => pieces[random.Next(pieces.Length)]));
    }

    /// <summary>UTF-8 bytes of every text that a provider would put into the prompt: roles, types and cache marks are none.</summary>
    static long Texts(JsonNode? node) => node switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Encoding.UTF8.GetByteCount(value.GetValue<string>()),
        JsonArray array => array.Sum(Texts),
        JsonObject members => members.Where(member => member.Key is not ("type" or "role" or "cache_control")).Sum(member => Texts(member.Value)),
        _ => 0,
    };
}
