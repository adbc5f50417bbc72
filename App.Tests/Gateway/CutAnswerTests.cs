using System.Text;
using Governance.Ledger;
using Governance.Tests.Proofs;

namespace Governance.Tests.Gateway;

/// <summary>Answers that end before their end: who pays, what the client is told, and that none is repeated from the cache.</summary>
[Collection(SharedProduct.Collection)]
public sealed class CutAnswerTests(SharedProduct shared)
{
    const string ErrorEvent = "event: error\ndata: {\"type\":\"error\"";

    readonly Product _product = shared.Product;
    readonly FakeProvider _provider = shared.FreshProvider();

    /// <summary>Glued to the unfinished line, our event would be read as part of it.</summary>
    [Theory]
    [InlineData("data: {\"type\":\"content_block_delta\",\"ind")]
    [InlineData("data: {\"type\":\"ping\"}\n")]
    [InlineData("data: {\"type\":\"ping\"}")]
    [InlineData("event: pi")]
    public async Task WhereAStreamBreaksOffInsideAnEventTheErrorBeginsOnALineOfItsOwn(string piece)
    {
        _provider.Answer = request => Answers.Stream(request, 10, 5) with { Body = Encoding.UTF8.GetBytes(string.Concat(Answers.Events(request, 10, 5).Take(4)) + piece) };
        var reply = await _product.CallAsync(Answers.Call(more: ",\"stream\":true"));
        Assert.Contains(piece + "\n\n" + ErrorEvent, reply.Text, StringComparison.Ordinal);
        await HeldAsync(reply, "UpstreamCut");
    }

    /// <summary>All of its usage was there, so what it cost is known; a client is told all the same that the answer has no end.</summary>
    [Theory]
    [InlineData("close")]
    [InlineData("abort")]
    [InlineData("silence")]
    public async Task AnAnswerWithoutItsLastEventIsPostedExactlyAndToldAndNotRepeated(string how)
    {
        var key = await _product.ProjectAsync($"no-stop-{how}", project: ", cache: true");
        var body = Answers.Call(text: "message_stop", more: ",\"stream\":true");
        var sent = "";
        _provider.Answer = request =>
        {
            // The words alone, in the model's text and as an event's name, are no end.
            var events = Answers.Events(request, 10, 5).SkipLast(1).Select(data => data.Replace("aus der Probe", "event: message_stop {\\\"type\\\":\\\"message_stop\\\"}", StringComparison.Ordinal));
            sent = string.Concat(events);
            return Answers.Stream(request, 10, 5) with
            {
                Play = async (context, _) =>
                {
                    await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(sent));
                    await context.Response.Body.FlushAsync();
                    if (how == "abort")
                    {
                        await Task.Delay(300);
                        context.Abort();
                    }
                    else if (how == "silence")
                    {
                        await Task.Delay(Timeout.Infinite, context.RequestAborted);
                    }
                },
            };
        };
        var reply = await _product.CallAsync(body, key);
        Assert.StartsWith(sent + ErrorEvent, reply.Text, StringComparison.Ordinal);
        var row = await _product.UsageOfAsync(reply);
        Assert.Equal((UsageOutcome.Posted, "Completed", Answers.Bill(Answers.Model, 10, 5), 0L), ((UsageOutcome)row.Number("outcome"), row.Text("end"), row.Number("cost_nanos"), row.Number("flags")));
        _provider.Answer = Answers.Message;
        Assert.Null((await _product.CallAsync(body, key)).Passed().Header("x-governance-cache"));
    }

    [Theory]
    [InlineData("{\"type\":\"message_stop\"}\n")]
    [InlineData("{\"type\":\"message_stop\"}")]
    public async Task ALastEventWithoutItsBlankLineIsEndedForTheClient(string data)
    {
        _provider.Answer = request => Answers.Stream(request, 10, 5) with { Body = Encoding.UTF8.GetBytes(string.Concat(Answers.Events(request, 10, 5).SkipLast(1)) + "event: message_stop\ndata: " + data) };
        var reply = await _product.CallAsync(Answers.Call(more: ",\"stream\":true"));
        Assert.EndsWith("event: message_stop\ndata: " + data + "\n\n", reply.Text, StringComparison.Ordinal);
        Assert.Equal(Answers.Bill(Answers.Model, 10, 5), (await _product.UsageOfAsync(reply)).Number("cost_nanos"));
    }

    /// <summary>Usage alone does not make a document an answer: the last usage comes with the reason to stop.</summary>
    [Theory]
    [InlineData("""{"id":"msg_1","type":"message","role":"assistant","model":"proof-model","content":[],"stop_reason":null,"usage":{"input_tokens":10,"output_tokens":5}}""", "UpstreamGarbage")]
    [InlineData("""{"id":"x","type":"completion","model":"proof-model","stop_reason":"end_turn","usage":{"input_tokens":10,"output_tokens":5}}""", "UpstreamGarbage")]
    [InlineData("""{"model":"proof-model","stop_reason":"end_turn","usage":{"input_tokens":10,"output_tokens":5}}""", "UpstreamGarbage")]
    [InlineData("""{"type":"message","model":"proof-model","stop_reason":"end_turn"}""", "UpstreamGarbage")]
    [InlineData("""{"type":"message","model":"proof-model","stop_reason":"end_turn","usage":{"input_tokens":10,"output_tokens":5}""", "UpstreamGarbage")]
    [InlineData("""{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"usage":{"input_tokens":10,"output_tokens":5}}""", "UpstreamError")]
    [InlineData("", "UpstreamGarbage")]
    public async Task ADocumentThatIsNoWholeMessageCountsWithItsHoldAndIsNotRepeated(string document, string end)
    {
        var project = $"document-{document.Length}-{end.Length}";
        var key = await _product.ProjectAsync(project, project: ", cache: true");
        _provider.Answer = _ => new ProviderAnswer { Body = Encoding.UTF8.GetBytes(document) };
        var reply = await _product.CallAsync(Answers.Call(), key);
        Assert.Equal((200, document, null), (reply.Status, reply.Text, reply.Header("x-governance-cost-usd")));
        await HeldAsync(reply, end);
        _provider.Answer = Answers.Message;
        Assert.Null((await _product.CallAsync(Answers.Call(), key)).Passed().Header("x-governance-cache"));
    }

    /// <summary>The head came at once and a part of the body too, and then nothing.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ADocumentThatFallsSilentIsNotWaitedForLongerThanAStream(bool length)
    {
        _provider.Answer = request => Answers.Message(request) with
        {
            Play = async (context, body) =>
            {
                if (length)
                {
                    context.Response.ContentLength = body.Length;
                }
                await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2));
                await context.Response.Body.FlushAsync();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            },
        };
        var reply = (await _product.CallAsync(Answers.Call())).Refused(504, "api_error");
        Assert.Contains("fell silent", reply.Message, StringComparison.Ordinal);
        await HeldAsync(reply, "UpstreamIdle");
    }

    async Task HeldAsync(Reply reply, string end)
    {
        var row = await _product.UsageOfAsync(reply);
        Assert.Equal((UsageOutcome.Posted, end, UsageFlags.Unverified), ((UsageOutcome)row.Number("outcome"), row.Text("end"), (UsageFlags)row.Number("flags") & ~UsageFlags.UnknownUsage));
        Assert.True(row.Number("estimate_nanos") > 0);
        Assert.Equal(row.Number("estimate_nanos"), row.Number("cost_nanos"));
    }
}
