using System.Net;
using Governance.Gateway.Surfaces;
using Governance.Journal;

namespace Governance.Gateway.Upstreams;

/// <summary>
/// A body on its way upstream, which knows whether a byte of it was asked for: nobody bills what never left. It holds the client's body while it is written,
/// however long its call is over by then, and refuses to begin once that was given back: another call's bytes would leave in its name.
/// </summary>
sealed class SentBody(ReadOnlyMemory<byte> bytes, RequestBody owner) : HttpContent
{
    /// <summary>True from the moment in which sending began.</summary>
    public bool Begun { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (!owner.TryHold())
        {
            throw new IOException("The call was over before its body was asked for.");
        }
        try
        {
            Begun = true;
            CrashPoint.Reach("sending");
            await stream.WriteAsync(bytes, cancellationToken);
            CrashPoint.Reach("sent");
        }
        catch
        {
            owner.Abandon();
            throw;
        }
        finally
        {
            owner.Release();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }
}
