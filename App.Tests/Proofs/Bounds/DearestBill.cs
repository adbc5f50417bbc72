using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Governance.Tests.Proofs.Bounds;

/// <summary>
/// A provider's biller at its worst, made from the published price table and rules and from none of the product's code: every byte of text is a token,
/// every image is of the largest size, a PDF has as many pages as are taken, all of the prompt is written into the dearest cache that was asked for, every answer
/// is as long as it may be, every use of a tool is used up and fills the window, every fallback is tried and billed.
/// </summary>
sealed class DearestBill
{
    const long ImageTokens = 4_784, PageTokens = 3_000 + ImageTokens, PagesMost = 600, RequestTokens = 7, MessageTokens = 4, ToolPromptTokens = 900;
    const long SearchNanos = 10_000_000;

    sealed record Rates(long Input, long Output, long WriteShort, long WriteLong);

    sealed record Price(Rates Base, long? TierAbove, Rates? Tier, long? Window, long? Longest, int UsPermille, int FastPermille);

    readonly Dictionary<string, Price> prices;

    public DearestBill()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "Proofs", "Bounds", "prices.cases.csv");
        prices = File.ReadLines(file).Skip(1).Select(line => line.Split(',')).ToDictionary(cell => cell[0], cell => new Price(
            new Rates(Number(cell[1]), Number(cell[2]), Number(cell[3]), Number(cell[4])),
            Optional(cell[5]), cell[5].Length == 0 ? null : new Rates(Number(cell[6]), Number(cell[7]), Number(cell[8]), Number(cell[9])),
            Optional(cell[10]), Optional(cell[11]), (int)Number(cell[12]), (int)Number(cell[13])));
    }

    public IReadOnlyList<string> Models => [.. prices.Keys];

    /// <summary>The most that the provider can bill for this body, in nano-dollars.</summary>
    public BigInteger Of(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var call = document.RootElement;
        var tools = call.TryGetProperty("tools", out var listed) ? listed.EnumerateArray().ToList() : [];
        var uses = tools.Sum(Uses);
        var most = call.GetProperty("max_tokens").GetInt64();
        var (measured, everything) = Input(call, tools.Count > 0);
        var compacts = Raw(call, "context_management").Contains("compact_", StringComparison.Ordinal);
        var fast = Text(call, "speed") == "fast";
        var us = Text(call, "inference_geo") == "us";
        var write = Raw(call, "cache_control").Length + Count(call, "cache_control") == 0 ? 0 : call.GetRawText().Contains("\"1h\"", StringComparison.Ordinal) ? 2 : 1;

        var zeptos = Serve(call.GetProperty("model").GetString()!, most);
        foreach (var fallback in call.TryGetProperty("fallbacks", out var fallbacks) ? fallbacks.EnumerateArray().ToList() : [])
        {
            zeptos += Serve(fallback.GetProperty("model").GetString()!, fallback.TryGetProperty("max_tokens", out var own) ? own.GetInt64() : most);
        }
        foreach (var advisor in tools.Where(tool => Text(tool, "type")?.StartsWith("advisor", StringComparison.Ordinal) == true))
        {
            var price = prices[advisor.GetProperty("model").GetString()!];
            zeptos += Uses(advisor) * Cost(price, price.Window ?? measured, price.Longest ?? 0);
        }
        zeptos += (BigInteger)tools.Where(tool => Text(tool, "type")?.StartsWith("web_search", StringComparison.Ordinal) == true).Sum(Uses) * SearchNanos * 1_000_000_000_000;
        return (zeptos + 999_999_999_999) / 1_000_000_000_000;

        // One model through all its turns: the first prompt as it is, each later one as large as the window.
        BigInteger Serve(string model, long output)
        {
            var price = prices[model];
            var first = everything ? price.Window ?? 0 : Math.Min(measured, price.Window ?? measured);
            var cost = Cost(price, first, output) + (uses * Cost(price, price.Window ?? first, output));
            return compacts ? cost + Cost(price, first, price.Longest ?? 0) : cost;
        }

        BigInteger Cost(Price price, long input, long output)
        {
            var rates = price.Tier is { } tier && input > price.TierAbove ? tier : price.Base;
            var inputRate = write switch { 2 => Math.Max(rates.Input, Math.Max(rates.WriteShort, rates.WriteLong)), 1 => Math.Max(rates.Input, rates.WriteShort), _ => rates.Input };
            return (((BigInteger)input * inputRate) + ((BigInteger)output * rates.Output)) * (us ? price.UsPermille : 1000) * (fast ? price.FastPermille : 1000) * 1000;
        }
    }

    /// <summary>The tokens of the prompt as far as they can be counted, and whether there is something that cannot: an address or a file may hold anything.</summary>
    static (long Measured, bool Everything) Input(JsonElement call, bool tools)
    {
        var messages = call.GetProperty("messages");
        var tokens = RequestTokens + (messages.GetArrayLength() * MessageTokens) + (tools ? ToolPromptTokens : 0);
        var (images, documents) = (0, 0);
        var everything = call.TryGetProperty("container", out _);
        tokens += Bytes(messages, ref images, ref documents, ref everything);
        tokens += call.TryGetProperty("system", out var system) ? Bytes(system, ref images, ref documents, ref everything) : 0;
        tokens += Compact(call, "tools") + Compact(call, "output_config");
        return (tokens + (images * ImageTokens) + (documents == 0 ? 0 : PagesMost * PageTokens), everything);
    }

    /// <summary>What a person or a tool wrote; names of fields are no prompt, except in the input of a tool, which the model reads as it is.</summary>
    static long Bytes(JsonElement value, ref int images, ref int documents, ref bool everything)
    {
        if (value.ValueKind is JsonValueKind.String)
        {
            return Encoding.UTF8.GetByteCount(value.GetString()!);
        }
        var sum = 0L;
        if (value.ValueKind is JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
            {
                sum += Bytes(item, ref images, ref documents, ref everything);
            }
        }
        if (value.ValueKind is not JsonValueKind.Object)
        {
            return sum;
        }
        if (Text(value, "type") is "base64" or "url")
        {
            images += Text(value, "media_type")?.StartsWith("image/", StringComparison.Ordinal) == true ? 1 : 0;
            documents += Text(value, "media_type") == "application/pdf" ? 1 : 0;
            everything |= Text(value, "type") == "url";
            return sum;
        }
        foreach (var property in value.EnumerateObject())
        {
            sum += property.Name switch
            {
                "type" or "cache_control" or "media_type" or "role" or "is_error" or "citations" => 0,
                "input" => Encoding.UTF8.GetByteCount(JsonSerializer.Serialize(property.Value, plain)),
                _ => Bytes(property.Value, ref images, ref documents, ref everything),
            };
        }
        return sum;
    }

    static readonly JsonSerializerOptions plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    static long Compact(JsonElement call, string name) => call.TryGetProperty(name, out var value) ? Encoding.UTF8.GetByteCount(JsonSerializer.Serialize(value, plain)) : 0;

    static long Uses(JsonElement tool) => tool.TryGetProperty("max_uses", out var uses) ? uses.GetInt64() : 0;

    static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    static string Raw(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) ? value.GetRawText() : "";

    static int Count(JsonElement call, string name) => call.GetRawText().Contains($"\"{name}\"", StringComparison.Ordinal) ? 1 : 0;

    static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    static long? Optional(string text) => text.Length == 0 ? null : Number(text);
}
