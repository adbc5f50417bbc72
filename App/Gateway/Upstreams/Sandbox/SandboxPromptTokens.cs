using System.Text.Json;
using Governance.Decisions;
using Governance.Gateway.Surfaces.Anthropic.Reading;

namespace Governance.Gateway.Upstreams.Sandbox;

/// <summary>Counts the tokens of a block from its text alone, never more than the text has bytes; images and documents have a size of their own.</summary>
[Pure]
static class SandboxPromptTokens
{
    const long ImageTokensMost = 1_568;
    const long DocumentTokensMost = 3_000;
    const long BytesPerFileToken = 750;

    public static long OfBlock(JsonElement block)
    {
        if (block.ValueKind != JsonValueKind.Object || block.Text("type") == "redacted_thinking")
        {
            return 0;
        }
        if (block.Text("type") is "image" or "document" && block.Member("source") is { } source && source.Text("type") is not ("text" or "content"))
        {
            var isImage = block.Text("type") == "image";
            var most = isImage ? ImageTokensMost : DocumentTokensMost;
            return source.Text("data") is not { } data ? most
                : isImage && SizeOf(data, out var width, out var height) ? Math.Min(most, FileTokens.ExpectedOfImage(width, height))
                : Math.Clamp(data.Length / BytesPerFileToken, 1, most);
        }
        return OfTexts(block, everything: false);
    }

    static bool SizeOf(string base64, out long width, out long height)
    {
        var file = new byte[base64.Length];
        (width, height) = (0, 0);
        return Convert.TryFromBase64String(base64, file, out var length) && ImageSize.TryRead(file.AsSpan(0, length), whole: true, out width, out height);
    }

    static long OfTexts(JsonElement element, bool everything)
    {
        long tokens = 0;
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                tokens = SandboxTokens.Count(element.GetString());
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    tokens += everything ? OfTexts(item, everything) : OfItem(item);
                }
                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    if (everything || !Silent(member.Name))
                    {
                        tokens += OfTexts(member.Value, everything || member.Name is "input" or "input_schema");
                    }
                }
                break;
        }
        return tokens;
    }

    static long OfItem(JsonElement item) => item.ValueKind == JsonValueKind.Object ? OfBlock(item) : OfTexts(item, everything: false);

    /// <summary>Members that steer the provider and are no prompt text.</summary>
    static bool Silent(string name) =>
        name is "type" or "cache_control" or "id" or "tool_use_id" or "signature" or "media_type" or "file_id" or "url" or "encrypted_content";
}
