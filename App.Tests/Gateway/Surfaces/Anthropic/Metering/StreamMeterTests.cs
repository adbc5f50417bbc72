using System.Text;
using Governance.Decisions;
using Governance.Gateway.Surfaces.Anthropic.Metering;
using Governance.Pricing;

namespace Governance.Tests.Gateway.Surfaces.Anthropic.Metering;

/// <summary>The meter believes the latest figures, in whatever form they come, and says where it cannot.</summary>
public sealed class StreamMeterTests
{
    const string Start = """{"type":"message_start","message":{"model":"claude-opus-5-5","usage":{"input_tokens":10,"cache_creation_input_tokens":30,"cache_read_input_tokens":5,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},"output_tokens":1,"speed":"fast","inference_geo":"us","service_tier":"batch"}}}""";

    [Fact]
    public void LaterFieldsReplaceAndNullsKeep()
    {
        var reading = Read(Start, """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":18,"cache_creation_input_tokens":null,"output_tokens":40,"output_tokens_details":{"thinking_tokens":7}}}""");
        Assert.Equal(new TokenUsage { InputTokens = 18, CacheReadTokens = 5, CacheWriteShortTokens = 10, CacheWriteLongTokens = 20, OutputTokens = 40, ReasoningTokens = 7 }, reading.Usage);
        Assert.Equal(new ServiceTerms(Fast: true, GeoUs: true, Batch: true), reading.Terms);
        Assert.True(reading is { Final: true, Error: false, UnknownUsage: false, SplitUnknown: false, StopReason: "end_turn", Model: "claude-opus-5-5" });
        Assert.Equal([new BillLine("message", null, reading.Usage)], reading.Lines);
    }

    [Theory]
    [InlineData("""{"cache_creation_input_tokens":30}""", 1, 10, 20, false)]
    [InlineData("""{"cache_creation_input_tokens":50}""", 1, 30, 20, true)]
    [InlineData("""{"cache_creation_input_tokens":50}""", 0, 30, 20, true)]
    [InlineData("""{"cache_creation_input_tokens":50}""", 2, 10, 40, true)]
    [InlineData("""{"cache_creation_input_tokens":5}""", 1, 10, 20, true)]
    [InlineData("""{"cache_creation_input_tokens":40,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":40}}""", 1, 0, 40, false)]
    public void WhatTheSplitOfCacheWritesDoesNotCoverLivesAsLongAsTheRequestAsked(string usage, int longest, long five, long hour, bool unknown)
    {
        var reading = Read((CacheWrite)longest, Start, $$"""{"type":"message_delta","usage":{{usage}}}""");
        Assert.Equal((five, hour, unknown), (reading.Usage.CacheWriteShortTokens, reading.Usage.CacheWriteLongTokens, reading.SplitUnknown));
    }

    [Theory]
    [InlineData("""{"service_tier":"standard"}""", false)]
    [InlineData("""{"service_tier":"priority"}""", false)]
    [InlineData("""{"service_tier":"express"}""", true)]
    [InlineData("""{"service_tier":"Batch"}""", true)]
    [InlineData("""{"service_tier":3}""", true)]
    [InlineData("""{"service_tier":null}""", false)]
    [InlineData("""{"speed":"standard"}""", false)]
    [InlineData("""{"speed":"turbo"}""", true)]
    [InlineData("""{"speed":{"is":"fast"}}""", true)]
    [InlineData("""{"inference_geo":"global"}""", false)]
    [InlineData("""{"inference_geo":"not_available"}""", false)]
    [InlineData("""{"inference_geo":"eu"}""", true)]
    [InlineData("""{"inference_geo":["us"]}""", true)]
    [InlineData("""{"server_tool_use":{"tool_search_requests":3}}""", false)]
    [InlineData("""{"total_tokens":18,"total_input_tokens":15,"total_output_tokens":3}""", false)]
    [InlineData("""{"total_tokens":19}""", true)]
    [InlineData("""{"total_output_tokens":9}""", true)]
    public void AModifierThatNobodyKnowsIsSaidAndAFreeCounterIsNot(string usage, bool unknown)
    {
        var reading = Read("""{"type":"message_start","message":{"model":"claude-opus-5-5","usage":{"input_tokens":10,"cache_read_input_tokens":5,"output_tokens":3}}}""", $$"""{"type":"message_delta","usage":{{usage}}}""");
        Assert.Equal(unknown, reading.UnknownUsage);
    }

    [Fact]
    public void AnItemWithoutAModelIsPricedAtTheDearerOfAskedAndAnswered()
    {
        var reading = Read("""{"type":"message_start","message":{"model":"claude-haiku-4-5","usage":{"input_tokens":1000,"output_tokens":1}}}""",
            """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":1000,"output_tokens":100,"iterations":[{"type":"message","input_tokens":50000,"output_tokens":4000},{"type":"fallback_message","model":"claude-haiku-4-5","input_tokens":1000,"output_tokens":100},{"type":"compaction","input_tokens":60385,"output_tokens":3000}]}}""");
        // 110,385 in and 7,000 out at Opus 5 ($5, $25), 1,000 in and 100 out at Haiku 4.5 ($1, $5).
        Assert.Equal((Money.FromUsd(0.728425m), true), Priced(reading, "claude-opus-5"));
    }

    [Fact]
    public void AnItemThatNamesOneModifierKeepsTheOthersOfTheCall()
    {
        var reading = Read("""{"type":"message_start","message":{"model":"claude-opus-5","usage":{"input_tokens":0,"output_tokens":1,"speed":"fast","inference_geo":"us"}}}""",
            """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1,"iterations":[{"type":"message","input_tokens":0,"output_tokens":1},{"type":"compaction","service_tier":"standard","input_tokens":1000,"output_tokens":0}]}}""");
        // (1,000 in and 1 out at $5 and $25) × 2 × 1.1.
        Assert.Equal((Money.FromUsd(0.011055m), true), Priced(reading, "claude-opus-5"));
    }

    [Fact]
    public void ABatchDiscountHoldsOnlyWhereNothingElseWasSaid() =>
        Assert.False(Read("""{"type":"message_start","message":{"usage":{"input_tokens":1,"service_tier":"standard"}}}""", """{"type":"message_delta","usage":{"service_tier":"batch"}}""").Terms.Batch);

    [Theory]
    [InlineData("""{"input_tokens":90000,"input_tokens":9,"output_tokens":3}""")]
    [InlineData("""{"cache_creation_input_tokens":90000,"cache_creation_input_tokens":9,"output_tokens":3}""")]
    [InlineData("""{"output_tokens":3,"iterations":[],"iterations":[]}""")]
    public void ACountThatIsNamedTwiceIsNotBelieved(string usage) => Assert.True(Read(Start, $$"""{"type":"message_delta","usage":{{usage}}}""").UnknownUsage);

    [Fact]
    public void WhatIsCountedBeforeMoreTextIsNotTheLast()
    {
        const string Interim = """{"type":"message_delta","delta":{"stop_reason":null},"usage":{"output_tokens":5}}""";
        const string Text = """{"type":"content_block_delta","delta":{"type":"text_delta","text":"much more"}}""";
        const string End = """{"type":"message_delta","delta":{"stop_reason":"end_turn"}}""";
        Assert.False(Read(Start, Interim, Text, End, """{"type":"message_stop"}""").Final);
        Assert.True(Read(Start, Interim, Text, """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":50}}""").Final);
    }

    [Fact]
    public void ItemsWhoseAnswersShrinkAreSaidThoughTheirPromptsGrow()
    {
        var reading = Read(Start,
            """{"type":"message_delta","usage":{"output_tokens":2,"iterations":[{"type":"compaction","input_tokens":100,"output_tokens":5000}]}}""",
            """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2,"iterations":[{"type":"compaction","input_tokens":10000,"output_tokens":10}]}}""");
        Assert.True(reading.TotalsFell);
    }

    static (Money, bool)? Priced(MeterReading reading, string asked) =>
        MeteredCost.Of(reading, new PriceBook(PriceList.Shipped), "anthropic", asked, new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero)) is { } cost ? (cost.Amount, cost.Complete) : null;

    [Fact]
    public void WhatWasFastOrInTheUsOnceStaysDear()
    {
        var reading = Read(Start, """{"type":"message_delta","usage":{"speed":"standard","inference_geo":"global","service_tier":"standard","output_tokens":2}}""");
        Assert.Equal(new ServiceTerms(Fast: true, GeoUs: true, Batch: false), reading.Terms);
    }

    [Theory]
    [InlineData("claude-haiku-4-5", """{"speed":"fast"}""")]
    [InlineData("claude-haiku-4-5", """{"inference_geo":"us"}""")]
    [InlineData("claude-sonnet-5-5", """{"speed":"fast"}""")]
    public void AFactorThatTheModelDoesNotHaveLeavesTheBillIncomplete(string model, string usage)
    {
        var reading = Read(Start.Replace("claude-opus-5-5", model, StringComparison.Ordinal).Replace("fast", "standard", StringComparison.Ordinal).Replace("\"us\"", "null", StringComparison.Ordinal).Replace("batch", "standard", StringComparison.Ordinal), $$"""{"type":"message_delta","usage":{{usage}}}""");
        var cost = MeteredCost.Of(reading, new PriceBook(PriceList.Shipped), "anthropic", model, new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero))!;
        Assert.False(cost.Complete);
        Assert.True(cost.Amount > MeteredCost.Of(reading with { Terms = default }, new PriceBook(PriceList.Shipped), "anthropic", model, new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero))!.Amount);
    }

    [Theory]
    [InlineData("""{"output_tokens":3,"new_tokens":0}""", false)]
    [InlineData("""{"output_tokens":3,"new_tokens":null,"note":"x"}""", false)]
    [InlineData("""{"output_tokens":3,"prompt_tokens_details":{"cached_tokens":4}}""", false)]
    [InlineData("""{"output_tokens":3,"new_tokens":4}""", true)]
    [InlineData("""{"output_tokens":3,"deep":{"list":[0,{"er":1}]}}""", true)]
    [InlineData("""{"output_tokens":3,"server_tool_use":{"web_search_requests":1,"web_fetch_requests":9}}""", false)]
    [InlineData("""{"output_tokens":3,"server_tool_use":{"new_requests":1}}""", true)]
    [InlineData("""{"output_tokens":3,"cache_creation":{"ephemeral_24h_input_tokens":1}}""", true)]
    [InlineData("""{"output_tokens":-3}""", true)]
    [InlineData("""{"output_tokens":"3"}""", true)]
    [InlineData("""{"output_tokens":3.5}""", true)]
    [InlineData("""{"output_tokens":3.0}""", false)]
    [InlineData("""{"output_tokens":99999999999999999999999}""", true)]
    [InlineData("""{"output_tokens":3,"iterations":[{"type":"surprise","input_tokens":1}]}""", true)]
    [InlineData("""{"output_tokens":3,"iterations":[{"type":"surprise","input_tokens":0}]}""", false)]
    public void WhatCannotBePricedIsSaid(string usage, bool unknown)
    {
        var reading = Read(Start, $$"""{"type":"message_delta","usage":{{usage}}}""");
        Assert.Equal(unknown, reading.UnknownUsage);
        Assert.Equal(unknown, MeteredCost.Of(reading, new PriceBook(PriceList.Shipped), "anthropic", "claude-opus-5-5", new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero)) is not { Complete: true });
    }

    [Fact]
    public void ErrorInTheStreamIsToldAndIsNotFinal()
    {
        var reading = Read(Start, """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""");
        Assert.True(reading is { Error: true, ErrorType: "overloaded_error", ErrorMessage: "Overloaded", Final: false });
        Assert.Equal(1, reading.Usage.OutputTokens);
    }

    [Theory]
    [InlineData("""{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}""", true)]
    [InlineData("""{"usage":{"output_tokens":9},"delta":{"stop_reason":"max_tokens"},"type":"message_delta"}""", true)]
    [InlineData("""{"type":"message_delta","delta":{"stop_reason":null},"usage":{"output_tokens":9}}""", false)]
    [InlineData("""{"type":"message_delta","delta":{"stop_reason":""},"usage":{"output_tokens":9}}""", false)]
    [InlineData("""{"type":"message_delta","delta":{},"usage":{"output_tokens":9}}""", false)]
    [InlineData("""{"type":"message_delta","usage":{"output_tokens":9}}""", false)]
    [InlineData("""{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":10}}""", false)]
    [InlineData("""{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{}}""", false)]
    [InlineData("""{"type":"content_block_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}""", false)]
    [InlineData("""{"type":"message_stop"}""", false)]
    [InlineData("""{"type":"ping"}""", false)]
    [InlineData("[DONE]", false)]
    [InlineData("nonsense {", false)]
    public void AnAnswerIsCompleteOnlyAtItsEnd(string data, bool final)
    {
        Assert.Equal(final, Read(Start, data).Final);
        Assert.Equal(final, Read(Start, data, """{"type":"ping"}""").Final);
    }

    [Fact]
    public void AnInterimDeltaIsNoEndAndMessageStopIs()
    {
        const string Interim = """{"type":"message_delta","delta":{"stop_reason":null},"usage":{"output_tokens":9}}""";
        Assert.True(Read(Start, Interim) is { Final: false, Stopped: false });
        Assert.True(Read(Start, Interim, """{"type":"message_stop"}""") is { Final: true, Stopped: true });
        Assert.True(Read(Start, Interim, """{"type":"content_block_delta","delta":{"type":"text_delta","text":"message_stop {\"type\":\"message_stop\"}"}}""") is { Final: false, Stopped: false });
    }

    [Theory]
    [InlineData("event: x\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"x\"},\ndata: \"usage\":{\"output_tokens\":9}}\n\n")]
    [InlineData(": comment\n\nid: 4\nretry: 9\ndata:{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"x\"},\"usage\":{\"output_tokens\":9}}\r\n\r\n")]
    [InlineData("\uFEFFdata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"x\"},\"usage\":{\"output_tokens\":9}}\r\r")]
    [InlineData("data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"x\"},\"usage\":{\"output_tokens\":9}}")]
    [InlineData("data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"x\"},\"usage\":{\"output_tokens\":9}}\n")]
    [InlineData("data: {\"usage\":{\"output_tokens\":9},\"delta\":{\"stop_reason\":\"x\"},\"type\":\"message_delta\"}\ndata: {\"type\":\"message_st")]
    [InlineData("data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"x\"},\"usage\":{\"output_tokens\":9}}\ndata: {\"type\":\"message_stop\"}\n\n")]
    public void EveryFormOfAnEventIsRead(string stream)
    {
        for (var chunk = 1; chunk < 40; chunk++)
        {
            var meter = new StreamMeter();
            foreach (var part in Encoding.UTF8.GetBytes(stream).Chunk(chunk))
            {
                meter.Write(part);
            }
            Assert.True(meter.Read() is { Final: true, Usage.OutputTokens: 9 }, $"chunks of {chunk}");
            Assert.Equal(9, meter.Read().Usage.OutputTokens);
        }
    }

    [Fact]
    public void AnsweredBytesAreCounted()
    {
        var reading = Read(
            """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"héllo"}}""",
            """{"type":"content_block_delta","index":1,"delta":{"type":"thinking_delta","thinking":"abc"}}""",
            """{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"12"}}""",
            """{"type":"content_block_delta","index":2,"delta":{"type":"signature_delta","signature":"not counted"}}""");
        Assert.Equal(6 + 3 + 2, reading.OutputBytes);
    }

    [Fact]
    public void LineBeyondTheLimitStopsTheMeterAndIsSaid()
    {
        var meter = new StreamMeter(1_000);
        meter.Write(Encoding.UTF8.GetBytes($"data: {Start}\n\n"));
        for (var i = 0; i < 50; i++)
        {
            meter.Write(Encoding.UTF8.GetBytes("data: " + new string('x', 40)));
        }
        meter.Write("\n\ndata: {\"type\":\"message_stop\"}\n\n"u8);
        Assert.True(meter.Read() is { Oversized: true, Final: false, Usage.InputTokens: 10 });
    }

    [Fact]
    public void DeltasAllocateNothing()
    {
        var meter = new StreamMeter();
        var delta = Encoding.UTF8.GetBytes("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hello, World\"}}\n\n");
        meter.Write(delta);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            meter.Write(delta.AsSpan(0, 50));
            meter.Write(delta.AsSpan(50));
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    [Fact]
    public void GarbageNeverThrows()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var pieces = new[] { "data:", "data: ", "{", "}", "\"usage\"", ":", "[", "]", "\"type\":\"message_delta\"", "\n", "\r", "\n\n", "\"output_tokens\":", "1e999", "-1", "\"\\ud800\"", "\"model\":", "\"iterations\":[", "null", "," };
        for (var i = 0; i < 3_000; i++)
        {
            try
            {
                var meter = new StreamMeter(random.Next(16, 4_000));
                for (var j = random.Next(80); j > 0; j--)
                {
                    var noise = new byte[random.Next(6)];
                    random.NextBytes(noise);
                    meter.Write(random.Next(8) == 0 ? noise : Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)]));
                }
                _ = meter.Read();
                _ = JsonMeter.Read(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 30).Select(_ => pieces[random.Next(pieces.Length)]))));
            }
            catch (Exception broken)
            {
                Assert.Fail($"seed {seed}, round {i}: {broken}");
            }
        }
    }

    [Fact]
    public void JsonAnswersAreReadWholeOrNotAtAll()
    {
        var body = Encoding.UTF8.GetBytes("""{"type":"message","model":"claude-opus-5-5","content":[{"type":"tool_use","input":{"usage":{"output_tokens":999},"model":"x"}}],"stop_reason":"tool_use","usage":{"input_tokens":4,"output_tokens":2}}""");
        Assert.True(JsonMeter.Read(body) is { Final: true, Model: "claude-opus-5-5", StopReason: "tool_use", Usage: { InputTokens: 4, OutputTokens: 2 }, OutputBytes: > 0 });
        Assert.True(JsonMeter.Read(body.AsSpan(0, body.Length - 1)) is { Final: false, Lines.Count: 0 });
        Assert.True(JsonMeter.Read("""{"type":"error","error":{"type":"api_error","message":"no"}}"""u8) is { Final: false, Error: true, ErrorType: "api_error", ErrorMessage: "no" });
        Assert.True(JsonMeter.Read(""u8) is { Final: false, Lines.Count: 0 });
        Assert.True(JsonMeter.Read("""{"type":"message","usage":{"input_tokens":4,"output_tokens":2}}"""u8) is { Final: true, Stopped: true });
        Assert.True(JsonMeter.Read("""{"type":"message","stop_reason":null,"usage":{"input_tokens":4,"output_tokens":2}}"""u8) is { Final: false, Stopped: false });
        Assert.True(JsonMeter.Read("""{"type":"completion","stop_reason":"end_turn","usage":{"input_tokens":4,"output_tokens":2}}"""u8) is { Final: false, Stopped: false });
        Assert.True(JsonMeter.Read("""{"type":"message","stop_reason":"end_turn","usage":{"input_tokens":4}}"""u8) is { Final: false });
    }

    [Fact]
    public void SnapshotOfTheRequestedModelIsPricedAsItAndAStrangerIsNot()
    {
        var prices = new PriceBook(PriceList.Shipped);
        var at = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);
        var reading = Read(Start, """{"type":"message_delta","usage":{"output_tokens":4}}""");
        Assert.NotNull(MeteredCost.Of(reading with { Model = "claude-opus-5-5-20260922" }, prices, "anthropic", "claude-opus-5-5", at));
        Assert.NotNull(MeteredCost.Of(reading with { Model = null }, prices, "anthropic", "claude-opus-5-5", at));
        Assert.Null(MeteredCost.Of(reading with { Model = "claude-opus-9" }, prices, "anthropic", "claude-opus-5-5", at));
        Assert.Null(MeteredCost.Of(reading with { Lines = [], OtherReadings = [] }, prices, "anthropic", "claude-opus-5-5", at));
    }

    [Fact]
    public void WhatIsKnownOfAnIncompleteBillIsPriced()
    {
        var prices = new PriceBook(PriceList.Shipped);
        var at = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);
        var line = new BillLine("message", "claude-opus-5-5", new TokenUsage { InputTokens = 1_000, OutputTokens = 1_000 });
        var reading = new MeterReading { Model = "claude-opus-5-5", Lines = [line] };
        Assert.Equal((Money.FromUsd(0.024m), true), Cost(reading));
        Assert.Equal((Money.FromUsd(0.024m), false), Cost(reading with { UnknownUsage = true }));
        Assert.Equal((Money.FromUsd(0.024m), false), Cost(reading with { Oversized = true }));
        Assert.Equal((Money.FromUsd(0.024m), false), Cost(reading with { Lines = [line with { Kind = "advisor_message", Model = "nobody-knows" }, line] }));
        Assert.Equal((Money.FromUsd(0.024m), false), Cost(reading with { Lines = [line with { Usage = new TokenUsage { OutputTokens = long.MaxValue } }, line] }));

        (Money, bool)? Cost(MeterReading of) => MeteredCost.Of(of, prices, "anthropic", "claude-opus-5-5", at) is { } cost ? (cost.Amount, cost.Complete) : null;
    }

    static MeterReading Read(params string[] data) => Read(CacheWrite.FiveMinutes, data);

    static MeterReading Read(CacheWrite longest, params string[] data)
    {
        var meter = new StreamMeter(longest: longest);
        meter.Write(Encoding.UTF8.GetBytes(string.Concat(data.Select(each => $"event: x\ndata: {each}\n\n"))));
        return meter.Read();
    }
}
