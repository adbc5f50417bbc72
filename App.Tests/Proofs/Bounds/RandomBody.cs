using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Governance.Tests.Proofs.Bounds;

/// <summary>Request bodies of every kind that the protocol knows: all the ways in which a call can become dearer than it looks.</summary>
sealed class RandomBody(Random random, IReadOnlyList<string> models)
{
    static readonly string[] alphabets =
    [
        "the quick brown fox jumps over the lazy dog ", "0123456789abcdef", "{}[]();,.<>/\\\"'`~!@#$%^&*", "äöüßéèñçåøæ", "привет мир ελληνικά", "漢字かな交じり文、日本語。", "नमस्ते ไทย עברית العربية", "😀👩‍👩‍👧‍👦🏳️‍🌈\U00020000", "\t\n\r \u00a0\u2028\0\u001f",
    ];

    public byte[] Next()
    {
        var body = new JsonObject { ["model"] = Model(), ["max_tokens"] = MaxTokens(), ["messages"] = Many(1, 6, () => Message()) };
        Maybe(body, "system", 2, () => random.Next(2) == 0 ? Text() : Many(1, 3, TextBlock));
        Maybe(body, "tools", 3, () => Many(1, 4, Tool));
        Maybe(body, "thinking", 4, () => random.Next(2) == 0 ? new JsonObject { ["type"] = "enabled", ["budget_tokens"] = random.Next(1024, 60_000) } : new JsonObject { ["type"] = "adaptive" });
        Maybe(body, "cache_control", 5, CacheControl);
        Maybe(body, "service_tier", 5, () => Pick("auto", "standard_only"));
        Maybe(body, "speed", 4, () => Pick("fast", "standard"));
        Maybe(body, "inference_geo", 4, () => Pick("us", "global", "not_available"));
        Maybe(body, "stream", 2, () => random.Next(2) == 0);
        Maybe(body, "metadata", 3, () => new JsonObject { ["user_id"] = "user-" + random.Next() });
        Maybe(body, "stop_sequences", 6, () => new JsonArray("stop"));
        Maybe(body, "output_config", 6, () => new JsonObject { ["effort"] = Pick("low", "high"), ["format"] = new JsonObject { ["type"] = "json_schema", ["schema"] = Schema(2) } });
        Maybe(body, "fallbacks", 5, Fallbacks);
        Maybe(body, "context_management", 7, () => new JsonObject { ["edits"] = new JsonArray(new JsonObject { ["type"] = Pick("compact_20260112", "clear_tool_uses_20250919") }) });
        Maybe(body, "container", 30, () => "container-1");
        var encoder = random.Next(2) == 0 ? JavaScriptEncoder.Default : JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        var shuffled = new JsonObject(body.Select(property => (property.Key, Node: property.Value)).OrderBy(_ => random.Next()).Select(property => KeyValuePair.Create(property.Key, property.Node?.DeepClone())));
        return Encoding.UTF8.GetBytes(shuffled.ToJsonString(new JsonSerializerOptions { Encoder = encoder, WriteIndented = random.Next(4) == 0 }));
    }

    JsonObject Message()
    {
        var role = Pick("user", "user", "assistant", "system");
        return new JsonObject { ["role"] = role, ["content"] = random.Next(3) == 0 ? Text() : Many(1, 4, role == "user" ? UserBlock : role == "assistant" ? AssistantBlock : TextBlock) };
    }

    JsonObject UserBlock() => Cached(random.Next(9) switch
    {
        0 => new JsonObject { ["type"] = "image", ["source"] = random.Next(5) == 0 ? Url() : Base64(Pick("image/png", "image/jpeg")) },
        1 => new JsonObject { ["type"] = "document", ["title"] = Text(), ["context"] = Text(), ["source"] = random.Next(5) == 0 ? Url() : Base64("application/pdf") },
        2 => new JsonObject { ["type"] = "document", ["source"] = new JsonObject { ["type"] = "text", ["media_type"] = "text/plain", ["data"] = Text() }, ["citations"] = new JsonObject { ["enabled"] = true } },
        3 => new JsonObject { ["type"] = "document", ["source"] = new JsonObject { ["type"] = "content", ["content"] = Many(1, 2, TextBlock) } },
        4 => new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = "toolu_1", ["content"] = random.Next(2) == 0 ? Text() : Many(1, 3, () => random.Next(3) == 0 ? Cached(new JsonObject { ["type"] = "image", ["source"] = Base64("image/png") }) : TextBlock()), ["is_error"] = false },
        5 => new JsonObject { ["type"] = "search_result", ["source"] = "https://example.com/" + random.Next(), ["title"] = Text(), ["content"] = Many(1, 2, TextBlock) },
        _ => TextBlock(),
    });

    JsonObject AssistantBlock() => random.Next(5) switch
    {
        0 => new JsonObject { ["type"] = "thinking", ["thinking"] = Text(), ["signature"] = Bytes(200) },
        1 => new JsonObject { ["type"] = "redacted_thinking", ["data"] = Bytes(400) },
        2 => Cached(new JsonObject { ["type"] = "tool_use", ["id"] = "toolu_1", ["name"] = "get_weather", ["input"] = Schema(2) }),
        _ => TextBlock(),
    };

    JsonObject TextBlock() => Cached(new JsonObject { ["type"] = "text", ["text"] = Text() });

    JsonObject Tool() => Cached(random.Next(8) switch
    {
        0 => new JsonObject { ["type"] = "web_search_20250305", ["name"] = "web_search", ["max_uses"] = random.Next(0, 8) },
        1 => new JsonObject { ["type"] = "web_fetch_20250910", ["name"] = "web_fetch", ["max_uses"] = random.Next(0, 4) },
        2 => new JsonObject { ["type"] = "advisor_20260301", ["name"] = "advisor", ["model"] = Model(), ["max_uses"] = random.Next(0, 4) },
        3 => new JsonObject { ["type"] = "bash_20250124", ["name"] = "bash" },
        4 => new JsonObject { ["type"] = "code_execution_20250825", ["name"] = "code_execution", ["max_uses"] = random.Next(1, 3) },
        _ => new JsonObject { ["name"] = "tool_" + random.Next(100), ["description"] = Text(), ["input_schema"] = Schema(3) },
    });

    JsonArray Fallbacks() => [.. models.OrderBy(_ => random.Next()).Take(random.Next(1, 4)).Select(model =>
    {
        var fallback = new JsonObject { ["model"] = model };
        Maybe(fallback, "max_tokens", 3, MaxTokens);
        return (JsonNode)fallback;
    })];

    JsonObject Schema(int depth)
    {
        var schema = new JsonObject { ["type"] = "object", ["description"] = Text() };
        for (var i = random.Next(3); i > 0 && depth > 0; i--)
        {
            schema["property " + i] = Schema(depth - 1);
        }
        return schema;
    }

    JsonObject Cached(JsonObject block)
    {
        Maybe(block, "cache_control", 8, CacheControl);
        return block;
    }

    JsonObject CacheControl() => random.Next(3) switch
    {
        0 => new JsonObject { ["type"] = "ephemeral" },
        1 => new JsonObject { ["type"] = "ephemeral", ["ttl"] = "5m" },
        _ => new JsonObject { ["type"] = "ephemeral", ["ttl"] = "1h" },
    };

    JsonObject Base64(string media) => new() { ["type"] = "base64", ["media_type"] = media, ["data"] = Bytes(random.Next(10, 5000)) };

    JsonObject Url() => new() { ["type"] = "url", ["url"] = "https://example.com/file" };

    string Bytes(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return Convert.ToBase64String(bytes);
    }

    JsonNode MaxTokens() => random.Next(12) switch { 0 => 0, 1 => 1, 2 => 128_000, 3 => 1_000_000_000, 4 => 256_000, _ => random.Next(1, 64_000) };

    string Text()
    {
        var alphabet = Pick(alphabets).EnumerateRunes().ToArray();
        var length = random.Next(20) switch { 0 => random.Next(20_000), 1 => 0, _ => random.Next(300) };
        var text = new StringBuilder();
        for (var i = 0; i < length; i++)
        {
            text.Append(alphabet[random.Next(alphabet.Length)]);
        }
        return text.ToString();
    }

    string Model() => models[random.Next(models.Count)];

    JsonArray Many(int least, int most, Func<JsonObject> one) => [.. Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => (JsonNode)one())];

    T Pick<T>(params T[] all) => all[random.Next(all.Length)];

    void Maybe(JsonObject parent, string name, int oneIn, Func<JsonNode> value)
    {
        if (random.Next(oneIn) == 0)
        {
            parent[name] = value();
        }
    }
}
