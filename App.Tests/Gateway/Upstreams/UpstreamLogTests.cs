using System.Net.Sockets;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Governance.Gateway.Upstreams;
using Governance.Tests.Proofs;

namespace Governance.Tests.Gateway.Upstreams;

/// <summary>One line for each upstream that failed, and none where the upstream did what it should.</summary>
public sealed class UpstreamLogTests
{
    const string Question = "a-secret-question";
    const string Answered = "a-secret-answer";

    [Fact]
    public async Task EveryFailureOfAnUpstreamIsOneLineWithNothingOfItsContent()
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var product = await Product.StartAsync(provider.Url, environment: [("Governance__Gateway__FirstByteSeconds", "1"), ("Governance__Gateway__IdleSeconds", "1")]);
        var closed = await product.ProjectAsync("closed", sections: $"upstreams:\n  - {{ id: closed, kind: anthropic, base_url: \"http://127.0.0.1:{Ports.Free()}\", api_key_env: PROOFS_UPSTREAM_KEY, allow_private_network: true }}\n", upstream: "closed");

        (await product.CallAsync(Answers.Call(text: Question))).Passed();
        await FailsAsync(_ => Answers.Error(529, "overloaded_error", Answered), "UpstreamRefused", " upstream_status=529 client_status=529 ");
        await FailsAsync(_ => Answers.Error(401, "authentication_error", Answered), "UpstreamRefused", " upstream_status=401 client_status=502 ");
        await FailsAsync(_ => new ProviderAnswer { Status = 502, ContentType = "text/html", Body = "<html>a-secret-answer"u8.ToArray() }, "UpstreamUnrecognised", " upstream_status=502 ");
        await FailsAsync(_ => new ProviderAnswer { Body = "a-secret-answer"u8.ToArray() }, "UpstreamGarbage", " upstream_status=200 ");
        await FailsAsync(_ => new ProviderAnswer { Play = (context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted) }, "UpstreamTimedOut", " upstream_status=0 client_status=504 ");
        await FailsAsync(_ => new ProviderAnswer { Play = (context, _) => { context.Abort(); return Task.CompletedTask; } }, "UpstreamLost", " upstream_status=0 ");
        await FailsAsync(request => Answers.Stream(request, 10, 5) with { Play = CutAsync }, "UpstreamCut", " upstream_status=200 ", ",\"stream\":true");
        var unreached = await product.CallAsync(Answers.Call(text: Question), closed);
        var line = await LineAsync(unreached, "UpstreamUnreachable", " upstream_status=0 client_status=502 ");
        Assert.Contains("Upstream closed failed", line, StringComparison.Ordinal);
        Assert.Contains("fault=Connection refused", line, StringComparison.Ordinal);

        // What the client asked for and the provider will not do is no trouble of the operator's.
        provider.Answer = _ => Answers.Error(400, "invalid_request_error", Answered);
        Assert.Equal(400, (await product.CallAsync(Answers.Call(text: Question))).Status);
        // The answer of a count is an estimate then; that its upstream failed is told all the same.
        provider.Answer = _ => Answers.Error(500, "api_error", Answered);
        var counted = await product.SendAsync(product.Post(Answers.Call(text: Question), product.Key, [], "v1/messages/count_tokens"));
        Assert.Equal((200, "true"), (counted.Status, counted.Header("x-governance-estimated")));
        Assert.Contains(" operation=count_tokens ", await LineAsync(counted, "UpstreamRefused", " upstream_status=500 client_status=200 "), StringComparison.Ordinal);

        Assert.Equal(9, product.App.Output.Split('\n').Count(each => each.Contains(UpstreamLog.Category, StringComparison.Ordinal)));
        foreach (var secret in new[] { Question, Answered, "aus der Probe", product.Key, closed, "sk-operators-own" })
        {
            Assert.DoesNotContain(secret, product.App.Output, StringComparison.Ordinal);
        }

        async Task FailsAsync(Func<ProviderRequest, ProviderAnswer> answer, string end, string statuses, string more = "")
        {
            provider.Answer = answer;
            var reply = await product.CallAsync(Answers.Call(text: Question, more: more));
            await LineAsync(reply, end, statuses);
        }

        async Task<string> LineAsync(Reply reply, string end, string statuses)
        {
            var id = $" call={reply.Header("request-id")} ";
            var output = await Eventually.ReadAsync(() => product.App.Output, said => said.Contains(id, StringComparison.Ordinal));
            var line = Assert.Single(output.Split('\n'), each => each.Contains(id, StringComparison.Ordinal) && each.Contains(UpstreamLog.Category, StringComparison.Ordinal));
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warn: ", line);
            Assert.Contains($" failed: end={end} ", line, StringComparison.Ordinal);
            Assert.Contains(statuses, line, StringComparison.Ordinal);
            Assert.Contains(" model=proof-model ", line, StringComparison.Ordinal);
            return line;
        }
    }

    /// <summary>What the other side wrote before a connection broke may be anything.</summary>
    [Fact]
    public void AFaultSaysItsKindAndNothingThatTheOtherSideWrote()
    {
        Assert.Equal("InvalidResponse", UpstreamLog.FaultOf(new HttpRequestException(HttpRequestError.InvalidResponse, $"Received an invalid status line: '{Answered}'.")));
        Assert.Equal("HttpIOException", UpstreamLog.FaultOf(new HttpIOException(HttpRequestError.ResponseEnded, Answered)));
        Assert.Equal("Unknown, ConnectionReset", UpstreamLog.FaultOf(new HttpRequestException(Answered, new IOException(Answered, new SocketException((int)SocketError.ConnectionReset)))));
        Assert.Equal("TaskCanceledException", UpstreamLog.FaultOf(new TaskCanceledException(Answered)));
        Assert.Equal("No route to host", UpstreamLog.FaultOf(new HttpRequestException(HttpRequestError.ConnectionError, "No route to host")));
    }

    static Task CutAsync(Microsoft.AspNetCore.Http.HttpContext context, byte[] body) => context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2)).AsTask();
}
