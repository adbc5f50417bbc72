using System.Globalization;
using System.Text;
using System.Text.Json;
using Governance.Decisions;
using Governance.Gateway;
using Governance.Gateway.Reading;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Xunit.Abstractions;

namespace Governance.Tests.Gateway.Surfaces.Anthropic.Reading;

public sealed class MutatedBodyTests(ITestOutputHelper output)
{
    static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    static readonly string[] Pieces =
    [
        "\"", "\\", "{", "}", "[", "]", ",", ":", "\\ud800", "\\udc00", "\\ud83d\\ude00", "\\u006d", "\"model\":\"x\",", "\"Model\":1,", "1e9", "-", "null", "true",
        "\"max_tokens\":1,", "\"a\":{\"a\":1,\"a\":1},", "\u0000", "\n", " ", "/**/", "\"type\":", "{\"type\":\"image\"},", "\"cache_control\":{},", "\u017F", "\U0001F600", "99999999999999999999",
    ];

    static readonly string[] Seeds =
    [
        Bodies.Small, Bodies.Small, Bodies.CodingAgent(),
        Bodies.With("\"fallbacks\":[{\"model\":\"b\"}],\"tools\":[{\"type\":\"web_search_20250305\",\"max_uses\":3}],\"speed\":\"fast\",\"metadata\":{\"user_id\":\"u\"}"),
        Bodies.Content("""[{"type":"image","source":{"type":"base64","data":"AAAA"}},{"type":"tool_use","input":{"m\u006fdel":[1,2.5e3,"\ud83d\ude00"]}},{"type":"text","text":"a\n\t\"b\""}]"""),
    ];

    [Fact]
    public void NoMutationIsThrownOverNorAcceptedWhereAStrictReaderRefuses()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var (accepted, refused) = (0, 0);
        for (var round = 0; round < 40_000; round++)
        {
            var body = Mutated(random);
            var result = RequestReader.Read(body, ReadLimits.Default);
            if (result is ReadFault { Message.Length: > 0 })
            {
                refused++;
                continue;
            }
            accepted++;
            var facts = Assert.IsType<ReadFacts>(result).Facts;
            AssertEqualToDocument(body, facts, $"seed {seed}, round {round}");
        }
        output.WriteLine($"accepted {accepted}, refused {refused}");
        Assert.True(accepted > 1_000 && refused > 1_000);
    }

    [Fact]
    public void ValuesReadEqualThoseOfAnotherReader()
    {
        foreach (var body in Seeds)
        {
            var bytes = Encoding.UTF8.GetBytes(body);
            AssertEqualToDocument(bytes, Assert.IsType<ReadFacts>(RequestReader.Read(bytes, ReadLimits.Default)).Facts, body[..40]);
        }
    }

    [Fact]
    public void EscapesAreDecodedAsAnotherReaderDoes()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        string[] parts = ["a", "\\n", "\\\\", "\\\"", "\\/", "\\b", "\\f", "\\r", "\\t", "\\u00e9", "\\u20AC", "\\ud83d\\ude00", "\u00e9", "\u20ac", "\U0001F600", "\\ud800", "\\udc00", "\\\\ud800"];
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => parts[random.Next(parts.Length)]));
            var body = Bodies.Content($"\"{text}\"");
            using var document = JsonDocument.Parse(body);
            string? expected;
            try
            {
                expected = document.RootElement.GetProperty("messages")[0].GetProperty("content").GetString();
            }
            catch (InvalidOperationException)
            {
                expected = null;
            }
            if (expected is null)
            {
                Assert.Contains("surrogate", Bodies.Fault(body).Message, StringComparison.Ordinal);
                continue;
            }
            var facts = Bodies.Facts(body);
            Assert.Equal(expected, facts.LastUserText);
            Assert.Equal(Encoding.UTF8.GetByteCount(expected), facts.TextBytes);
        }
    }

    internal static void AssertEqualToDocument(byte[] body, RequestFacts facts, string place)
    {
        using var document = JsonDocument.Parse(body, Strict);
        var root = document.RootElement;
        Assert.True(root.GetProperty("model").GetString() == facts.Model, place);
        Assert.True(root.GetProperty("max_tokens").GetInt64() == facts.MaxTokens, place);
        Assert.True(root.GetProperty("messages").GetArrayLength() == facts.Messages, place);
        Assert.True((root.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.True) == facts.Stream, place);
        Assert.True((root.TryGetProperty("speed", out var speed) && speed.ValueEquals("fast")) == facts.Fast || facts.Fast, place);
        if (root.TryGetProperty("fallbacks", out var fallbacks) && fallbacks.ValueKind == JsonValueKind.Array)
        {
            foreach (var fallback in fallbacks.EnumerateArray())
            {
                if (fallback.ValueKind == JsonValueKind.Object && fallback.TryGetProperty("model", out var model))
                    Assert.True(model.ValueKind != JsonValueKind.String || facts.OtherModels.Contains(model.GetString()!), place);
            }
        }
        using var value = JsonDocument.Parse(body.AsMemory(facts.ModelOffset, facts.ModelLength));
        Assert.True(value.RootElement.GetString() == facts.Model, place);
        Strings(root);
    }

    /// <summary>Every string and name of an accepted body can be read.</summary>
    static void Strings(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    Strings(item);
                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    _ = property.Name.Length;
                    Strings(property.Value);
                }
                break;
        }
    }

    static byte[] Mutated(Random random)
    {
        var body = new List<byte>(Encoding.UTF8.GetBytes(Seeds[random.Next(100) == 0 ? 2 : random.Next(2) == 0 ? random.Next(2) : random.Next(3, Seeds.Length)]));
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(body.Count + 1);
            var length = Math.Min(random.Next(1, 6), body.Count - at);
            switch (random.Next(6))
            {
                case 0: body.RemoveRange(at, length); break;
                case 1: body.InsertRange(at, body.GetRange(at, length)); break;
                case 2: body.Insert(at, (byte)random.Next(256)); break;
                case 3 when at < body.Count: body[at] ^= (byte)(1 << random.Next(8)); break;
                case 4 when at < body.Count && char.IsAsciiLetterOrDigit((char)body[at]):
                    var escape = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)body[at]:x4}"));
                    body.RemoveAt(at);
                    body.InsertRange(at, escape);
                    break;
                default: body.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)])); break;
            }
            if (body.Count == 0)
                break;
        }
        return [.. body];
    }
}
