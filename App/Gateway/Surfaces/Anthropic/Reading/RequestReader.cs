using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace Governance.Gateway.Surfaces.Anthropic.Reading;

/// <summary>
/// Reads a request body once, strictly, over the original bytes, which are what is forwarded: whatever two JSON readers
/// could see differently (duplicates, spellings, half characters, sizes) is refused, so that what is judged here is what runs there.
/// </summary>
[Pure]
static class RequestReader
{
    public static ReadResult Read(ReadOnlySpan<byte> body, ReadLimits limits)
    {
        if (body.IsEmpty)
            return new ReadFault("The body is empty; a JSON object is expected.", null);
        if (body.StartsWith("\uFEFF"u8))
            return new ReadFault("The body begins with a byte order mark; send UTF-8 without one.", null);
        if (!Utf8.IsValid(body))
            return new ReadFault("The body is not valid UTF-8.", null);

        var walk = new BodyWalk(body, limits);
        try
        {
            return walk.Run() ? new ReadFacts(walk.Facts()) : walk.Fault!;
        }
        catch (JsonException malformed)
        {
            // The JSON reader has no other way to say it.
            return walk.Malformed(malformed);
        }
        finally
        {
            if (walk.Scratch.Length > 0)
                ArrayPool<byte>.Shared.Return(walk.Scratch);
        }
    }
}
