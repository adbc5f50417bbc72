using System.Globalization;
using System.Text;
using Governance.Gateway.Reading;
using Governance.Gateway.Surfaces.Anthropic.Reading;

namespace Governance.Tests.Gateway.Surfaces.Anthropic.Reading;

public sealed class RefusedBodyTests
{
    /// <summary>Body, a part of the message, the path.</summary>
    public static TheoryData<string, string, string?> Refused => new()
    {
        { "", "empty", null },
        { "   ", "not valid JSON", null },
        { "\uFEFF" + Bodies.Small, "byte order mark", null },
        { "hello", "not valid JSON", null },
        { "[]", "object is expected", null },
        { "\"text\"", "object is expected", null },
        { "null", "object is expected", null },
        { "7", "object is expected", null },
        { Bodies.Small[..^1], "not valid JSON", null },
        { Bodies.Small[..^4], "not valid JSON", "messages[0].content" },
        { Bodies.Small + "{}", "further content", null },
        { Bodies.Small + " x", "further content", null },
        { Bodies.Small + "\0", "further content", null },
        { Bodies.With("\"a\":[1,]"), "not valid JSON", "a[1]" },
        { Bodies.With("\"a\":01"), "not valid JSON", "a" },
        { Bodies.With("\"a\":NaN"), "not valid JSON", "a" },
        { Bodies.With("\"a\":1/*note*/"), "not valid JSON", null },
        { Bodies.With("'a':1"), "not valid JSON", null },
        { Bodies.With("\"a\":\"line\nbreak\""), "not valid JSON", "a" },
        { Bodies.With("\"a\":\"\\x\""), "not valid JSON", "a" },
        { Bodies.With("\"model\":\"other\""), "given twice", "model" },
        { Bodies.With("\"mod\\u0065l\":\"other\""), "given twice", "mod\\u0065l" },
        { Bodies.With("\"\\u006dodel\":\"other\""), "given twice", "\\u006dodel" },
        { Bodies.With("\"max_tokens\":1"), "given twice", "max_tokens" },
        { Bodies.With("\"a\":{\"b\":{\"c\":1,\"c\":2}}"), "given twice", "a.b.c" },
        { Bodies.With("\"a\":{\"\":1,\"\":2}"), "given twice", "a" },
        { Bodies.Content("""[{"type":"text","text":"a"},{"type":"text","text":"b","text":"c"}]"""), "given twice", "messages[0].content[1].text" },
        { Bodies.Content("""[{"type":"tool_use","input":{"x":[{"y":1,"\u0079":2}]}}]"""), "given twice", "messages[0].content[0].input.x[0].\\u0079" },
        { Bodies.With("""
            "tools":[{"name":"t","input_schema":{"a":1,"a":1}}]
            """), "given twice", "tools[0].input_schema.a" },
        { Bodies.With("\"Model\":\"other\""), "only in case", "Model" },
        { Bodies.With("\"MODEL\":\"other\""), "only in case", "MODEL" },
        { Bodies.With("\"Max_Tokens\":1"), "only in case", "Max_Tokens" },
        { Bodies.With("\"MESSAGES\":[]"), "only in case", "MESSAGES" },
        { Bodies.With("\"Stream\":true"), "only in case", "Stream" },
        { Bodies.With("\"Fallbacks\":[]"), "only in case", "Fallbacks" },
        { Bodies.With("\"Tools\":[]"), "only in case", "Tools" },
        { Bodies.With("\"Speed\":\"fast\""), "only in case", "Speed" },
        { Bodies.With("\"MCP_servers\":[]"), "only in case", "MCP_servers" },
        { Bodies.With("\"\\u004dodel\":\"other\""), "only in case", "\\u004dodel" },
        { Bodies.With("\"\u017Ftream\":true"), "only in case", "\u017Ftream" },
        { Bodies.With("\"max_to\u212Aens\":1"), "only in case", "max_to\u212Aens" },
        { Bodies.With("\"fallbacks\":[{\"Model\":\"other\"}]"), "only in case", "fallbacks[0].Model" },
        { Bodies.With("\"a\":\"\\ud800\""), "surrogate", "a" },
        { Bodies.With("\"a\":\"\\udc00\""), "surrogate", "a" },
        { Bodies.With("\"a\":\"\\ud83d\\u0041\""), "surrogate", "a" },
        { Bodies.With("\"a\":\"\\ud83d\\ud83d\\ude00\""), "surrogate", "a" },
        { Bodies.With("\"a\\ud800\":1"), "surrogate", null },
        { Bodies.Content("\"\\uDBFF\""), "surrogate", "messages[0].content" },
        { Bodies.Content("""[{"type":"tool_use","input":{"deep":["\ud800"]}}]"""), "surrogate", "messages[0].content[0].input.deep[0]" },
        { """{"max_tokens":1,"messages":[]}""", "required", "model" },
        { """{"model":null,"max_tokens":1,"messages":[]}""", "string, is expected", "model" },
        { """{"model":5,"max_tokens":1,"messages":[]}""", "string, is expected", "model" },
        { """{"model":["m"],"max_tokens":1,"messages":[]}""", "string, is expected", "model" },
        { """{"model":"","max_tokens":1,"messages":[]}""", "empty", "model" },
        { """{"model":"a\u0000b","max_tokens":1,"messages":[]}""", "control character", "model" },
        { """{"model":"a\nb","max_tokens":1,"messages":[]}""", "control character", "model" },
        { $$"""{"model":"{{new string('m', 257)}}","max_tokens":1,"messages":[]}""", "longer than 256", "model" },
        { """{"model":"m","messages":[]}""", "required", "max_tokens" },
        { """{"model":"m","max_tokens":null,"messages":[]}""", "required", "max_tokens" },
        { """{"model":"m","max_tokens":"1000","messages":[]}""", "whole number", "max_tokens" },
        { """{"model":"m","max_tokens":1e3,"messages":[]}""", "whole number", "max_tokens" },
        { """{"model":"m","max_tokens":1.0,"messages":[]}""", "whole number", "max_tokens" },
        { """{"model":"m","max_tokens":-1,"messages":[]}""", "whole number", "max_tokens" },
        { """{"model":"m","max_tokens":-0,"messages":[]}""", "whole number", "max_tokens" },
        { """{"model":"m","max_tokens":true,"messages":[]}""", "whole number", "max_tokens" },
        { """{"model":"m","max_tokens":[1],"messages":[]}""", "whole number", "max_tokens" },
        { """{"model":"m","max_tokens":9223372036854775808,"messages":[]}""", "too large", "max_tokens" },
        { """{"model":"m","max_tokens":1}""", "required", "messages" },
        { """{"model":"m","max_tokens":1,"messages":{}}""", "array is expected", "messages" },
        { """{"model":"m","max_tokens":1,"messages":null}""", "array is expected", "messages" },
        { """{"model":"m","max_tokens":1,"messages":["hi"]}""", "object is expected", "messages[0]" },
        { """{"model":"m","max_tokens":1,"messages":[{"role":1,"content":"a"}]}""", "string is expected", "messages[0].role" },
        { Bodies.With("\"stream\":\"true\""), "true or false", "stream" },
        { Bodies.With("\"stream\":1"), "true or false", "stream" },
        { Bodies.With("\"tools\":{}"), "array is expected", "tools" },
        { Bodies.With("\"tools\":[\"web_search\"]"), "object is expected", "tools[0]" },
        { Bodies.With("\"tools\":[{\"type\":7}]"), "string is expected", "tools[0].type" },
        { Bodies.With("\"tools\":[{\"type\":\"web_search_20250305\",\"max_uses\":\"5\"}]"), "whole number", "tools[0].max_uses" },
        { Bodies.With("\"tools\":[{\"type\":\"advisor_20260301\",\"model\":\"a\\tb\"}]"), "control character", "tools[0].model" },
        { Bodies.With("\"fallbacks\":[{\"model\":\"other\",\"max_tokens\":1.5}]"), "whole number", "fallbacks[0].max_tokens" },
        { Bodies.With("\"thinking\":\"on\""), "object is expected", "thinking" },
        { Bodies.With("\"thinking\":{\"type\":true}"), "string is expected", "thinking.type" },
        { Bodies.With("\"metadata\":[]"), "object is expected", "metadata" },
        { Bodies.With("\"metadata\":{\"user_id\":1}"), "string is expected", "metadata.user_id" },
        { Bodies.With("\"speed\":1"), "string is expected", "speed" },
        { Bodies.With("\"service_tier\":{}"), "string is expected", "service_tier" },
        { Bodies.With("\"inference_geo\":true"), "string is expected", "inference_geo" },
        { Bodies.With("\"a\":" + new string('1', 1_001)), "longer than 1000 characters", "a" },
        { Bodies.With("\"a\":" + new string('[', 64) + new string(']', 64)), "deeper than 64", "a" + string.Concat(Enumerable.Repeat("[0]", 63)) },
    };

    [Theory, MemberData(nameof(Refused))]
    public void ABodyThatTwoReadersCouldSeeDifferentlyIsRefusedByPlace(string body, string message, string? path)
    {
        var fault = Bodies.Fault(body);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.Equal(path is { Length: > 200 } ? path[..200] : path, fault.Path);
        if (path is { Length: < 200 })
            Assert.Contains(path, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0x80 })]
    [InlineData(new byte[] { 0xC0, 0xAF })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xE2, 0x82 })]
    public void BytesThatAreNotUtf8AreRefusedWhereverTheyStand(byte[] bad)
    {
        var small = Encoding.UTF8.GetBytes(Bodies.Small);
        var inText = small.AsSpan().IndexOf("hello"u8);
        byte[] body = [.. small[..inText], .. bad, .. small[inText..]];
        Assert.Contains("UTF-8", Assert.IsType<ReadFault>(RequestReader.Read(body, ReadLimits.Default)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void DepthIsCountedFromTheBodyItself(int arrays, bool accepted)
    {
        var body = Bodies.With("\"a\":" + new string('[', arrays) + new string(']', arrays));
        Assert.Equal(accepted, Bodies.Read(body) is ReadFacts);
    }

    [Fact]
    public void ANameGivenTwiceAmongManyIsFoundAtOnce()
    {
        var names = string.Join(',', Enumerable.Range(0, 90_000).Select(index => string.Create(CultureInfo.InvariantCulture, $"\"k{index}\":0")));
        Assert.IsType<ReadFacts>(Bodies.Read(Bodies.With("\"a\":{" + names + "}")));
        Assert.Equal("a.k\\u0031", Bodies.Fault(Bodies.With("\"a\":{" + names + ",\"k\\u0031\":1}")).Path);
        Assert.Equal("a.k89999", Bodies.Fault(Bodies.With("\"a\":{" + names + ",\"k89999\":1}")).Path);
    }

    [Fact]
    public void SiblingsAndParentsMayShareANameWithTheirChildren()
    {
        var many = string.Join(',', Enumerable.Range(0, 60).Select(index => string.Create(CultureInfo.InvariantCulture, $"\"k{index}\":{{\"k{index}\":{{\"k1\":1}}}}")));
        Assert.IsType<ReadFacts>(Bodies.Read(Bodies.With("\"a\":{" + many + "},\"b\":{" + many + "}")));
    }

    [Fact]
    public void LimitsAreTheCallersOwn()
    {
        var limits = new ReadLimits { PropertiesMax = 5, MessagesMax = 2, DepthMax = 4 };
        Assert.Contains("more than 5 properties", Bodies.Fault(Bodies.With("\"a\":{\"1\":1,\"2\":1,\"3\":1,\"4\":1,\"5\":1,\"6\":1}"), limits).Message, StringComparison.Ordinal);
        Assert.Contains("more than 2 messages", Bodies.Fault("""{"model":"m","max_tokens":1,"messages":[{},{},{}]}""", limits).Message, StringComparison.Ordinal);
        Assert.Contains("deeper than 4", Bodies.Fault(Bodies.With("\"a\":[[[[1]]]]"), limits).Message, StringComparison.Ordinal);
    }
}
