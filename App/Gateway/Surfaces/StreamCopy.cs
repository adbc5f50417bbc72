using System.Buffers;

namespace Governance.Gateway.Surfaces;

/// <summary>The client's side of a stream: writes what comes, notices when the client has gone and then only takes a place among those that are read to their end, and keeps a copy where it may be cached.</summary>
sealed class StreamCopy(ClientWriter client, SemaphoreSlim drains, int keepBytes) : IDisposable
{
    readonly ArrayBufferWriter<byte>? kept = keepBytes > 0 ? new ArrayBufferWriter<byte>(4096) : null;
    readonly byte[] tail = new byte[4];
    bool draining;
    bool keptWhole = true;

    public bool ClientGone => client.IsGone;

    /// <summary>How long the client has been waited for.</summary>
    public TimeSpan Waited => client.Waited;

    /// <summary>The whole answer so far; null where it is not kept or grew too large.</summary>
    public ReadOnlyMemory<byte>? Kept => kept is not null && keptWhole ? kept.WrittenMemory : null;

    /// <summary>False where the client is gone and there is no place left to read the answer to its end.</summary>
    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        Keep(bytes);
        KeepTail(bytes.Span);
        if (!ClientGone)
        {
            if (await client.WriteAsync(bytes))
            {
                return true;
            }
            draining = await drains.WaitAsync(0);
        }
        return draining;
    }

    /// <summary>Ends an event inside which the answer broke off: no client reads it without its blank line, and what comes next would be glued to it.</summary>
    public async ValueTask EndEventAsync()
    {
        if (!EndsEvent(tail))
        {
            await WriteAsync("\n\n"u8.ToArray());
        }
    }

    public void Dispose()
    {
        if (draining)
        {
            drains.Release();
        }
    }

    /// <summary>True behind a blank line, and where nothing was written yet.</summary>
    static bool EndsEvent(ReadOnlySpan<byte> tail) => tail.EndsWith("\n\n"u8) || tail.EndsWith("\r\n\r\n"u8) || tail.EndsWith("\r\r"u8) || tail[^1] == 0;

    void KeepTail(ReadOnlySpan<byte> bytes)
    {
        var last = bytes.Length > tail.Length ? bytes[^tail.Length..] : bytes;
        tail.AsSpan(last.Length).CopyTo(tail);
        last.CopyTo(tail.AsSpan(tail.Length - last.Length));
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
