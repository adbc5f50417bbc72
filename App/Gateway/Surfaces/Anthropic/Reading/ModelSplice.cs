using System.Text.Encodings.Web;
using System.Text.Json;
using Governance.Decisions;

namespace Governance.Gateway.Surfaces.Anthropic.Reading;

/// <summary>Puts another model into a body and leaves every other byte as it was.</summary>
[Pure]
static class ModelSplice
{
    /// <summary><paramref name="facts"/> must have been read from this very body.</summary>
    public static byte[] Replace(ReadOnlySpan<byte> body, RequestFacts facts, string model)
    {
        var name = JsonEncodedText.Encode(model, JavaScriptEncoder.Default).EncodedUtf8Bytes;
        if (facts.ModelLength > 0)
            return [.. body[..facts.ModelOffset], (byte)'"', .. name, (byte)'"', .. body[(facts.ModelOffset + facts.ModelLength)..]];

        var inside = body.IndexOf((byte)'{') + 1;
        var empty = body[inside..].TrimStart(" \t\r\n"u8)[0] == '}';
        return [.. body[..inside], .. "\"model\":\""u8, .. name, (byte)'"', .. empty ? ""u8 : ","u8, .. body[inside..]];
    }
}
