using System.Text;
using Governance.Bench.Upstream;

namespace Governance.Bench.Load;

/// <summary>The call that is made over and over: a body of a chosen size, and the whole request around it.</summary>
static class RequestBytes
{
    /// <summary>Twelve digits that a connection overwrites, so that no two calls are the same to a cache or a loop breaker.</summary>
    public const string Sequence = "000000000000";

    const string Sentence = "Please summarise how our team spent its budget last month, by project and by model, and say what to change. ";

    const string Row = """| \"checkout\" | claude-sonnet-5 | 1,204 calls | $12.40 | rose by a fifth since the release of the new basket |\n""";

    /// <summary>A long conversation is many turns of a page each with the usual escapes, not one long string: that is what parsing costs.</summary>
    static readonly string Turns =
        """{"role":"user","content":[{"type":"text","text":"Look at this part of the report:\n\n""" + string.Concat(Enumerable.Repeat(Row, 8))
        + """What stands out, and why?"}]},{"role":"assistant","content":[{"type":"text","text":"Search costs four times as much as checkout.\n\n""" + string.Concat(Enumerable.Repeat(Row, 4))
        + """Its prompts are longer, and it asks the dearer model."}]},""";

    public static byte[] Body(bool stream, int bytes)
    {
        var head = $$"""{"model":"{{StubAnswers.Model}}","max_tokens":1024,"stream":{{(stream ? "true" : "false")}},"system":"You answer briefly.","metadata":{"user_id":"call-{{Sequence}}"},"messages":[""";
        const string LastHead = """{"role":"user","content":" """;
        const string Tail = "\"}]}";
        var room = Math.Max(Sentence.Length, bytes - head.Length - LastHead.Length - Tail.Length);
        var turns = Math.Max(0, room - Sentence.Length) / Turns.Length;
        var text = string.Concat(Enumerable.Repeat(Sentence, Turns.Length / Sentence.Length + 2))[..(room - turns * Turns.Length)];
        return Encoding.UTF8.GetBytes(head + string.Concat(Enumerable.Repeat(Turns, turns)) + LastHead + text + Tail);
    }

    public static byte[] Whole(LoadOrder order)
    {
        var body = Body(order.Stream, order.BodyBytes);
        var head = $"POST /v1/messages HTTP/1.1\r\nHost: {order.Address.Authority}\r\nContent-Type: application/json\r\nAccept: application/json\r\nAnthropic-Version: 2023-06-01\r\nX-Api-Key: {order.Key}\r\nUser-Agent: bench\r\nContent-Length: {body.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }
}
