using System.Text.Json;
using Governance.Decisions;

namespace Governance.Gateway.Surfaces.Anthropic.Metering;

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
    bool isMessage;
    bool stillRuns;
    bool ended;
    bool stopped;
    bool lastUsage;
    long outputBytes;

    /// <param name="longest">The longest cache write that the request asked for: what an answer leaves open is priced as that.</param>
    public MessageState(CacheWrite longest) => usage = new UsageFields(longest);

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
                    ReadMessage(ref json, whole, isNested: false);
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

    /// <param name="complete">True where the whole of a JSON answer was read.</param>
    /// <param name="oversized">True where a part of the answer went unread.</param>
    public readonly MeterReading ToReading(bool complete, bool oversized)
    {
        var total = usage.ToUsage(out var splitUnknown);
        var readings = usage.Seen ? usage.Readings() : [];
        return new MeterReading
        {
            Model = model,
            Usage = total,
            Terms = usage.Terms,
            Lines = readings.Count > 0 ? readings[0] : [],
            OtherReadings = readings.Count > 1 ? [.. readings.Skip(1)] : [],
            TotalsFell = usage.Fell,
            Final = (complete ? IsWholeMessage && usage.OutputSeen : (ended || stopped) && lastUsage) && !oversized,
            Stopped = (complete ? IsWholeMessage : stopped) && !oversized,
            StopReason = stopReason,
            Error = error,
            ErrorType = errorType,
            ErrorMessage = errorMessage,
            OutputBytes = outputBytes,
            UnknownUsage = usage.Unknown || !usage.PromptSeen || !BillLines.AreKnown(usage.Iterations),
            SplitUnknown = splitUnknown,
            Oversized = oversized,
        };
    }

    /// <summary>An event's object or a whole message; what it means is told by what is in it, for types and order differ between vendors.</summary>
    void ReadMessage(ref Utf8JsonReader json, bool whole, bool isNested)
    {
        var inDelta = false;
        var hasOutput = false;
        var hasReason = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("type"u8))
            {
                json.Read();
                if (json.TokenType == JsonTokenType.String)
                {
                    stopped |= !whole && json.ValueTextEquals("message_stop"u8);
                    error |= json.ValueTextEquals("error"u8);
                    inDelta = json.ValueTextEquals("message_delta"u8);
                    isMessage |= whole && json.ValueTextEquals("message"u8);
                }
                json.Skip();
            }
            else if (json.ValueTextEquals("usage"u8))
            {
                json.Read();
                hasOutput |= usage.Read(ref json);
            }
            else if (json.ValueTextEquals("model"u8)) { model = ShortText.After(ref json) ?? model; }
            else if (json.ValueTextEquals("stop_reason"u8)) { hasReason |= ReadReason(ref json); }
            else if (!isNested && json.ValueTextEquals("message"u8)) { ReadNested(ref json); }
            else if (json.ValueTextEquals("delta"u8) || json.ValueTextEquals("content_block"u8)) { hasReason |= ReadDelta(ref json); }
            else if (json.ValueTextEquals("error"u8)) { ReadError(ref json); }
            else if (whole && json.ValueTextEquals("content"u8)) { ReadContent(ref json); }
            else { json.Read(); json.Skip(); }
        }
        // What the start of a message says of its output is a beginning, unless it says that it stopped already; else only a delta says how much it was.
        lastUsage |= hasOutput && (inDelta || hasReason);
        ended |= inDelta && hasReason;
    }

    void ReadNested(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.StartObject)
        {
            ReadMessage(ref json, whole: false, isNested: true);
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

    /// <summary>True where it says why the answer stopped.</summary>
    bool ReadDelta(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return false;
        }
        var hasReason = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("text"u8) || json.ValueTextEquals("partial_json"u8) || json.ValueTextEquals("thinking"u8))
            {
                json.Read();
                outputBytes += json.TokenType == JsonTokenType.String ? json.ValueSpan.Length : 0;
                // What was counted before this was not the last.
                lastUsage &= json.TokenType != JsonTokenType.String || json.ValueSpan.IsEmpty;
                json.Skip();
            }
            else if (json.ValueTextEquals("stop_reason"u8)) { hasReason |= ReadReason(ref json); }
            else { json.Read(); json.Skip(); }
        }
        return hasReason;
    }

    /// <summary>Of a JSON answer: a message that does not say that it has no reason to stop yet.</summary>
    readonly bool IsWholeMessage => isMessage && !stillRuns;

    bool ReadReason(ref Utf8JsonReader json)
    {
        var reason = ShortText.After(ref json);
        stopReason = reason ?? stopReason;
        stillRuns = reason is not { Length: > 0 };
        return !stillRuns;
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
