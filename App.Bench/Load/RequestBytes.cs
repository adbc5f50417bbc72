using System.Text;
using Governance.Bench.Upstream;

namespace Governance.Bench.Load;

/// <summary>The call that is made over and over: a body of a chosen size, and the whole request around it.</summary>
static class RequestBytes
{
    /// <summary>Twelve digits that a connection overwrites, so that no two calls are the same to a cache or a loop breaker.</summary>
    public const string Sequence = "000000000000";

    const string Sentence = "Please summarise how our team spent its budget last month, by project and by model, and say what to change. ";

    public static byte[] Body(bool stream, int bytes)
    {
        var head = $$"""{"model":"{{StubAnswers.Model}}","max_tokens":1024,"stream":{{(stream ? "true" : "false")}},"system":"You answer briefly.","metadata":{"user_id":"call-{{Sequence}}"},"messages":[""";
        const string Turn = """{"role":"user","content":"We look at last month."},{"role":"assistant","content":"Gladly."},""";
        const string LastHead = """{"role":"user","content":" """;
        const string Tail = "\"}]}";
        var room = Math.Max(Sentence.Length, bytes - head.Length - Turn.Length - LastHead.Length - Tail.Length);
        var text = string.Concat(Enumerable.Repeat(Sentence, room / Sentence.Length + 1))[..room];
        return Encoding.UTF8.GetBytes(head + Turn + LastHead + text + Tail);
    }

    public static byte[] Whole(LoadOrder order)
    {
        var body = Body(order.Stream, order.BodyBytes);
        var head = $"POST /v1/messages HTTP/1.1\r\nHost: {order.Address.Authority}\r\nContent-Type: application/json\r\nAccept: application/json\r\nAnthropic-Version: 2023-06-01\r\nX-Api-Key: {order.Key}\r\nUser-Agent: bench\r\nContent-Length: {body.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }
}
