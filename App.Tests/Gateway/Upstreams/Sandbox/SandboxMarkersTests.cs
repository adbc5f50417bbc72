using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Governance.Gateway.Upstreams.Sandbox;

namespace Governance.Tests.Gateway.Upstreams.Sandbox;

public sealed class SandboxMarkersTests
{
    [Theory]
    [InlineData("[[error 529]]", 529, "overloaded_error", null)]
    [InlineData("[[error 429 retry-after=5]]", 429, "rate_limit_error", "5")]
    [InlineData("[[error 500]]", 500, "api_error", null)]
    [InlineData("[[error 503]]", 503, "api_error", null)]
    [InlineData("[[error 401]]", 401, "authentication_error", null)]
    [InlineData("[[stream-error overloaded_error]]", 529, "overloaded_error", null)]
    public async Task AnErrorHasTheStatusTheTypeAndTheDelayAskedFor(string marker, int status, string type, string? retryAfter)
    {
        using var probe = new SandboxProbe();
        using var response = await probe.SendAsync(SandboxProbe.Body("Please " + marker));
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(retryAfter, response.Headers.TryGetValues("retry-after", out var seconds) ? seconds.Single() : null);
        var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(("error", type), (body.GetProperty("type").GetString(), body.GetProperty("error").GetProperty("type").GetString()));
        Assert.Equal(response.Headers.GetValues("request-id").Single(), body.GetProperty("request_id").GetString());
    }

    [Fact]
    public async Task ADelayComesBeforeTheAnswerAndCanBeCancelled()
    {
        using var probe = new SandboxProbe();
        var watch = Stopwatch.StartNew();
        await probe.AnswerAsync("[[delay 150ms]]");
        Assert.True(watch.ElapsedMilliseconds >= 145, watch.Elapsed.ToString());
        using var impatient = new CancellationTokenSource(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe.SendAsync(SandboxProbe.Body("[[delay 600s]]").ToJsonString(), cancellationToken: impatient.Token));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task ASlowStreamIsReadWhileItIsProducedAndStopsWhenCancelled()
    {
        using var probe = new SandboxProbe();
        using var response = await probe.SendAsync(SandboxProbe.Body("[[slow 30s]]", stream: true));
        await using var stream = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[4_096];
        var length = await stream.ReadAsync(buffer);
        Assert.StartsWith("event: message_start\n", System.Text.Encoding.UTF8.GetString(buffer, 0, length), StringComparison.Ordinal);
        Assert.EndsWith("\n\n", System.Text.Encoding.UTF8.GetString(buffer, 0, length), StringComparison.Ordinal);
        using var impatient = new CancellationTokenSource(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.ReadExactlyAsync(buffer, impatient.Token).AsTask());
    }

    [Fact]
    public async Task SlowWaitsBetweenEvents()
    {
        using var probe = new SandboxProbe();
        var watch = Stopwatch.StartNew();
        var events = await probe.EventsAsync(SandboxProbe.Body("[[slow 20ms]] [[tokens 8]]"));
        Assert.True(watch.ElapsedMilliseconds >= (events.Count - 1) * 19, $"{events.Count} events in {watch.Elapsed}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    [InlineData(20_000)]
    public async Task TokensSetsTheLengthOfTheAnswerExactly(int tokens)
    {
        using var probe = new SandboxProbe();
        var message = await probe.AnswerAsync($"[[tokens {tokens.ToString(CultureInfo.InvariantCulture)}]]", maxTokens: 64_000);
        Assert.Equal(tokens, SandboxProbe.Usage(message, "output_tokens"));
        Assert.Equal("end_turn", message.GetProperty("stop_reason").GetString());
    }

    [Fact]
    public async Task AStreamErrorComesInTheMiddleAndIsTheLastEvent()
    {
        using var probe = new SandboxProbe();
        var events = await probe.EventsAsync(SandboxProbe.Body("[[stream-error api_error]]"));
        var types = events.Select(data => data.GetProperty("type").GetString()).ToList();
        Assert.Equal("error", types[^1]);
        Assert.Equal("api_error", events[^1].GetProperty("error").GetProperty("type").GetString());
        Assert.Contains("content_block_delta", types);
        Assert.DoesNotContain("content_block_stop", types);
        Assert.DoesNotContain("message_delta", types);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task CutLosesTheConnectionHalfWay(bool streaming)
    {
        using var probe = new SandboxProbe();
        using var response = await probe.SendAsync(SandboxProbe.Body("[[cut]] [[think]]", stream: streaming));
        Assert.Equal(200, (int)response.StatusCode);
        await using var stream = await response.Content.ReadAsStreamAsync();
        using var received = new MemoryStream();
        await Assert.ThrowsAsync<IOException>(() => stream.CopyToAsync(received));
        var text = System.Text.Encoding.UTF8.GetString(received.ToArray());
        Assert.Contains(streaming ? "thinking_delta" : "\"content\":[", text, StringComparison.Ordinal);
        Assert.DoesNotContain(streaming ? "message_delta" : "\"usage\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[[cut-before]]", HttpRequestError.ResponseEnded)]
    [InlineData("[[unreachable]]", HttpRequestError.ConnectionError)]
    public async Task NoAnswerSaysWhetherTheRequestWasSent(string marker, HttpRequestError error)
    {
        using var probe = new SandboxProbe();
        var lost = await Assert.ThrowsAsync<HttpRequestException>(() => probe.SendAsync(SandboxProbe.Body(marker)));
        Assert.Equal(error, lost.HttpRequestError);
    }

    [Fact]
    public async Task NoUsageLeavesEveryUsageOut()
    {
        using var probe = new SandboxProbe();
        Assert.False((await probe.AnswerAsync("[[no-usage]]")).TryGetProperty("usage", out _));
        Assert.DoesNotContain(await probe.EventsAsync(SandboxProbe.Body("[[no-usage]]")), data => data.GetRawText().Contains("\"usage\":", StringComparison.Ordinal));
    }

    [Fact]
    public async Task GarbageIsASuccessThatIsNotJson()
    {
        using var probe = new SandboxProbe();
        using var response = await probe.SendAsync(SandboxProbe.Body("[[garbage]]", stream: true));
        Assert.Equal(200, (int)response.StatusCode);
        var body = await response.Content.ReadAsStringAsync();
        Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(body));
    }

    [Fact]
    public async Task ARefusalIsAStopReasonWithDetails()
    {
        using var probe = new SandboxProbe();
        var message = await probe.AnswerAsync("[[refusal]]");
        Assert.Equal("refusal", message.GetProperty("stop_reason").GetString());
        Assert.Equal("refusal", message.GetProperty("stop_details").GetProperty("type").GetString());
    }

    [Fact]
    public async Task WebSearchesAreInTheUsage()
    {
        using var probe = new SandboxProbe();
        var usage = (await probe.AnswerAsync("[[web-search 2]]")).GetProperty("usage");
        Assert.Equal(2, usage.GetProperty("server_tool_use").GetProperty("web_search_requests").GetInt32());
    }

    [Fact]
    public async Task ThinkAddsThinkingThatTheBodyDidNotAskFor()
    {
        using var probe = new SandboxProbe();
        var message = await probe.AnswerAsync("[[think]]");
        Assert.Equal("thinking", message.GetProperty("content")[0].GetProperty("type").GetString());
    }

    [Fact]
    public async Task HelpShowsEveryMarkerAndEveryMarkerOfTheTableIsRead()
    {
        using var probe = new SandboxProbe();
        var text = SandboxProbe.TextOf(await probe.AnswerAsync("[[help]]"));
        foreach (var marker in SandboxMarkers.Table)
        {
            Assert.Contains(marker.Form, text, StringComparison.Ordinal);
            Assert.NotEqual(new SandboxMarkers(), SandboxMarkers.Read(marker.Form));
        }
    }

    [Theory]
    [InlineData("[[error 200]]")]
    [InlineData("[[error 600]]")]
    [InlineData("[[error]]")]
    [InlineData("[[delay 2]]")]
    [InlineData("[[delay -2s]]")]
    [InlineData("[[delay 99999999999999999999s]]")]
    [InlineData("[[tokens many]]")]
    [InlineData("[[stream-error a\"b]]")]
    [InlineData("[[nonsense]]")]
    [InlineData("[[]]")]
    [InlineData("[[cut")]
    [InlineData("[cut]")]
    public void WhatIsNoMarkerIsLeftAlone(string text) => Assert.Equal(new SandboxMarkers(), SandboxMarkers.Read(text));

    [Fact]
    public void MarkersAreBoundedAndTheLaterOfTwoWins()
    {
        var markers = SandboxMarkers.Read("a [[delay 99999s]] b [[slow 99999s]][[tokens 999999]] [[tokens 30000]] [[web-search 2]] [[WEB-SEARCH 3]]");
        Assert.Equal(new SandboxMarkers { Delay = TimeSpan.FromMinutes(10), Slow = TimeSpan.FromMinutes(1), Tokens = 20_000, WebSearches = 3 }, markers);
    }
}
