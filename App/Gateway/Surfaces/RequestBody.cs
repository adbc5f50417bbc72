using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace Governance.Gateway.Surfaces;

/// <summary>
/// A request's body, read whole into a pooled buffer. The buffer goes back to the pool when the owner has disposed of it and nobody sends it any more,
/// whichever comes last: whoever sends it holds it meanwhile.
/// </summary>
sealed class RequestBody : IDisposable
{
    const int FirstBytes = 64 * 1024;
    static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    readonly byte[] buffer;
    readonly int length;
    readonly BodyRoom room;
    /// <summary>The owner and everyone who sends it; at 0 the buffer is somebody else's.</summary>
    int holders = 1;
    int disposed;
    volatile bool abandoned;

    /// <summary>Takes over the buffer, and its place in <paramref name="room"/>.</summary>
    RequestBody(byte[] buffer, int length, BodyRoom room) => (this.buffer, this.length, this.room) = (buffer, length, room);

    /// <summary>The bytes. Only for whoever holds the body.</summary>
    public ReadOnlyMemory<byte> Memory => Volatile.Read(ref holders) > 0 ? buffer.AsMemory(0, length) : throw new ObjectDisposedException(nameof(RequestBody));

    /// <summary>Keeps the buffer until <see cref="Release"/>. False where it was given back already: what stands in it then belongs to another call.</summary>
    public bool TryHold()
    {
        for (var seen = Volatile.Read(ref holders); seen > 0; seen = Volatile.Read(ref holders))
        {
            if (Interlocked.CompareExchange(ref holders, seen + 1, seen) == seen)
            {
                return true;
            }
        }
        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref holders) > 0)
        {
            return;
        }
        if (abandoned)
        {
            room.GiveBack(buffer.Length);
            return;
        }
        Return(buffer, room);
    }

    /// <summary>The body, or why it is not taken: an encoding, both framings at once, too large, cut off, or no room for it now.</summary>
    public static async Task<(RequestBody? Body, Refusal? Refusal)> ReadAsync(HttpRequest request, int limitBytes, BodyRoom room)
    {
        if (request.Headers.ContentEncoding.Count > 0 && request.Headers.ContentEncoding.ToString() is not ("" or "identity"))
        {
            return (null, Refusal.Plain(415, "invalid_request_error", "content-encoding: send the body uncompressed; what cannot be read cannot be governed."));
        }
        // Kestrel takes the length away where both are there, and leaves it under this name.
        if (request.Headers.TransferEncoding.Count > 0 && (request.ContentLength is not null || request.Headers.ContainsKey("x-content-length")))
        {
            return (null, Refusal.Malformed("A request may not have both content-length and transfer-encoding."));
        }
        if (request.ContentLength > limitBytes)
        {
            return (null, TooLarge(limitBytes));
        }
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            // Read no further than one byte beyond the limit, which is then refused here, with a body that says so.
            size.MaxRequestBodySize = limitBytes + 1L;
        }
        if (TakeWhatIsHere(request, limitBytes, room) is { } whole)
        {
            return (whole, null);
        }
        // A length is only a promise: what is taken at once is what a call usually has.
        if (Rent((int)Math.Min((request.ContentLength ?? 0) + 1, FirstBytes), room) is not { } buffer)
        {
            return (null, NoRoom);
        }
        var length = 0;
        using var clock = new CancellationTokenSource(Longest);
        try
        {
            while (true)
            {
                if (length == buffer.Length)
                {
                    var larger = Rent(Math.Min(limitBytes + 1, buffer.Length * 2), room);
                    if (larger is null)
                    {
                        Return(buffer, room);
                        return (null, NoRoom);
                    }
                    buffer.AsSpan(0, length).CopyTo(larger);
                    Return(buffer, room);
                    buffer = larger;
                }
                var read = await request.Body.ReadAsync(buffer.AsMemory(length), clock.Token);
                if (read == 0)
                {
                    return (new RequestBody(buffer, length, room), null);
                }
                length += read;
                if (length > limitBytes)
                {
                    Return(buffer, room);
                    return (null, TooLarge(limitBytes));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or BadHttpRequestException)
        {
            Return(buffer, room);
            return (null, exception is BadHttpRequestException { StatusCode: 413 } ? TooLarge(limitBytes) : Refusal.Malformed(clock.IsCancellationRequested ? "The body took too long to arrive." : "The body ended before it was complete."));
        }
    }

    /// <summary>Most bodies have come with their head: they are taken without waiting. Null where some is missing, or where it is too much.</summary>
    static RequestBody? TakeWhatIsHere(HttpRequest request, int limitBytes, BodyRoom room)
    {
        if (request.ContentLength is not { } promised || !request.BodyReader.TryRead(out var here))
        {
            return null;
        }
        // Where there is no room the way that reads piece by piece finds that out, and says so.
        if (here.Buffer.Length != promised || promised > limitBytes || Rent(Math.Max((int)promised, 1), room) is not { } buffer)
        {
            request.BodyReader.AdvanceTo(here.Buffer.Start);
            return null;
        }
        var length = (int)promised;
        here.Buffer.CopyTo(buffer);
        request.BodyReader.AdvanceTo(here.Buffer.End);
        return new RequestBody(buffer, length, room);
    }

    /// <summary>Leaves the buffer to the garbage collector: a write of it was broken off, and what lies under it may not have let go of it.</summary>
    public void Abandon() => abandoned = true;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
        {
            Release();
        }
    }

    static byte[]? Rent(int bytes, BodyRoom room)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(bytes);
        if (room.TryTake(buffer.Length))
        {
            return buffer;
        }
        ArrayPool<byte>.Shared.Return(buffer);
        return null;
    }

    static void Return(byte[] buffer, BodyRoom room)
    {
        room.GiveBack(buffer.Length);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    static Refusal NoRoom => Refusal.Plain(529, "overloaded_error", "The bodies of the calls in flight take all the memory that they may (Governance:Gateway:MaxBodyBytes), so this one was not read. Try again shortly.", "bodies_full", retryAfterSeconds: 2, shouldRetry: true);

    static Refusal TooLarge(int limitBytes) => Refusal.Plain(413, "request_too_large", $"The body is larger than {limitBytes / (1024 * 1024)} MiB, the limit of this gateway.");
}
