using System.Net;
using System.Net.Sockets;
using Governance.Gateway;
using Governance.Gateway.Upstreams;
using Microsoft.Extensions.Options;

namespace Governance.Tests.Gateway.Upstreams;

/// <summary>Whatever becomes of a connection, the gateway hears of it as a fault of HTTP, by which it knows whether a call can have been billed.</summary>
public sealed class OutboundHttpTests
{
    /// <summary>About one in a thousand is reset in the instant between its making and the client's question who is at its other end.</summary>
    [Fact]
    public async Task AConnectionThatIsResetAtOnceIsAFaultOfHttp()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var upstream = new UpstreamDefinition { Id = "fake", Kind = UpstreamKind.Anthropic, BaseUrl = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", AllowPrivateNetwork = true };
        using var end = new CancellationTokenSource();
        var resetting = Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                using var accepted = await listener.AcceptSocketAsync(end.Token);
                accepted.LingerState = new LingerOption(true, 0);
            }
        });
        using var http = new OutboundHttp(Options.Create(new GatewaySettings()), new UpstreamShelf());
        await Parallel.ForAsync(0, 6_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, cancellation) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, upstream.BaseUrl);
            await Assert.ThrowsAsync<HttpRequestException>(() => http.For(upstream).SendAsync(request, cancellation));
        });
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => resetting);
    }
}
