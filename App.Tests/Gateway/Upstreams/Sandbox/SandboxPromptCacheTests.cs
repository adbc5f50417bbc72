using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace Governance.Tests.Gateway.Upstreams.Sandbox;

public sealed class SandboxPromptCacheTests
{
    static JsonObject Body(string system, string? ttl, params string[] messages)
    {
        var body = SandboxProbe.Body("");
        var control = ttl is null ? """{"type":"ephemeral"}""" : $$"""{"type":"ephemeral","ttl":"{{ttl}}"}""";
        body["system"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = system, ["cache_control"] = JsonNode.Parse(control) });
        body["messages"] = new JsonArray([.. messages.Select((text, index) => new JsonObject { ["role"] = index % 2 == 0 ? "user" : "assistant", ["content"] = text })]);
        return body;
    }

    static (long Input, long Read, long Short, long Long) Split(JsonElement message)
    {
        var written = message.GetProperty("usage").GetProperty("cache_creation");
        var split = (SandboxProbe.Usage(message, "input_tokens"), SandboxProbe.Usage(message, "cache_read_input_tokens"),
            written.GetProperty("ephemeral_5m_input_tokens").GetInt64(), written.GetProperty("ephemeral_1h_input_tokens").GetInt64());
        Assert.Equal(split.Item3 + split.Item4, SandboxProbe.Usage(message, "cache_creation_input_tokens"));
        return split;
    }

    [Theory]
    [InlineData(null, 4, 6)]
    [InlineData("1h", 59, 61)]
    public async Task APrefixIsWrittenOnceThenReadUntilItsTimeIsOver(string? ttl, int withinMinutes, int beyondMinutes)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));
        using var probe = new SandboxProbe(clock: clock);
        var written = ttl is null ? (1L, 0L, 2L, 0L) : (1L, 0L, 0L, 2L);
        Assert.Equal(written, Split(await probe.AnswerAsync(Body("Be shy", ttl, "Hi"))));
        clock.Advance(TimeSpan.FromMinutes(withinMinutes));
        Assert.Equal((1, 2, 0, 0), Split(await probe.AnswerAsync(Body("Be shy", ttl, "Yo"))));
        clock.Advance(TimeSpan.FromMinutes(withinMinutes));
        Assert.Equal((1, 2, 0, 0), Split(await probe.AnswerAsync(Body("Be shy", ttl, "Hi"))));
        clock.Advance(TimeSpan.FromMinutes(beyondMinutes));
        Assert.Equal(written, Split(await probe.AnswerAsync(Body("Be shy", ttl, "Hi"))));
    }

    [Fact]
    public async Task AnotherPrefixOrAnotherModelReadsNothing()
    {
        using var probe = new SandboxProbe();
        await probe.AnswerAsync(Body("Be shy", null, "Hi"));
        Assert.Equal((1, 0, 2, 0), Split(await probe.AnswerAsync(Body("Be coy", null, "Hi"))));
        var other = Body("Be shy", null, "Hi");
        other["model"] = "claude-opus-5-5";
        Assert.Equal((1, 0, 2, 0), Split(await probe.AnswerAsync(other)));
    }

    [Fact]
    public async Task AMarkThatMovesOnReadsTheOlderPrefixAndWritesTheRest()
    {
        using var probe = new SandboxProbe();
        var first = SandboxProbe.Body("");
        first["cache_control"] = JsonNode.Parse("""{"type":"ephemeral"}""");
        first["messages"] = new JsonArray(JsonNode.Parse("""{"role":"user","content":"one"}"""));
        Assert.Equal((0, 0, 1, 0), Split(await probe.AnswerAsync(first)));
        var second = SandboxProbe.Body("");
        second["messages"] = JsonNode.Parse("""[{"role":"user","content":"one"},{"role":"assistant","content":"two"},{"role":"user","content":[{"type":"text","text":"five","cache_control":{"type":"ephemeral"}}]}]""");
        Assert.Equal((0, 1, 2, 0), Split(await probe.AnswerAsync(second)));
    }

    [Fact]
    public async Task TheStreamBeginsAndEndsWithTheSameCacheFigures()
    {
        using var probe = new SandboxProbe();
        var events = await probe.EventsAsync(Body("Be shy", "1h", "Hi"));
        var begun = events[0].GetProperty("message");
        Assert.Equal((1, 0, 0, 2), Split(begun));
        Assert.Equal(2, SandboxProbe.Usage(events[^2], "cache_creation_input_tokens"));
        Assert.Equal(1, SandboxProbe.Usage(events[^2], "input_tokens"));
    }
}
