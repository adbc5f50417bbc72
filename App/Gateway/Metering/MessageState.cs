using System.Text.Json;
using Governance.Pricing;

namespace Governance.Gateway.Metering;

/// <summary>What has been learned of one answer so far. A value: a copy is kept while an event is read, and put back where the event turns out broken.</summary>
struct MessageState
{
    static readonly JsonReaderOptions options = new() { MaxDepth = 4_096, AllowTrailingCommas = true, AllowMultipleValues = true };

    UsageFields usage;
    string? model;
    string? stopReason;
    string? errorType;
    string? errorMessage;
    bool error;
    bool last;
    bool stopped;
    long outputBytes;

    /// <summary>Takes in the data of one event, or the body of a JSON answer. False where it is broken; what it said is then forgotten.</summary>
    public bool Apply(ReadOnlySpan<byte> data, bool whole)
    {
        if (data.IndexOf((byte)'{') < 0)
        {
            return false;
        }
        var before = this;
        try
        {
            var json = new Utf8JsonReader(data, options);
            while (json.Read())
            {
                if (json.TokenType == JsonTokenType.StartObject)
                {
                    ReadMessage(ref json, whole);
                }
                else
                {
                    json.Skip();
                }
            }
            return true;
        }
        catch (JsonException)
        {
            this = before;
            return false;
        }
        catch (InvalidOperationException)
        {
            // Invalid UTF-8 in a place that had to be compared as text.
            this = before;
            return false;
        }
    }

    public readonly MeterReading ToReading(bool complete, bool oversized)
    {
        var total = usage.ToUsage(out var splitUnknown);
        return new MeterReading
        {
            Model = model,
            Usage = total,
            Terms = usage.Terms,
            Lines = usage.Seen ? BillLines.Of(total, usage.Iterations, out _) : [],
            Final = (last || complete) && usage.Seen && !oversized,
            StopReason = stopReason,
            Stopped = complete ? stopped && stopReason is not null : stopped,
            Error = error,
            ErrorType = errorType,
            ErrorMessage = errorMessage,
            OutputBytes = outputBytes,
            UnknownUsage = usage.Unknown || !AreKnown(usage.Iterations),
            SplitUnknown = splitUnknown,
            Oversized = oversized,
        };
    }

    static bool AreKnown(IReadOnlyList<BillLine>? iterations)
    {
        if (iterations is null)
        {
            return true;
        }
        _ = BillLines.Of(default, iterations, out var known);
        return known;
    }

    /// <summary>An event's object or a whole message; what it means is told by what is in it, for types and order differ between vendors.</summary>
    void ReadMessage(ref Utf8JsonReader json, bool whole)
    {
        var inDelta = false;
        var hasUsage = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("type"u8))
            {
                json.Read();
                if (json.TokenType == JsonTokenType.String)
                {
                    last |= json.ValueTextEquals("message_stop"u8);
                    stopped |= json.ValueTextEquals(whole ? "message"u8 : "message_stop"u8);
                    error |= json.ValueTextEquals("error"u8);
                    inDelta = json.ValueTextEquals("message_delta"u8);
                }
                json.Skip();
            }
            else if (json.ValueTextEquals("usage"u8))
            {
                json.Read();
                hasUsage = usage.Read(ref json);
            }
            else if (json.ValueTextEquals("model"u8)) { model = ShortText.After(ref json) ?? model; }
            else if (json.ValueTextEquals("stop_reason"u8)) { stopReason = ShortText.After(ref json) ?? stopReason; }
            else if (json.ValueTextEquals("message"u8)) { ReadNested(ref json); }
            else if (json.ValueTextEquals("delta"u8) || json.ValueTextEquals("content_block"u8)) { ReadDelta(ref json); }
            else if (json.ValueTextEquals("error"u8)) { ReadError(ref json); }
            else if (whole && json.ValueTextEquals("content"u8)) { ReadContent(ref json); }
            else { json.Read(); json.Skip(); }
        }
        last |= inDelta && hasUsage;
    }

    void ReadNested(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.StartObject)
        {
            ReadMessage(ref json, whole: false);
            return;
        }
        json.Skip();
    }

    void ReadContent(ref Utf8JsonReader json)
    {
        json.Read();
        var start = json.TokenStartIndex;
        json.Skip();
        outputBytes += json.BytesConsumed - start;
    }

    void ReadDelta(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("text"u8) || json.ValueTextEquals("partial_json"u8) || json.ValueTextEquals("thinking"u8))
            {
                json.Read();
                outputBytes += json.TokenType == JsonTokenType.String ? json.ValueSpan.Length : 0;
                json.Skip();
            }
            else if (json.ValueTextEquals("stop_reason"u8)) { stopReason = ShortText.After(ref json) ?? stopReason; }
            else { json.Read(); json.Skip(); }
        }
    }

    void ReadError(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            error |= json.TokenType is not (JsonTokenType.Null or JsonTokenType.False);
            json.Skip();
            return;
        }
        error = true;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("type"u8)) { errorType = ShortText.After(ref json) ?? errorType; }
            else if (json.ValueTextEquals("message"u8)) { errorMessage = ShortText.After(ref json) ?? errorMessage; }
            else { json.Read(); json.Skip(); }
        }
    }
}
