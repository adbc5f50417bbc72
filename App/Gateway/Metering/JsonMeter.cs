namespace Governance.Gateway.Metering;

/// <summary>Reads the usage out of an answer that came as one JSON document.</summary>
[Pure]
static class JsonMeter
{
    /// <summary>What the body says. A broken or cut body says nothing and is not final; never throws.</summary>
    public static MeterReading Read(ReadOnlySpan<byte> body)
    {
        var state = new MessageState();
        if (body.StartsWith("\uFEFF"u8))
        {
            body = body[3..];
        }
        var complete = state.Apply(body, whole: true);
        return state.ToReading(complete, oversized: false);
    }
}
