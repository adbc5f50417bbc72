using System.Text.Json;

namespace Governance.Gateway.Surfaces.Anthropic.Metering;

/// <summary>Short strings out of foreign JSON.</summary>
[Pure]
static class ShortText
{
    const int BytesMax = 4_096;

    /// <summary>The string after the property that the reader stands on; null for anything else, for broken text and for text beyond reason.</summary>
    public static string? After(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.String)
        {
            json.Skip();
            return null;
        }
        if (json.ValueSpan.Length > BytesMax)
        {
            return null;
        }
        try
        {
            return json.GetString();
        }
        catch (InvalidOperationException)
        {
            // Not UTF-8, or half a surrogate pair.
            return null;
        }
    }
}
