namespace Governance.Gateway.Upstreams.Sandbox;

/// <summary>The reading end of a body under production: each frame appears after its wait, and a lost connection is an <see cref="IOException"/> as from a socket.</summary>
sealed class SandboxStream(IEnumerator<SandboxFrame> frames, SandboxPacing pacing, TimeProvider clock) : Stream
{
    readonly CancellationTokenSource closing = new();
    ReadOnlyMemory<byte> rest;
    int produced;
    bool closed;

    public override bool CanRead => !closed;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(closed, this);
        cancellationToken.ThrowIfCancellationRequested();
        while (rest.IsEmpty)
        {
            if (!frames.MoveNext())
            {
                return 0;
            }
            await WaitAsync(pacing.Before(produced++), cancellationToken);
            if (frames.Current.Lost)
            {
                throw new IOException("The sandbox lost the connection, as a marker asked.");
            }
            rest = frames.Current.Bytes;
        }
        var length = Math.Min(buffer.Length, rest.Length);
        rest[..length].CopyTo(buffer);
        rest = rest[length..];
        return length;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !closed)
        {
            closed = true;
            closing.Cancel();
            closing.Dispose();
        }
        base.Dispose(disposing);
    }

    async Task WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        if (wait > TimeSpan.Zero)
        {
            // A reader that closes the stream must not leave its last read waiting for a minute.
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, closing.Token);
            await Task.Delay(wait, clock, either.Token);
        }
    }
}
