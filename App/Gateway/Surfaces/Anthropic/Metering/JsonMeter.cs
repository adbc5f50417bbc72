using Governance.Decisions;

namespace Governance.Gateway.Surfaces.Anthropic.Metering;

/// <summary>Reads the usage out of an answer that came as one JSON document.</summary>
[Pure]
static class JsonMeter
{
    /// <summary>What the body says. A broken or cut body says nothing and is not final; never throws.</summary>
    /// <param name="body">The whole body, as it came.</param>
    /// <param name="longest">The longest cache write that the request asked for.</param>
    public static MeterReading Read(ReadOnlySpan<byte> body, CacheWrite longest = CacheWrite.None)
    {
        var state = new MessageState(longest);
        if (body.StartsWith("\uFEFF"u8))
        {
            body = body[3..];
        }
        var complete = state.Apply(body, whole: true);
        return state.ToReading(complete, oversized: false);
    }
}
