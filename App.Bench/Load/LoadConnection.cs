using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Governance.Bench.Wire;

namespace Governance.Bench.Load;

/// <summary>One keep-alive connection with one call in flight, on a raw socket; after the first call it allocates nothing but the timers of a steady pace.</summary>
sealed class LoadConnection : IDisposable
{
    readonly LoadOrder order;
    readonly long from;
    readonly long until;
    readonly long first;
    readonly int index;
    readonly long mostRequests;
    readonly byte[] request;
    readonly int sequenceOffset;
    long sequence;
    long turn;
    Socket? socket;

    public LoadConnection(LoadOrder order, int index, long from, long until)
    {
        (this.order, this.index, this.from, this.until) = (order, index, from, until);
        first = from - (long)(order.WarmupSeconds * Stopwatch.Frequency);
        mostRequests = Math.Max(1, order.MostRequests / order.Connections);
        request = RequestBytes.Whole(order);
        sequenceOffset = request.AsSpan().IndexOf(Encoding.ASCII.GetBytes(RequestBytes.Sequence));
        // Twelve digits hold 1,000 connections with a thousand million calls each.
        sequence = index * 1_000_000_000L + Random.Shared.Next(500_000_000);
    }

    public Latencies Latencies { get; } = new();
    public long Total { get; private set; }
    public long Faults { get; private set; }
    public string? FirstFault { get; private set; }

    public async Task RunAsync()
    {
        var reader = new HttpMessageReader();
        while (Total + Faults < mostRequests && Stopwatch.GetTimestamp() < until)
        {
            try
            {
                socket ??= await ConnectAsync();
                if (await WaitForTurnAsync() is not { } began)
                {
                    return;
                }
                await CallAsync(socket, reader, began);
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException or BenchException)
            {
                Note(fault.Message);
                socket?.Dispose();
                socket = null;
                reader = new HttpMessageReader();
                await Task.Delay(10);
            }
        }
    }

    public void Dispose() => socket?.Dispose();

    async Task<Socket> ConnectAsync()
    {
        var connected = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await connected.ConnectAsync(Loopback.EndPoint(order.Address));
        return connected;
    }

    /// <summary>At a steady pace: waits until the next call is due. One that was due while the call before was in flight counts from then, because its caller would have waited.</summary>
    /// <returns>From when the call counts; null where none is due any more.</returns>
    async ValueTask<long?> WaitForTurnAsync()
    {
        if (order.CallsPerSecond <= 0)
        {
            return Stopwatch.GetTimestamp();
        }
        var due = first + (long)((turn++ * order.Connections + index) * (Stopwatch.Frequency / order.CallsPerSecond));
        if (due >= until)
        {
            return null;
        }
        var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
        if (wait <= TimeSpan.Zero)
        {
            return due;
        }
        await Task.Delay(wait);
        // Not from when it was due: that a timer is late is nothing of the target's.
        return Stopwatch.GetTimestamp();
    }

    async ValueTask CallAsync(Socket connected, HttpMessageReader reader, long began)
    {
        StampSequence();
        for (var sent = 0; sent < request.Length;)
        {
            sent += await connected.SendAsync(request.AsMemory(sent), SocketFlags.None);
        }
        int received;
        do
        {
            received = await connected.ReceiveAsync(reader.Free, SocketFlags.None);
            if (received == 0)
            {
                throw new BenchException("The connection was closed before the answer was complete.");
            }
        }
        while (!reader.Advance(received));
        var ended = Stopwatch.GetTimestamp();
        if (reader.Status != 200 || (order.AnswerBytes != 0 && reader.BodyBytes != order.AnswerBytes))
        {
            Note($"Status {reader.Status}, {reader.BodyBytes} bytes (expected {order.AnswerBytes}): {Encoding.UTF8.GetString(reader.Message[..Math.Min(reader.Message.Length, 900)])}");
        }
        else
        {
            Total++;
            if (ended >= from && ended < until)
            {
                Latencies.Add(ended - began);
            }
        }
        reader.Next();
    }

    void StampSequence()
    {
        var rest = ++sequence;
        for (var digit = RequestBytes.Sequence.Length - 1; digit >= 0; digit--)
        {
            request[sequenceOffset + digit] = (byte)('0' + rest % 10);
            rest /= 10;
        }
    }

    void Note(string fault)
    {
        Faults++;
        FirstFault ??= fault;
    }
}
