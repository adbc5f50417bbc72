using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Governance.Tests.Proofs;

/// <summary>Answers of the provider, and its price list: plain decimals, on purpose another way of computing than the product's.</summary>
public static class Answers
{
    public const string Model = "proof-model";
    public const decimal InputUsdPerMillion = 3m, OutputUsdPerMillion = 15m;

    /// <summary>The rows of the product's document for the models of these tests. <c>proof-cents</c> costs a cent for each token of output and nothing else.</summary>
    public const string PriceRows = """
        prices:
          - { model: proof-model, vendor: anthropic, usd_per_million: { input: "3", output: "15" }, context: 200000, max_output: 64000 }
          - { model: proof-other, vendor: anthropic, usd_per_million: { input: "3", output: "15" }, context: 200000, max_output: 64000 }
          - { model: proof-cents, vendor: anthropic, usd_per_million: { input: "0", output: "10000" }, context: 200000, max_output: 64000 }
        """;

    /// <summary>A plain answer with 10 tokens in and 5 out, as JSON or as a stream, as it was asked for.</summary>
    public static ProviderAnswer Message(ProviderRequest request) => Message(request, 10, Math.Min(5, request.MaxTokens));

    public static ProviderAnswer Message(ProviderRequest request, long input, long output) => request.Stream ? Stream(request, input, output) : new ProviderAnswer
    {
        Body = Encoding.UTF8.GetBytes($$$"""{"id":"msg_{{{request.Number}}}","type":"message","role":"assistant","model":"{{{request.Model}}}","content":[{"type":"text","text":"Grüße №{{{request.Number}}}"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":{{{input}}},"output_tokens":{{{output}}}}}"""),
        BillNanos = Bill(request.Model, input, output),
    };

    public static ProviderAnswer Stream(ProviderRequest request, long input, long output) => new()
    {
        ContentType = "text/event-stream; charset=utf-8",
        Body = Encoding.UTF8.GetBytes(string.Concat(Events(request, input, output))),
        BillNanos = Bill(request.Model, input, output),
        Play = InPieces,
    };

    /// <summary>The events of a stream, each with its blank line.</summary>
    public static IReadOnlyList<string> Events(ProviderRequest request, long input, long output) =>
    [
        Event("message_start", $$$$"""{"type":"message_start","message":{"id":"msg_{{{{request.Number}}}}","type":"message","role":"assistant","model":"{{{{request.Model}}}}","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":{{{{input}}}},"output_tokens":1}}}"""),
        Event("content_block_start", """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"""),
        Event("ping", """{"type":"ping"}"""),
        Event("content_block_delta", """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Grüße "}}"""),
        Event("content_block_delta", """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"aus der Probe"}}"""),
        Event("content_block_stop", """{"type":"content_block_stop","index":0}"""),
        Event("message_delta", $$$"""{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":{{{output}}}}}"""),
        Event("message_stop", """{"type":"message_stop"}"""),
    ];

    public static ProviderAnswer Error(int status, string type, string message, params (string Name, string Value)[] headers) => new()
    {
        Status = status,
        Body = JsonSerializer.SerializeToUtf8Bytes(new { type = "error", error = new { type, message, details = (string?)null }, request_id = "up" }),
        Headers = headers,
    };

    /// <summary>What the provider bills, in nano-dollars.</summary>
    public static long Bill(string model, long input, long output)
    {
        var usd = model == "proof-cents" ? output * 0.01m : (input * InputUsdPerMillion / 1_000_000m) + (output * OutputUsdPerMillion / 1_000_000m);
        return (long)Math.Ceiling(usd * 1_000_000_000m);
    }

    /// <summary>The body in many small writes, so that events are cut anywhere.</summary>
    public static async Task InPieces(HttpContext context, byte[] body)
    {
        for (var at = 0; at < body.Length; at += 97)
        {
            await context.Response.Body.WriteAsync(body.AsMemory(at, Math.Min(97, body.Length - at)), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    /// <summary>A call's body, compact; <paramref name="more"/> is further top-level JSON such as <c>,"stream":true</c>.</summary>
    public static string Call(string model = Model, long maxTokens = 100, string text = "hello", string more = "") =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"model":"{{model}}","max_tokens":{{maxTokens}},"messages":[{"role":"user","content":"{{text}}"}]{{more}}}""");

    static string Event(string name, string data) => $"event: {name}\ndata: {data}\n\n";
}
