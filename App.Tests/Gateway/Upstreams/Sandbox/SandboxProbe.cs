using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Governance.Gateway.Upstreams.Sandbox;

namespace Governance.Tests.Gateway.Upstreams.Sandbox;

/// <summary>Calls a sandbox as a client would, and reads its streams with a parser of its own.</summary>
sealed class SandboxProbe : IDisposable
{
    readonly HttpClient client;

    public SandboxProbe(SandboxPacing? pacing = null, TimeProvider? clock = null) =>
        client = new HttpClient(new SandboxHandler(pacing ?? SandboxPacing.None, clock)) { BaseAddress = new Uri("http://sandbox.invalid") };

    public static JsonObject Body(string text, long maxTokens = 1_000, bool stream = false) => new()
    {
        ["model"] = "claude-sonnet-5",
        ["max_tokens"] = maxTokens,
        ["stream"] = stream,
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }),
    };

    public Task<HttpResponseMessage> SendAsync(string body, string path = SandboxHandler.MessagesPath, CancellationToken cancellationToken = default) =>
        client.SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") }, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    public Task<HttpResponseMessage> SendAsync(JsonObject body) => SendAsync(body.ToJsonString());

    public Task<HttpResponseMessage> GetAsync(string path) => client.GetAsync(path);

    public async Task<JsonElement> AnswerAsync(JsonObject body)
    {
        using var response = await SendAsync(body);
        Assert.Equal(200, (int)response.StatusCode);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    public Task<JsonElement> AnswerAsync(string text, long maxTokens = 1_000) => AnswerAsync(Body(text, maxTokens));

    /// <summary>The events of a stream in order; each must have an event line and one data line of the same type.</summary>
    public async Task<IReadOnlyList<JsonElement>> EventsAsync(JsonObject body)
    {
        body["stream"] = true;
        using var response = await SendAsync(body);
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return Parse(await response.Content.ReadAsStringAsync());
    }

    public static IReadOnlyList<JsonElement> Parse(string stream)
    {
        Assert.EndsWith("\n\n", stream, StringComparison.Ordinal);
        var events = new List<JsonElement>();
        foreach (var block in stream[..^2].Split("\n\n"))
        {
            var lines = block.Split('\n');
            Assert.Equal(2, lines.Length);
            Assert.StartsWith("event: ", lines[0], StringComparison.Ordinal);
            Assert.StartsWith("data: ", lines[1], StringComparison.Ordinal);
            var data = JsonDocument.Parse(lines[1]["data: ".Length..]).RootElement;
            Assert.Equal(lines[0]["event: ".Length..], data.GetProperty("type").GetString());
            events.Add(data);
        }
        return events;
    }

    /// <summary>Puts the message of a stream together as a client does.</summary>
    public static JsonObject Assemble(IReadOnlyList<JsonElement> events)
    {
        var message = (JsonObject)JsonNode.Parse(events[0].GetProperty("message").GetRawText())!;
        var content = (JsonArray)message["content"]!;
        var inputs = new Dictionary<int, string>();
        foreach (var data in events)
        {
            switch (data.GetProperty("type").GetString())
            {
                case "content_block_start":
                    Assert.Equal(content.Count, data.GetProperty("index").GetInt32());
                    content.Add(JsonNode.Parse(data.GetProperty("content_block").GetRawText()));
                    break;
                case "content_block_delta":
                    var index = data.GetProperty("index").GetInt32();
                    var delta = data.GetProperty("delta");
                    var kind = delta.GetProperty("type").GetString();
                    if (kind == "input_json_delta")
                    {
                        inputs[index] = inputs.GetValueOrDefault(index, "") + delta.GetProperty("partial_json").GetString();
                        break;
                    }
                    var member = kind switch { "text_delta" => "text", "thinking_delta" => "thinking", "signature_delta" => "signature", _ => throw new InvalidDataException(kind) };
                    content[index]![member] = content[index]![member]!.GetValue<string>() + delta.GetProperty(member).GetString();
                    break;
                case "content_block_stop":
                    if (inputs.TryGetValue(data.GetProperty("index").GetInt32(), out var input))
                    {
                        content[data.GetProperty("index").GetInt32()]!["input"] = JsonNode.Parse(input);
                    }
                    break;
                case "message_delta":
                    foreach (var part in data.GetProperty("delta").EnumerateObject())
                    {
                        message[part.Name] = JsonNode.Parse(part.Value.GetRawText());
                    }
                    foreach (var part in data.TryGetProperty("usage", out var usage) ? usage.EnumerateObject().ToList() : [])
                    {
                        message["usage"]![part.Name] = JsonNode.Parse(part.Value.GetRawText());
                    }
                    break;
            }
        }
        return message;
    }

    public static string TextOf(JsonElement message) =>
        string.Concat(message.GetProperty("content").EnumerateArray().Where(block => block.GetProperty("type").GetString() == "text").Select(block => block.GetProperty("text").GetString()));

    public static long Usage(JsonElement message, string name) => message.GetProperty("usage").GetProperty(name).GetInt64();

    public void Dispose() => client.Dispose();
}
