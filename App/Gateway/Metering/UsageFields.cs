using System.Text.Json;
using Governance.Pricing;

namespace Governance.Gateway.Metering;

/// <summary>The latest non-null value of every field of <c>usage</c>. Later objects replace field by field and never add.</summary>
struct UsageFields
{
    /// <summary>No answer has a thousand billion tokens; a larger figure is noise.</summary>
    const long CountMax = 1_000_000_000_000;

    long? input;
    long? cacheRead;
    long? cacheWrite;
    long? writtenShort;
    long? writtenLong;
    long? output;
    long? reasoning;
    long? searches;
    bool? fast;
    bool? geoUs;
    bool? batch;
    bool counted;

    /// <summary>A number was seen that says how much the call was.</summary>
    public readonly bool Seen => input is not null || output is not null;

    /// <summary>Something counted that this product does not know how to price.</summary>
    public bool Unknown { get; private set; }

    /// <summary>The latest <c>iterations</c>; null where there were none.</summary>
    public IReadOnlyList<BillLine>? Iterations { get; private set; }

    public readonly ServiceTerms Terms => new(fast ?? false, geoUs ?? false, batch ?? false);

    /// <summary>Reads the value that the reader stands on; anything but an object says nothing. True where it has a count.</summary>
    public bool Read(ref Utf8JsonReader json)
    {
        counted = false;
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return false;
        }
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            ReadProperty(ref json);
        }
        return counted;
    }

    public readonly TokenUsage ToUsage(out bool splitUnknown)
    {
        var (five, hour) = Split(out splitUnknown);
        return new TokenUsage
        {
            InputTokens = input ?? 0,
            CacheReadTokens = cacheRead ?? 0,
            CacheWriteShortTokens = five,
            CacheWriteLongTokens = hour,
            OutputTokens = output ?? 0,
            ReasoningTokens = Math.Min(reasoning ?? 0, output ?? 0),
            WebSearches = searches ?? 0,
        };
    }

    /// <summary>The split comes from the start of the message; a later total may differ from it.</summary>
    readonly (long Short, long Long) Split(out bool unknown)
    {
        var (five, hour) = (writtenShort ?? 0, writtenLong ?? 0);
        var total = cacheWrite ?? five + hour;
        unknown = total != five + hour;
        if (!unknown)
        {
            return (five, hour);
        }
        // All that was split went to one class: so does the rest.
        if (five == 0 && hour > 0)
        {
            return (0, total);
        }
        return total > hour ? (total - hour, hour) : (0, total);
    }

    void ReadProperty(ref Utf8JsonReader json)
    {
        if (json.ValueTextEquals("input_tokens"u8)) { Count(ref json, ref input); }
        else if (json.ValueTextEquals("output_tokens"u8)) { Count(ref json, ref output); }
        else if (json.ValueTextEquals("cache_read_input_tokens"u8)) { Count(ref json, ref cacheRead); }
        else if (json.ValueTextEquals("cache_creation_input_tokens"u8)) { Count(ref json, ref cacheWrite); }
        else if (json.ValueTextEquals("cache_creation"u8)) { ReadCacheCreation(ref json); }
        else if (json.ValueTextEquals("output_tokens_details"u8)) { ReadDetails(ref json); }
        else if (json.ValueTextEquals("server_tool_use"u8)) { ReadServerTools(ref json); }
        else if (json.ValueTextEquals("iterations"u8)) { ReadIterations(ref json); }
        else if (json.ValueTextEquals("service_tier"u8)) { Flag(ref json, "batch"u8, ref batch); }
        else if (json.ValueTextEquals("inference_geo"u8)) { Flag(ref json, "us"u8, ref geoUs); }
        else if (json.ValueTextEquals("speed"u8)) { Flag(ref json, "fast"u8, ref fast); }
        else { ReadUnknown(ref json); }
    }

    void ReadCacheCreation(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            Doubt(ref json);
            return;
        }
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("ephemeral_5m_input_tokens"u8)) { Count(ref json, ref writtenShort); }
            else if (json.ValueTextEquals("ephemeral_1h_input_tokens"u8)) { Count(ref json, ref writtenLong); }
            else { ReadUnknown(ref json); }
        }
    }

    /// <summary>Parts of the output total, never beside it: an unknown part is no unknown cost.</summary>
    void ReadDetails(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("thinking_tokens"u8)) { Count(ref json, ref reasoning); }
            else { json.Read(); json.Skip(); }
        }
    }

    void ReadServerTools(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            Doubt(ref json);
            return;
        }
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("web_search_requests"u8)) { Count(ref json, ref searches); }
            // A fetch costs its tokens and nothing else.
            else if (json.ValueTextEquals("web_fetch_requests"u8)) { json.Read(); json.Skip(); }
            else { ReadUnknown(ref json); }
        }
    }

    void ReadIterations(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            Doubt(ref json);
            return;
        }
        var lines = new List<BillLine>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.StartObject)
            {
                Doubt(ref json);
                continue;
            }
            lines.Add(ReadIteration(ref json));
        }
        Iterations = lines;
    }

    BillLine ReadIteration(ref Utf8JsonReader json)
    {
        var fields = new UsageFields();
        string? kind = null;
        string? model = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("type"u8)) { kind = ShortText.After(ref json); }
            else if (json.ValueTextEquals("model"u8)) { model = ShortText.After(ref json); }
            else { fields.ReadProperty(ref json); }
        }
        Unknown |= fields.Unknown;
        return new BillLine(kind ?? "", model, fields.ToUsage(out _));
    }

    void ReadUnknown(ref Utf8JsonReader json)
    {
        // Breakdowns of figures that are known are called so by every vendor.
        var breakdown = json.ValueSpan.EndsWith("_details"u8);
        json.Read();
        if (breakdown)
        {
            json.Skip();
            return;
        }
        Doubt(ref json);
    }

    /// <summary>Passes over a value of unknown meaning; a number in it that is not zero is noted.</summary>
    void Doubt(ref Utf8JsonReader json)
    {
        var depth = json.CurrentDepth;
        do
        {
            Unknown |= json.TokenType == JsonTokenType.Number && !(json.TryGetDouble(out var number) && number == 0);
        }
        while ((json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray || json.CurrentDepth > depth) && json.Read());
    }

    void Count(ref Utf8JsonReader json, ref long? field)
    {
        json.Read();
        switch (json.TokenType)
        {
            case JsonTokenType.Number when json.TryGetInt64(out var whole) && whole is >= 0 and <= CountMax:
                (field, counted) = (whole, true);
                break;
            // 12.0 and 1e3 are whole as well; a negative, broken or absurd count is not to be believed.
            case JsonTokenType.Number when json.TryGetDecimal(out var number) && number >= 0 && number <= CountMax && number == decimal.Truncate(number):
                (field, counted) = ((long)number, true);
                break;
            case JsonTokenType.Null:
                break;
            default:
                Unknown = true;
                json.Skip();
                break;
        }
    }

    static void Flag(ref Utf8JsonReader json, ReadOnlySpan<byte> meant, ref bool? field)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String)
        {
            field = json.ValueTextEquals(meant);
            return;
        }
        json.Skip();
    }
}
