using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Governance.Gateway;
using Governance.Gateway.Surfaces;
using Governance.Gateway.Upstreams;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Tests.Proofs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Governance.Tests.Gateway;

/// <summary>Everything that clients can pile up has a limit, and whoever meets it is told which.</summary>
public sealed class InFlightLimitTests
{
    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task ACallThatIsOneTooManyIsToldToComeBackAndPassesThen()
    {
        await using var product = await Product.StartAsync(null, environment: ("Governance__Gateway__MaxCalls", "2"));
        const string Slow = "{\"model\":\"claude-haiku-4-5\",\"max_tokens\":200,\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"[[slow 150ms]] [[tokens 120]]\"}]}";
        var streams = await Task.WhenAll(product.StreamAsync(Slow), product.StreamAsync(Slow));
        Assert.All(streams, stream => Assert.Equal(HttpStatusCode.OK, stream.StatusCode));

        var refused = await product.CallAsync(Slow);
        Assert.Equal((529, "overloaded_error", "calls_full", "2", "true"),
            (refused.Status, refused.Error.GetProperty("type").GetString(), refused.Error.GetProperty("code").GetString(), refused.Header("retry-after"), refused.Header("x-should-retry")));

        foreach (var stream in streams)
        {
            Assert.Contains("event: message_stop", await stream.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            stream.Dispose();
        }
        await Eventually.ReadAsync(() => product.CallAsync(Answers.Call("claude-haiku-4-5", 10)).GetAwaiter().GetResult().Status, status => status == 200);
    }

    [Fact]
    public async Task RefusalsBeyondTheRateAreToldInFullAndCountedInOneRow()
    {
        const int Calls = 60;
        await using var product = await Product.StartAsync(null, Answers.PriceRows + "\nbudgets:\n  - { id: month, scope: { project: main }, cap_usd: \"0.01\" }\nrules:\n  - { id: no-other, type: deny_model, scope: { project: main }, models: [proof-other], state: enforced }\n",
            environment: ("Governance__Gateway__RefusalsPerSecond", "3"));
        var refused = await Task.WhenAll(Enumerable.Range(0, Calls).Select(i => product.CallAsync(i % 2 == 0 ? Answers.Call("proof-cents", 60) : Answers.Call("proof-other", 60))));
        Assert.All(refused, (reply, i) => reply.Refused(i % 2 == 0 ? 402 : 403, i % 2 == 0 ? "budget_exceeded" : "policy_rule"));

        await Eventually.ReadAsync(() => Recorded() + Counted().Sum(row => row.Calls), all => all == Calls);
        Assert.InRange(Recorded(), 3, Calls - 1);
        Assert.Equal(Recorded(), product.Rows("SELECT id FROM usage WHERE outcome = 4").Count);
        Assert.All(Counted(), row => Assert.Contains($"was refused {(row.Calls == 1 ? "once" : $"{row.Calls} times")} more", row.Sentence, StringComparison.Ordinal));
        Assert.Subset(new HashSet<string> { "BUDGET_EXCEEDED", "MODEL_DENIED" }, Counted().Select(row => row.Code).ToHashSet());
        Assert.True((await Verification.VerifyAsync($"Data Source={product.App.DatabasePath}", null)).IsClean);

        int Recorded() => product.Rows("SELECT id FROM audit WHERE action = 'call.refused'").Count;

        List<(int Calls, string Code, string Sentence)> Counted() => [.. product.Rows($"SELECT body FROM audit WHERE action = '{RefusalRate.Action}'").Select(row =>
        {
            var body = JsonDocument.Parse(row.Bytes("body")).RootElement;
            return (body.GetProperty("details").GetProperty("calls").GetInt32(), body.GetProperty("details").GetProperty("deny_code").GetString()!, body.GetProperty("sentence").GetString()!);
        })];
    }

    [Fact]
    public async Task ABodyThatFindsNoRoomIsRefusedAndEveryEndGivesItsRoomBack()
    {
        var room = new BodyRoom(150_000);
        var (first, _) = await ReadAsync(60_000, room);
        Assert.NotNull(first);
        var (second, refusal) = await ReadAsync(60_000, new BodyRoom(room.Taken + 1_000));
        Assert.Equal((null, 529, "bodies_full"), (second, refusal!.Status, refusal.Code));
        var (third, full) = await ReadAsync(200_000, room);
        Assert.Equal((null, 529), (third, full!.Status));
        Assert.Equal(413, (await ReadAsync(2_000_000, new BodyRoom(long.MaxValue))).Refusal!.Status);
        first.Dispose();
        Assert.Equal(0, room.Taken);
        var (again, _) = await ReadAsync(60_000, room);
        again!.Abandon();
        again.Dispose();
        Assert.Equal(0, room.Taken);
    }

    [Fact]
    public async Task AClientOfAChangedUpstreamIsDroppedAndItsAnswerStillArrivesWhole()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var http = new OutboundHttp(Options.Create(new GatewaySettings()), new UpstreamShelf());
        UpstreamDefinition Version(int number) => new() { Id = "fake", Kind = UpstreamKind.Anthropic, BaseUrl = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/{number}", AllowPrivateNetwork = true };
        using var request = new HttpRequestMessage(HttpMethod.Get, Version(1).BaseUrl);
        var asking = http.For(Version(1)).SendAsync(request, CancellationToken.None);
        using var upstream = await listener.AcceptTcpClientAsync();
        await using var wire = upstream.GetStream();
        await wire.ReadAtLeastAsync(new byte[10], 10);
        await wire.WriteAsync("HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nhalf"u8.ToArray());
        using var answer = await asking;
        for (var edit = 2; edit <= 50; edit++)
        {
            http.For(Version(edit));
        }
        Assert.Equal(50, http.Count);

        // None of them is in force.
        http.Drop(http.FindOld());

        Assert.Equal(0, http.Count);
        await wire.WriteAsync("half"u8.ToArray());
        Assert.Equal("halfhalf", await answer.Content.ReadAsStringAsync());
        Assert.NotNull(http.For(Version(51)));
    }

    [Fact]
    public void WhoeverMayGoOnIsAnsweredBeforeWhoeverIsToldWhyNot()
    {
        var answered = new List<string>();
        List<JournalWork> group = [new Work(answered, "refused", true), new Work(answered, "admitted", false), new Work(answered, "refused too", true), new Work(answered, "admitted too", false)];
        JournalAnswers.Complete(group, 0, group.Count, onPool: false);
        Assert.Equal(["admitted", "admitted too", "refused", "refused too"], answered);
    }

    static async Task<(RequestBody? Body, Refusal? Refusal)> ReadAsync(int length, BodyRoom room)
    {
        var request = new DefaultHttpContext().Request;
        request.Body = new MemoryStream(Encoding.UTF8.GetBytes(new string('a', length)));
        return await RequestBody.ReadAsync(request, 1_000_000, room);
    }

    /// <summary>Notes when it is answered.</summary>
    sealed class Work(List<string> answered, string name, bool last) : JournalWork
    {
        public override bool IsAnsweredLast => last;

        public override void Execute(JournalTransaction transaction) => throw new NotSupportedException();

        public override void Complete() => answered.Add(name);

        public override void Fail(Exception exception) => throw exception;
    }
}
