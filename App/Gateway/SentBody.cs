using System.Net;
using Governance.Audit;

namespace Governance.Gateway;

/// <summary>A body on its way upstream, which knows whether a byte of it was asked for: nobody bills what never left.</summary>
sealed class SentBody(ReadOnlyMemory<byte> bytes) : HttpContent
{
    /// <summary>True from the moment in which sending began.</summary>
    public bool Begun { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Begun = true;
        CrashPoint.Reach("sending");
        await stream.WriteAsync(bytes, cancellationToken);
        CrashPoint.Reach("sent");
    }

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }
}
