using System.Globalization;
using System.Text;
using Governance.Pricing;

namespace Governance.Bench.Upstream;

/// <summary>What the stub answers, made once: a message of about 600 bytes, and a stream of 50 deltas as Anthropic sends them.</summary>
sealed class StubAnswers
{
    public const string Model = "claude-sonnet-5";
    public const int Deltas = 50;

    /// <summary>The list price of the model that the stub pretends to serve: $2 and $10 a million tokens.</summary>
    const long InputNanos = 2_000;
    const long OutputNanos = 10_000;

    public static readonly TokenUsage JsonUsage = new() { InputTokens = 240, OutputTokens = 62 };
    public static readonly TokenUsage StreamUsage = new() { InputTokens = 240, OutputTokens = 151 };

    const string Usage = "\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"cache_creation\":{\"ephemeral_5m_input_tokens\":0,\"ephemeral_1h_input_tokens\":0}";

    static readonly string Json =
        $$$"""{"id":"msg_01BenchBenchBenchBenchBench","type":"message","role":"assistant","model":"{{{Model}}}","content":[{"type":"text","text":"Spend is counted before it happens: the worst case of a call is held against every budget that it belongs to, and what was not used is given back when the answer has ended. A cap is therefore a cap, and not a wish that is noticed on the invoice."}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":{{{JsonUsage.InputTokens}}},{{{Usage}}},"output_tokens":{{{JsonUsage.OutputTokens}}},"service_tier":"standard"}}""";

    static readonly string[] Words = ["Spend ", "is counted ", "before it ", "happens, ", "held against ", "every budget, ", "and given ", "back when ", "the answer ", "has ended. "];

    public StubAnswers(int deltasPerWrite)
    {
        JsonAnswer = Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Json.Length}\r\nrequest-id: req_bench\r\n\r\n{Json}");
        var writes = new List<byte[]> { Encoding.UTF8.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-cache\r\nrequest-id: req_bench\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunk(Opening)) };
        for (var first = 0; first < Deltas; first += deltasPerWrite)
        {
            var group = Enumerable.Range(first, Math.Min(deltasPerWrite, Deltas - first)).Select(Delta);
            writes.Add(Encoding.UTF8.GetBytes(Chunk(string.Concat(group))));
        }
        writes.Add(Encoding.UTF8.GetBytes(Chunk(Closing) + "0\r\n\r\n"));
        StreamAnswer = writes;
    }

    /// <summary>Head and body in one write.</summary>
    public byte[] JsonAnswer { get; }

    /// <summary>One element a write, each one chunk: the opening events, then the deltas in groups, then the closing events.</summary>
    public IReadOnlyList<byte[]> StreamAnswer { get; }

    /// <summary>What a client must receive, to the byte.</summary>
    public static int BodyBytes(bool stream) => stream ? Opening.Length + Enumerable.Range(0, Deltas).Sum(index => Delta(index).Length) + Closing.Length : Json.Length;

    /// <summary>What the stub charges for one answer.</summary>
    public static Money Price(TokenUsage usage) => new(usage.InputTokens * InputNanos + usage.OutputTokens * OutputNanos);

    static string Opening =>
        Event("message_start", $$$"""{"type":"message_start","message":{"id":"msg_01BenchBenchBenchBenchBench","type":"message","role":"assistant","model":"{{{Model}}}","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":{{{StreamUsage.InputTokens}}},{{{Usage}}},"output_tokens":1,"service_tier":"standard"} }}""")
        + Event("content_block_start", """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""")
        + Event("ping", """{"type":"ping"}""");

    static string Delta(int index) =>
        Event("content_block_delta", $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{{{Words[index % Words.Length]}}}"}}""");

    static string Closing =>
        Event("content_block_stop", """{"type":"content_block_stop","index":0}""")
        + Event("message_delta", $$$"""{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":{{{StreamUsage.InputTokens}}},"output_tokens":{{{StreamUsage.OutputTokens}}},"cache_creation_input_tokens":0,"cache_read_input_tokens":0}}""")
        + Event("message_stop", """{"type":"message_stop"}""");

    static string Event(string name, string data) => $"event: {name}\ndata: {data}\n\n";

    static string Chunk(string text) => text.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n" + text + "\r\n";
}
