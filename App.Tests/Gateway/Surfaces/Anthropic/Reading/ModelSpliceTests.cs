using System.Text;
using System.Text.Json;
using Governance.Documents.Text;
using Governance.Gateway.Reading;
using Governance.Gateway.Surfaces.Anthropic.Reading;

namespace Governance.Tests.Gateway.Surfaces.Anthropic.Reading;

public sealed class ModelSpliceTests
{
    static readonly ReadLimits Lenient = new() { RequireModel = false, RequireMaxTokens = false };

    [Theory]
    [InlineData("""{ "max_tokens" : 1 , "x":"\u0041", "model" :  "claude-opus" , "messages": [ {} ]  }""", """{ "max_tokens" : 1 , "x":"\u0041", "model" :  "b" , "messages": [ {} ]  }""")]
    [InlineData("""{"mod\u0065l":"a\u002db","messages":[]}""", """{"mod\u0065l":"b","messages":[]}""")]
    [InlineData("""{"model":null,"messages":[]}""", """{"model":"b","messages":[]}""")]
    [InlineData(""" {"messages":[]} """, """ {"model":"b","messages":[]} """)]
    [InlineData("{\n \"messages\":[]}", "{\"model\":\"b\",\n \"messages\":[]}")]
    public void OnlyTheModelsBytesChange(string body, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var facts = Assert.IsType<ReadFacts>(RequestReader.Read(bytes, Lenient)).Facts;
        Assert.Equal(expected, Encoding.UTF8.GetString(ModelSplice.Replace(bytes, facts, "b")));
    }

    [Fact]
    public void ANameIsEscapedAsAString()
    {
        var bytes = Encoding.UTF8.GetBytes(Bodies.Small);
        const string name = "a\"},{\"\\\u0007\u00e9\U0001F600";
        var changed = ModelSplice.Replace(bytes, Bodies.Facts(Bodies.Small), name);
        using var document = JsonDocument.Parse(changed);
        Assert.Equal(name, document.RootElement.GetProperty("model").GetString());
        Assert.Equal(3, document.RootElement.EnumerateObject().Count());
    }

    [Fact]
    public void AnEmptyObjectGetsNoComma() =>
        Assert.Equal("{\"model\":\"b\" }", Encoding.UTF8.GetString(ModelSplice.Replace("{ }"u8, new Governance.Decisions.RequestFacts { Model = "" }, "b")));

    [Fact]
    public void WhatWasSplicedReadsBackAsTheNewModel()
    {
        var body = Bodies.CodingAgent();
        var changed = ModelSplice.Replace(Encoding.UTF8.GetBytes(body), Bodies.Facts(body), "claude-haiku-5-5");
        Assert.Equal(body.Replace("claude-opus-5-5", "claude-haiku-5-5", StringComparison.Ordinal), Encoding.UTF8.GetString(changed));
    }
}
