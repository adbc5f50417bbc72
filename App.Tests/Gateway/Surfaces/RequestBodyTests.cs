using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Governance.Gateway.Surfaces;
using Governance.Gateway.Upstreams;
using Governance.Tests.Proofs;
using Microsoft.AspNetCore.Http;

namespace Governance.Tests.Gateway.Surfaces;

/// <summary>A body's buffer is another call's only when nobody sends it any more: else that call's bytes would leave under this one's name and key.</summary>
public sealed class RequestBodyTests
{
    const int Length = 40_000;

    [Fact]
    public async Task ABodyThatIsStillSentWhenItsCallIsOverKeepsItsBytes()
    {
        var (body, _) = await ReadAsync();
        using var sent = new SentBody(body.Memory, body);
        using var wire = new SlowStream();
        var sending = sent.CopyToAsync(wire);
        Assert.False(sending.IsCompleted);

        body.Dispose();
        OverwriteWhatThePoolGives();
        wire.Go.SetResult();
        await sending;

        Assert.True(wire.Seen.AsSpan().SequenceEqual(Bytes()));
        Assert.Throws<ObjectDisposedException>(() => body.Memory);
    }

    [Fact]
    public async Task TheBufferGoesBackOnceTheLastSendEndsAndNotTwice()
    {
        var (body, array) = await ReadAsync();
        using var sent = new SentBody(body.Memory, body);
        using var wire = new SlowStream();
        var sending = sent.CopyToAsync(wire);
        body.Dispose();
        body.Dispose();
        Assert.DoesNotContain(array, Take());
        // What waited goes on on this thread, which gives back and is the first to get it again; once.
        wire.Go.SetResult();
        Assert.Single(Take(), one => one == array);
        await sending;
        Assert.False(body.TryHold());
    }

    [Fact]
    public async Task ABodyIsNotSentOnceItWasGivenBack()
    {
        var (body, _) = await ReadAsync();
        using var sent = new SentBody(body.Memory, body);
        body.Dispose();
        using var wire = new MemoryStream();
        await Assert.ThrowsAnyAsync<Exception>(() => sent.CopyToAsync(wire));
        Assert.Equal((0L, false), (wire.Length, sent.Begun));
    }

    [Fact]
    public async Task ABodyWhoseSendWasBrokenOffIsNobodysAgain()
    {
        var (body, array) = await ReadAsync();
        using var sent = new SentBody(body.Memory, body);
        using var wire = new SlowStream();
        var sending = sent.CopyToAsync(wire);
        wire.Go.SetCanceled();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        body.Dispose();
        Assert.DoesNotContain(array, Take());
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task AnUpstreamThatReadsLateGetsTheBytesOfItsOwnCallThoughTheClientHasLeft()
    {
        const int Size = 4_000_000;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var product = await Product.StartAsync($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        using var leave = new CancellationTokenSource();
        var own = Answers.Call(text: new string('a', Size));
        var call = product.StreamAsync(own, cancellation: leave.Token);
        using var upstream = await listener.AcceptTcpClientAsync();
        await using var wire = upstream.GetStream();
        var got = new List<byte>();
        var piece = new byte[64 * 1024];
        while (got.Count < 4_096)
        {
            got.AddRange(piece.AsSpan(0, await wire.ReadAsync(piece.AsMemory(0, 1_024))));
        }

        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        for (var other = 0; other < 12; other++)
        {
            (await product.CallAsync(Answers.Call("nobody-knows-this", text: new string('b', Size)))).Refused(403, "policy_rule");
        }

        while (got.Count < own.Length || Head(got) + own.Length > got.Count)
        {
            var count = await wire.ReadAsync(piece);
            Assert.True(count > 0, "The upstream lost the call.");
            got.AddRange(piece.AsSpan(0, count));
        }
        Assert.True(own == Encoding.UTF8.GetString([.. got[Head(got)..]]), "The body that arrived is not the one that was sent.");
        await wire.WriteAsync("HTTP/1.1 400 Bad Request\r\nrequest-id: r\r\ncontent-length: 0\r\n\r\n"u8.ToArray());
    }

    static int Head(List<byte> got) => CollectionsMarshal.AsSpan(got).IndexOf("\r\n\r\n"u8) + 4;

    static byte[] Bytes() => [.. Enumerable.Repeat((byte)'a', Length)];

    static async Task<(RequestBody Body, byte[] Array)> ReadAsync()
    {
        var request = new DefaultHttpContext().Request;
        request.Body = new MemoryStream(Bytes());
        request.ContentLength = Length;
        var (body, _) = await RequestBody.ReadAsync(request, 1_000_000, new BodyRoom(long.MaxValue));
        Assert.True(MemoryMarshal.TryGetArray(body!.Memory, out var segment));
        return (body, segment.Array!);
    }

    /// <summary>As many buffers of this size as the pool could have kept.</summary>
    static List<byte[]> Take() => [.. Enumerable.Range(0, 64).Select(_ => ArrayPool<byte>.Shared.Rent(Length))];

    static void OverwriteWhatThePoolGives() => Take().ForEach(one => Array.Fill(one, (byte)'x'));

    /// <summary>A connection whose other side takes nothing until it is told to.</summary>
    sealed class SlowStream : MemoryStream
    {
        public TaskCompletionSource Go { get; } = new();

        public byte[] Seen { get; private set; } = [];

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Go.Task;
            Seen = buffer.ToArray();
        }
    }
}
