using System.Net;
using System.Net.Http.Headers;

namespace Governance.Gateway.Upstreams.Sandbox;

/// <summary>A body that is produced while it is read, frame by frame; nothing of it is held back or collected.</summary>
sealed class SandboxContent : HttpContent
{
    readonly IEnumerable<SandboxFrame> frames;
    readonly SandboxPacing pacing;
    readonly TimeProvider clock;

    public SandboxContent(IEnumerable<SandboxFrame> frames, string mediaType, SandboxPacing pacing, TimeProvider clock)
    {
        this.frames = frames;
        this.pacing = pacing;
        this.clock = clock;
        Headers.ContentType = new MediaTypeHeaderValue(mediaType, "utf-8");
    }

    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(new SandboxStream(frames.GetEnumerator(), pacing, clock));

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => new SandboxStream(frames.GetEnumerator(), pacing, clock);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using var source = new SandboxStream(frames.GetEnumerator(), pacing, clock);
        await source.CopyToAsync(stream, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
