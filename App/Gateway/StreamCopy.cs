using System.Buffers;

namespace Governance.Gateway;

/// <summary>The client's side of a stream: writes what comes, notices when the client has gone and then only takes a place among those that are read to their end, and keeps a copy where it may be cached.</summary>
sealed class StreamCopy(HttpContext context, SemaphoreSlim drains, int keepBytes) : IDisposable
{
    readonly ArrayBufferWriter<byte>? kept = keepBytes > 0 ? new ArrayBufferWriter<byte>(4096) : null;
    bool draining;
    bool keptWhole = true;

    public bool ClientGone { get; private set; }

    /// <summary>The whole answer so far; null where it is not kept or grew too large.</summary>
    public ReadOnlyMemory<byte>? Kept => kept is not null && keptWhole ? kept.WrittenMemory : null;

    /// <summary>False where the client is gone and there is no place left to read the answer to its end.</summary>
    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        Keep(bytes);
        if (!ClientGone)
        {
            try
            {
                await context.Response.Body.WriteAsync(bytes);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                ClientGone = true;
            }
            ClientGone |= context.RequestAborted.IsCancellationRequested;
            if (!ClientGone)
            {
                return true;
            }
            draining = await drains.WaitAsync(0);
        }
        return draining;
    }

    public void Dispose()
    {
        if (draining)
        {
            drains.Release();
        }
    }

    void Keep(ReadOnlyMemory<byte> bytes)
    {
        if (kept is null || !keptWhole)
        {
            return;
        }
        if (kept.WrittenCount + bytes.Length > keepBytes)
        {
            keptWhole = false;
            kept.Clear();
            return;
        }
        kept.Write(bytes.Span);
    }
}
