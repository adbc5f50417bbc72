using System.Text.Json;
using Governance.Pricing;

namespace Governance.Gateway.Surfaces.Anthropic.Metering;

/// <summary>How each field of <c>usage</c> is read; what is not known is noted.</summary>
partial struct UsageFields
{
    /// <summary>True where it is the count of the output.</summary>
    bool ReadProperty(ref Utf8JsonReader json)
    {
        if (json.ValueTextEquals("output_tokens"u8)) { return Grow(ref json, ref output); }
        if (json.ValueTextEquals("input_tokens"u8)) { CountOnce(ref json, ref input, NamedCounts.Input); }
        else if (json.ValueTextEquals("cache_read_input_tokens"u8)) { CountOnce(ref json, ref cacheRead, NamedCounts.CacheRead); }
        else if (json.ValueTextEquals("cache_creation_input_tokens"u8)) { CountOnce(ref json, ref cacheWrite, NamedCounts.CacheWrite); }
        else if (json.ValueTextEquals("cache_creation"u8)) { ReadCacheCreation(ref json); }
        else if (json.ValueTextEquals("output_tokens_details"u8)) { ReadDetails(ref json); }
        else if (json.ValueTextEquals("server_tool_use"u8)) { ReadServerTools(ref json); }
        else if (json.ValueTextEquals("iterations"u8)) { ReadIterations(ref json); }
        else if (json.ValueTextEquals("service_tier"u8)) { ReadTier(ref json); }
        else if (json.ValueTextEquals("inference_geo"u8)) { ReadGeo(ref json); }
        else if (json.ValueTextEquals("speed"u8)) { ReadSpeed(ref json); }
        else if (json.ValueTextEquals("total_tokens"u8)) { Count(ref json, ref totalTokens); }
        else if (json.ValueTextEquals("total_input_tokens"u8)) { Count(ref json, ref totalInput); }
        else if (json.ValueTextEquals("total_output_tokens"u8)) { Count(ref json, ref totalOutput); }
        else { ReadUnknown(ref json); }
        return false;
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
            if (json.ValueTextEquals("web_search_requests"u8)) { Grow(ref json, ref searches); }
            // A fetch and a search among tools cost their tokens and nothing else.
            else if (json.ValueTextEquals("web_fetch_requests"u8) || json.ValueTextEquals("tool_search_requests"u8)) { json.Read(); json.Skip(); }
            else { ReadUnknown(ref json); }
        }
    }

    void ReadIterations(ref Utf8JsonReader json)
    {
        unknown |= (named & NamedCounts.Iterations) != 0;
        named |= NamedCounts.Iterations;
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            Doubt(ref json);
            return;
        }
        var lines = new List<BillLine>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (lines.Count == MaxItems)
            {
                unknown = true;
                json.Skip();
                continue;
            }
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
        var fields = new UsageFields(longest);
        string? kind = null;
        string? model = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("type"u8)) { kind = ShortText.After(ref json); }
            else if (json.ValueTextEquals("model"u8)) { model = ShortText.After(ref json); }
            else { fields.ReadProperty(ref json); }
        }
        unknown |= fields.Unknown;
        return new BillLine(kind ?? "", model, fields.ToUsage(out _), new LineTerms(fields.fast, fields.geoUs));
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
            unknown |= json.TokenType == JsonTokenType.Number && !(json.TryGetDouble(out var number) && number == 0);
        }
        while ((json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray || json.CurrentDepth > depth) && json.Read());
    }

    /// <summary>A count that only grows: a smaller one is noted and the larger stays. True where it is one.</summary>
    bool Grow(ref Utf8JsonReader json, ref long? field)
    {
        var before = field;
        var counted = Count(ref json, ref field);
        if (field < before)
        {
            Fell = true;
            field = before;
        }
        return counted;
    }

    /// <summary>A count that one object names twice is not to be believed, whichever of them was meant.</summary>
    void CountOnce(ref Utf8JsonReader json, ref long? field, NamedCounts count)
    {
        unknown |= (named & count) != 0;
        named |= count;
        Count(ref json, ref field);
    }

    bool Count(ref Utf8JsonReader json, ref long? field)
    {
        json.Read();
        switch (json.TokenType)
        {
            case JsonTokenType.Number when json.TryGetInt64(out var whole) && whole is >= 0 and <= CountMax:
                field = whole;
                return true;
            // 12.0 and 1e3 are whole as well; a negative, broken or absurd count is not to be believed.
            case JsonTokenType.Number when json.TryGetDecimal(out var number) && number >= 0 && number <= CountMax && number == decimal.Truncate(number):
                field = (long)number;
                return true;
            case JsonTokenType.Null:
                return false;
            default:
                unknown = true;
                json.Skip();
                return false;
        }
    }

    void ReadTier(ref Utf8JsonReader json)
    {
        if (Modifier(ref json))
        {
            var isBatch = json.ValueTextEquals("batch"u8);
            // Cheaper only where nothing else was ever said.
            batch = isBatch && batch != false;
            unknown |= !isBatch && !json.ValueTextEquals("standard"u8) && !json.ValueTextEquals("priority"u8);
        }
    }

    void ReadGeo(ref Utf8JsonReader json)
    {
        if (Modifier(ref json))
        {
            var inUs = json.ValueTextEquals("us"u8);
            unknown |= !inUs && !json.ValueTextEquals("global"u8) && !json.ValueTextEquals("not_available"u8) && !json.ValueTextEquals(""u8);
            geoUs = inUs || geoUs == true;
        }
    }

    void ReadSpeed(ref Utf8JsonReader json)
    {
        if (Modifier(ref json))
        {
            var isFast = json.ValueTextEquals("fast"u8);
            unknown |= !isFast && !json.ValueTextEquals("standard"u8);
            fast = isFast || fast == true;
        }
    }

    /// <summary>True where a word follows; null says nothing, anything else is a modifier that nobody knows.</summary>
    bool Modifier(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String)
        {
            return true;
        }
        unknown |= json.TokenType != JsonTokenType.Null;
        json.Skip();
        return false;
    }
}
