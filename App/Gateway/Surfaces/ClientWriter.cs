using System.Diagnostics;

namespace Governance.Gateway.Surfaces;

/// <summary>
/// The client's side of an answer, with a timer of its own: every piece has to be taken within <see cref="GatewaySettings.ClientWriteSeconds"/>,
/// and all the waiting for one client may take no longer than an upstream may. A client that is slower is treated as one that hung up.
/// </summary>
sealed class ClientWriter : IDisposable
{
    const int PieceBytes = 16 * 1024;

    /// <summary>What is left for a last word when the process is stopped at once.</summary>
    static readonly TimeSpan afterStop = TimeSpan.FromSeconds(3);

    readonly HttpContext context;
    readonly TimeSpan longest;
    readonly TimeSpan altogether;
    readonly CancellationToken stop;
    readonly CancellationTokenSource clock = new();
    readonly CancellationTokenRegistration stopping;

    /// <param name="stop">Cancelled when calls in flight are to end at once.</param>
    public ClientWriter(HttpContext context, GatewaySettings settings, CancellationToken stop = default)
    {
        (this.context, this.stop) = (context, stop);
        (longest, altogether) = (TimeSpan.FromSeconds(settings.ClientWriteSeconds), TimeSpan.FromSeconds(settings.TotalSeconds));
        stopping = stop.Register(() => clock.CancelAfter(afterStop));
    }

    /// <summary>True once the client hung up, or took nothing for too long.</summary>
    public bool IsGone { get; private set; }

    /// <summary>How long the client has been waited for.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>False where the client is gone.</summary>
    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!IsGone && !bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(PieceBytes, bytes.Length)];
            bytes = bytes[piece.Length..];
            await WritePieceAsync(piece);
        }
        return !(IsGone |= context.RequestAborted.IsCancellationRequested);
    }

    public void Dispose()
    {
        stopping.Dispose();
        clock.Dispose();
    }

    async ValueTask WritePieceAsync(ReadOnlyMemory<byte> piece)
    {
        try
        {
            var write = context.Response.Body.WriteAsync(piece, clock.Token);
            // Setting a timer costs more than a piece of a stream, and most are taken at once.
            await (write.IsCompleted ? write : WaitAsync(write));
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            IsGone = true;
            // An answer with a gap must not look like one that just ended.
            context.Abort();
        }
        IsGone |= context.RequestAborted.IsCancellationRequested;
    }

    async ValueTask WaitAsync(ValueTask write)
    {
        var since = Stopwatch.GetTimestamp();
        var left = altogether - Waited;
        clock.CancelAfter(stop.IsCancellationRequested ? afterStop : left <= TimeSpan.Zero ? TimeSpan.Zero : left < longest ? left : longest);
        try
        {
            await write;
        }
        finally
        {
            clock.CancelAfter(Timeout.InfiniteTimeSpan);
            Waited += Stopwatch.GetElapsedTime(since);
        }
    }
}
