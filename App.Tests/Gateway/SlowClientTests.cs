using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Governance.Ledger;
using Governance.Tests.Proofs;
using Microsoft.AspNetCore.Http;

namespace Governance.Tests.Gateway;

/// <summary>A client that reads slowly is no silent upstream, and one that never reads again does not keep its call open.</summary>
public sealed class SlowClientTests : IAsyncLifetime
{
    /// <summary>More than all buffers between the two ends together.</summary>
    const int PadBytes = 24 * 1024 * 1024;

    FakeProvider _provider = null!;
    long _written;

    public async Task InitializeAsync() => _provider = await FakeProvider.StartAsync();

    public async Task DisposeAsync() => await _provider.DisposeAsync();

    /// <summary>It stops for longer than an upstream may be silent; then it reads on.</summary>
    [Theory]
    [Trait(Effort.Trait, Effort.Lengthy)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AClientThatStopsReadingForAWhileGetsItsWholeAnswer(bool stream)
    {
        await using var product = await StartAsync(clientSeconds: 60, totalSeconds: 60);
        Play();
        using var client = await AskAsync(product, "slow", stream);
        await StandsStillAsync();
        using var reader = new StreamReader(client.GetStream());
        var text = await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.StartsWith("HTTP/1.1 200", text, StringComparison.Ordinal);
        Assert.DoesNotContain("event: error", text, StringComparison.Ordinal);
        Assert.EndsWith(stream ? "\r\n0\r\n\r\n" : "\"output_tokens\":5}}", text, StringComparison.Ordinal);
        await PostedAsync(product, "slow", UsageFlags.None);
    }

    [Theory]
    [Trait(Effort.Trait, Effort.Lengthy)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AClientThatNeverReadsAgainIsGoneAfterItsOwnTimeAndItsCallIsPostedExactly(bool stream)
    {
        await using var product = await StartAsync(clientSeconds: 2, totalSeconds: 60);
        Play();
        using var client = await AskAsync(product, "never", stream);
        await PostedAsync(product, "never", UsageFlags.ClientGone);
        // What it got is not made to look whole.
        using var rest = new MemoryStream();
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await client.GetStream().CopyToAsync(rest).WaitAsync(TimeSpan.FromSeconds(60));
            var text = Encoding.UTF8.GetString(rest.ToArray());
            throw text.EndsWith("0\r\n\r\n", StringComparison.Ordinal) || rest.Length > PadBytes ? new InvalidOperationException("It looks whole.") : new IOException("It just ended.");
        });
    }

    /// <summary>The silence of an upstream still counts from when the client has taken what there was.</summary>
    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task AnUpstreamThatFallsSilentAfterASlowClientIsStillNoticed()
    {
        await using var product = await StartAsync(clientSeconds: 60, totalSeconds: 60);
        _provider.Answer = request => Answers.Stream(request, 10, 5) with
        {
            Play = async (context, _) =>
            {
                await WriteAsync(context, string.Concat(Answers.Events(request, 10, 5).Take(4)) + Pad());
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            },
        };
        using var client = await AskAsync(product, "silent", stream: true);
        await StandsStillAsync();
        using var reader = new StreamReader(client.GetStream());
        Assert.Contains("fell silent", await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30)), StringComparison.Ordinal);
        var row = await product.UsageAsync("session = 'silent'");
        Assert.Equal((UsageOutcome.Posted, "UpstreamIdle", row.Number("estimate_nanos")), ((UsageOutcome)row.Number("outcome"), row.Text("end"), row.Number("cost_nanos")));
    }

    /// <summary>All buffers on the way are full, and nothing has moved for longer than an upstream may be silent. A document that the product has read whole is as good.</summary>
    async Task StandsStillAsync()
    {
        await Eventually.ReadAsync(() => Interlocked.Read(ref _written), written => written > 0);
        for (var (seen, since) = (0L, Stopwatch.GetTimestamp()); Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(4); await Task.Delay(50))
        {
            if (Interlocked.Read(ref _written) is var written && written != seen)
            {
                (seen, since) = (written, Stopwatch.GetTimestamp());
            }
        }
    }

    /// <summary>Answers with far more than fits on the way.</summary>
    void Play()
    {
        _provider.Answer = request => Answers.Message(request, 10, 5) with
        {
            Play = async (context, body) =>
            {
                if (request.Stream)
                {
                    var events = Answers.Events(request, 10, 5);
                    await WriteAsync(context, string.Concat(events.Take(4)) + Pad());
                    for (var pause = 0; pause < 5; pause++)
                    {
                        await WriteAsync(context, events[2]);
                        await Task.Delay(500, context.RequestAborted);
                    }
                    await WriteAsync(context, string.Concat(events.Skip(4)));
                    return;
                }
                // A document is read to its end before a byte of it goes on.
                await WriteAsync(context, Encoding.UTF8.GetString(body).Replace("Grüße", new string('x', PadBytes), StringComparison.Ordinal));
            },
        };
    }

    /// <summary>Comments, which every client skips.</summary>
    static string Pad() => new StringBuilder().Insert(0, ": " + new string('x', 1020) + "\n\n", PadBytes / 1024).ToString();

    async Task WriteAsync(HttpContext context, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var at = 0; at < bytes.Length; at += 64 * 1024)
        {
            await context.Response.Body.WriteAsync(bytes.AsMemory(at, Math.Min(64 * 1024, bytes.Length - at)), context.RequestAborted);
            Interlocked.Add(ref _written, 64 * 1024);
        }
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    async Task<Product> StartAsync(int clientSeconds, int totalSeconds) => await Product.StartAsync(_provider.Url, environment:
    [
        ("Governance__Gateway__IdleSeconds", "1"),
        ("Governance__Gateway__ClientWriteSeconds", clientSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ("Governance__Gateway__TotalSeconds", totalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture)),
    ]);

    /// <summary>Asks, and reads nothing.</summary>
    static async Task<TcpClient> AskAsync(Product product, string user, bool stream)
    {
        var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(product.App.Url.Host, product.App.Url.Port);
        var body = Answers.Call(more: $",\"stream\":{(stream ? "true" : "false")},\"metadata\":{{\"user_id\":\"{user}\"}}");
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"POST /v1/messages HTTP/1.1\r\nhost: localhost\r\nx-api-key: {product.Key}\r\ncontent-type: application/json\r\ncontent-length: {body.Length}\r\nconnection: close\r\n\r\n{body}"));
        return client;
    }

    static async Task PostedAsync(Product product, string user, object flags)
    {
        var row = await product.UsageAsync("session = @user", ("@user", user));
        Assert.Equal((UsageOutcome.Posted, "Completed", Answers.Bill(Answers.Model, 10, 5), (UsageFlags)flags), ((UsageOutcome)row.Number("outcome"), row.Text("end"), row.Number("cost_nanos"), (UsageFlags)row.Number("flags")));
        Assert.Empty(product.Rows("SELECT id FROM holds"));
    }
}
