using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Governance.Documents.Text;
using Governance.Gateway.Reading;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Xunit.Abstractions;

namespace Governance.Tests.Gateway.Surfaces.Anthropic.Reading;

/// <summary>
/// Bodies whose trees were changed, and which are still JSON: values of other kinds, things in places where they do not belong, things that are there twice or not at all.
/// A change of bytes hardly ever gets past the quotation marks to what a body means.
/// </summary>
public sealed class MutatedTreeTests(ITestOutputHelper output)
{
    const int Rounds = 20_000;

    static readonly string[] Seeds =
    [
        Bodies.Small,
        Bodies.With("""
            "system":[{"type":"text","text":"be short","cache_control":{"type":"ephemeral","ttl":"1h"}}],"stream":true,"thinking":{"type":"enabled","budget_tokens":600},
            "fallbacks":[{"model":"b","max_tokens":50}],"tools":[{"type":"web_search_20250305","name":"web_search","max_uses":3},{"name":"Read","input_schema":{"type":"object"}}],
            "metadata":{"user_id":"u"},"speed":"fast","service_tier":"auto","mcp_servers":[{"type":"url","url":"https://mcp.example"}]
            """),
        Bodies.Content("""
            [{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}},{"type":"document","source":{"type":"url","url":"https://example.com/a.pdf"}},
             {"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"a"}]},{"type":"text","text":"b"}]
            """),
    ];

    /// <summary>What stands where something else is meant.</summary>
    static readonly string[] Strangers =
    [
        "null", "true", "false", "0", "-1", "1", "1.5", "1e400", "4294967296", "9223372036854775808", "\"\"", "\"x\"", "\"ephemeral\"", "\"claude-opus-5-5\"", "[]", "{}", "[[]]", "[null]",
        """{"type":"text","text":"more"}""", """{"type":"image"}""", """{"type":"ephemeral","ttl":"1h"}""", """{"model":"c","max_tokens":9}""", """{"role":"user","content":"more"}""",
    ];

    static readonly string[] Names = ["model", "max_tokens", "messages", "content", "type", "text", "source", "cache_control", "fallbacks", "tools", "stream", "thinking", "Model", "unknown"];

    [Fact]
    public void WhatIsAcceptedIsReadAsAnotherReaderReadsItAndWhatIsNotSaysWhy()
    {
        var (accepted, refused) = (0, 0);
        Each((body, place) =>
        {
            switch (RequestReader.Read(body, ReadLimits.Default))
            {
                case ReadFacts read:
                    accepted++;
                    MutatedBodyTests.AssertEqualToDocument(body, read.Facts, place);
                    break;
                case ReadFault fault:
                    refused++;
                    Assert.True(fault.Message.Length > 10 && fault.Message.EndsWith('.'), $"{place}: {fault.Message}");
                    break;
            }
        });
        output.WriteLine($"accepted {accepted}, refused {refused}");
        Assert.True(accepted > Rounds / 20 && refused > Rounds / 20, $"accepted {accepted}, refused {refused}");
    }

    /// <summary>Nothing that is added to a body makes it cheaper: a further message never lowers what is counted of it.</summary>
    [Fact]
    public void AFurtherMessageNeverLowersWhatIsCounted()
    {
        var compared = 0;
        Each((body, place) =>
        {
            // Written alike, because blanks within tools count.
            var more = JsonNode.Parse(body)!;
            if (RequestReader.Read(Encoding.UTF8.GetBytes(more.ToJsonString()), ReadLimits.Default) is not ReadFacts { Facts: var before } || more["messages"] is not JsonArray)
            {
                return;
            }
            ((JsonArray)more["messages"]!).Add(JsonNode.Parse("""{"role":"user","content":[{"type":"text","text":"and one thing more"}]}"""));
            if (RequestReader.Read(Encoding.UTF8.GetBytes(more.ToJsonString()), ReadLimits.Default) is not ReadFacts { Facts: var after })
            {
                return;
            }
            compared++;
            Assert.True(after.TextBytes > before.TextBytes && after.ExpectedTextTokens >= before.ExpectedTextTokens && after.Messages == before.Messages + 1, place);
            Assert.True(after.Unmeasurable == before.Unmeasurable && after.CacheWrite == before.CacheWrite && after.Images == before.Images && after.Documents == before.Documents, place);
            Assert.Equal(before.OtherModels, after.OtherModels);
        });
        Assert.True(compared > Rounds / 20, $"compared {compared}");
    }

    void Each(Action<byte[], string> look)
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var tree = JsonNode.Parse(Seeds[random.Next(Seeds.Length)])!;
            for (var times = random.Next(1, 4); times > 0; times--)
            {
                Change(tree, random);
            }
            var body = tree.ToJsonString(new JsonSerializerOptions { WriteIndented = random.Next(8) == 0 });
            look(Encoding.UTF8.GetBytes(body), $"seed {seed}, round {round}: {body}");
        }
    }

    /// <summary>One change somewhere in the tree, the root itself left an object.</summary>
    static void Change(JsonNode root, Random random)
    {
        var places = new List<JsonNode>();
        Collect(root, places);
        var place = places[random.Next(places.Count)];
        var stranger = JsonNode.Parse(Strangers[random.Next(Strangers.Length)]);
        switch (place)
        {
            case JsonObject { Count: > 0 } owner:
                var name = owner.ElementAt(random.Next(owner.Count)).Key;
                switch (random.Next(5))
                {
                    case 0: owner.Remove(name); break;
                    case 1: owner[name] = stranger; break;
                    case 2: owner[Names[random.Next(Names.Length)]] = stranger; break;
                    case 3: owner[name] = new JsonArray(owner[name]?.DeepClone()); break;
                    default:
                        // What stands here takes the place of something elsewhere.
                        var (other, value) = (Names[random.Next(Names.Length)], owner[name]?.DeepClone());
                        owner[other] = value;
                        break;
                }
                break;
            case JsonArray { Count: > 0 } list:
                var at = random.Next(list.Count);
                switch (random.Next(4))
                {
                    case 0: list.RemoveAt(at); break;
                    case 1: list.Add(list[at]?.DeepClone()); break;
                    case 2: list[at] = stranger; break;
                    default: list.Insert(at, stranger); break;
                }
                break;
            case JsonArray list: list.Add(stranger); break;
            case JsonObject owner: owner[Names[random.Next(Names.Length)]] = stranger; break;
        }
    }

    static void Collect(JsonNode node, List<JsonNode> places)
    {
        places.Add(node);
        foreach (var child in node is JsonObject owner ? owner.Select(pair => pair.Value) : (JsonArray)node)
        {
            if (child is JsonObject or JsonArray)
            {
                Collect(child, places);
            }
        }
    }
}
