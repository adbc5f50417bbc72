using System.Globalization;
using System.Text;
using System.Text.Json;
using Governance.Decisions;

namespace Governance.Gateway.Surfaces.Anthropic.Reading;

/// <summary>The settings of a call: what stands at the top level and beside it.</summary>
ref partial struct BodyWalk
{
    bool Property(Place place, ReadOnlySpan<byte> name, int start, ref Shape shape)
    {
        var key = Keys.Of(name);
        return place switch
        {
            Place.Top => TopProperty(key, name, start),
            Place.Message or Place.Block => BlockProperty(place, key, start, ref shape),
            Place.Source => SourceProperty(key, start, ref shape),
            Place.Tool => ToolProperty(key, name, ref shape),
            Place.Metadata when key == Key.UserId => OptionalString(_limits.UserLengthMax, out _userId),
            Place.Thinking when key == Key.Type => ThinkingType(),
            Place.Thinking when key == Key.BudgetTokens && _reader.TokenType == JsonTokenType.Number => ThinkingBudget(),
            Place.CacheControl when key == Key.Ttl => StringOf(ref shape.Ttl),
            Place.Format when key == Key.Schema => Data(),
            Place.Format when key == Key.Format => Value(Place.Format),
            _ => ControlProperty(key, name),
        };
    }

    /// <summary>The value that has just begun, whatever its type.</summary>
    bool Value(Place place)
    {
        var token = _reader.TokenType;
        switch (place)
        {
            case Place.Messages:
                return token == JsonTokenType.StartObject ? Message() : Fail("an object is expected");
            case Place.Tools when token != JsonTokenType.StartArray:
                return token == JsonTokenType.StartObject ? Tool() : Fail("an object is expected");
            case Place.NestedTools when token == JsonTokenType.StartObject:
                return Tool();
            case Place.Content or Place.Block when token == JsonTokenType.StartObject:
                return Block();
            case Place.Content or Place.Block when token != JsonTokenType.StartArray:
                return Counted();
            case Place.Fallbacks when token == JsonTokenType.String:
                return OtherModel();
        }
        var shape = new Shape();
        return token switch
        {
            JsonTokenType.StartArray => Elements(place, out _),
            JsonTokenType.StartObject => Object(place == Place.Fallbacks ? Place.Control : place, ref shape),
            _ => true,
        };
    }

    bool TopProperty(Key key, ReadOnlySpan<byte> name, int start)
    {
        switch (key)
        {
            case Key.Model: return TopModel();
            case Key.MaxTokens: return Whole(out _maxTokens);
            case Key.Stream: return Flag(out _stream);
            case Key.Messages: return TopMessages();
            case Key.System: return Value(Place.Content);
            case Key.Tools: return Null() || (ArrayExpected() && Value(Place.Tools));
            case Key.Thinking: return Null() || ThinkingObject();
            case Key.Metadata: return Null() || (ObjectExpected() && Value(Place.Metadata));
            case Key.ServiceTier: return OptionalString(_limits.NameLengthMax, out _serviceTier);
            case Key.InferenceGeo: return Geo();
            case Key.Speed: return Speed();
            case Key.CacheControl: return CacheControl();
            case Key.Fallbacks: return Null() || Value(Place.Fallbacks);
            case Key.McpServers: return Servers();
            case Key.Container or Key.Thread:
                _unmeasurable |= !Null();
                return Value(Place.Control);
            case Key.Compaction:
                _compaction |= !Null();
                return Value(Place.Control) && Raw(start);
            case Key.OutputConfig or Key.OutputFormat: return Value(Place.Format) && Raw(start);
            case Key.Quiet: return Value(Place.Control);
            case Key.ContextManagement: return Value(Place.Control) && Raw(start);
        }
        if (Keys.VariantOf(name) is { } known)
            return Fail($"differs from '{known}' only in case; names are spelled exactly");
        // Unknown fields pass; what they hold may become text.
        return Value(Place.Control) && Raw(start);
    }

    bool ControlProperty(Key key, ReadOnlySpan<byte> name)
    {
        switch (key)
        {
            case Key.Model when _reader.TokenType == JsonTokenType.String: return OtherModel();
            case Key.MaxTokens: return OtherMaxTokens();
            case Key.Speed when _reader.TokenType == JsonTokenType.String: return Speed();
            case Key.InferenceGeo when _reader.TokenType == JsonTokenType.String: return Geo();
            case Key.CacheControl or Key.Caching: return CacheControl();
            case Key.FileId:
                _unmeasurable |= !Null();
                return Value(Place.Control);
            case Key.Fallbacks: return Value(Place.Fallbacks);
            case Key.Messages or Key.System or Key.Content: return Value(Place.Content);
            case Key.Tool or Key.Definition when _reader.TokenType == JsonTokenType.StartObject: return Value(Place.NestedTools);
            case Key.Tools when _reader.TokenType == JsonTokenType.StartArray: return Value(Place.NestedTools);
            case Key.Type when _reader.TokenType == JsonTokenType.String: return ControlType();
        }
        return !Keys.IsModelVariant(name) ? Value(Place.Control) : Fail("differs from 'model' only in case; names are spelled exactly");
    }

    bool ControlType()
    {
        var type = Decoded(StringSlice());
        _compaction |= type.StartsWith("compact_"u8);
        StrayTool(type);
        return true;
    }

    /// <summary>A tool of the provider's is one wherever it stands; what bounds it there is not known.</summary>
    void StrayTool(ReadOnlySpan<byte> type)
    {
        if (ToolTypes.IsKnownServerTool(type))
            _serverTools.Add(new ServerTool(Encoding.UTF8.GetString(type), null));
    }

    bool TopMessages()
    {
        _messagesSeen = true;
        return _reader.TokenType == JsonTokenType.StartArray ? Elements(Place.Messages, out _messages) : Fail("an array is expected");
    }

    bool ThinkingObject()
    {
        // Whatever is not switched off by name is taken to be on.
        _thinking = true;
        return ObjectExpected() && Value(Place.Thinking);
    }

    bool ThinkingType()
    {
        if (!OptionalString(_limits.NameLengthMax, out var type))
            return false;
        _thinking = type != "disabled";
        return true;
    }

    bool ThinkingBudget()
    {
        _thinkingBudget = _reader.TryGetInt64(out var tokens) ? tokens : null;
        return true;
    }

    bool Speed()
    {
        if (!OptionalString(_limits.NameLengthMax, out var speed))
            return false;
        // A speed that nobody knows is held at the dearest that is known, as its answer will be flagged.
        _fast |= speed is not (null or "" or "standard");
        return true;
    }

    /// <summary>Where the call, a fallback or a tool is served; of several places the one that costs more is kept.</summary>
    bool Geo()
    {
        var before = _inferenceGeo;
        if (!OptionalString(_limits.NameLengthMax, out _inferenceGeo))
            return false;
        _inferenceGeo = before is null or "" or "global" or "not_available" ? _inferenceGeo : before;
        return true;
    }

    bool Servers()
    {
        var some = !Null();
        if (_reader.TokenType == JsonTokenType.StartArray)
        {
            if (!Elements(Place.Control, out var count))
                return false;
            some = count > 0;
        }
        else if (!Value(Place.Control))
        {
            return false;
        }
        _mcpServers |= some;
        _unmeasurable |= some;
        return true;
    }

    bool CacheControl()
    {
        if (Null())
            return true;
        var shape = new Shape();
        if (_reader.TokenType == JsonTokenType.StartObject && !Object(Place.CacheControl, ref shape))
            return false;
        // A lifetime that is not known to be short is taken for the dear one.
        var shortLived = !shape.Ttl.Exists || Decoded(shape.Ttl).SequenceEqual("5m"u8);
        var write = shortLived ? CacheWrite.FiveMinutes : CacheWrite.OneHour;
        _cacheWrite = (CacheWrite)Math.Max((int)_cacheWrite, (int)write);
        return _reader.TokenType != JsonTokenType.StartArray || Value(Place.Control);
    }

    bool OtherMaxTokens()
    {
        if (!Whole(out var tokens))
            return false;
        if (tokens is { } most)
            _otherMaxTokens = Math.Max(_otherMaxTokens ?? 0, most);
        return true;
    }

    bool Flag(out bool value)
    {
        value = _reader.TokenType == JsonTokenType.True;
        return value || _reader.TokenType is JsonTokenType.False or JsonTokenType.Null || Fail("true or false is expected");
    }

    /// <summary>A whole number of at least 0, in digits alone; null stays null.</summary>
    bool Whole(out long? value)
    {
        value = null;
        if (Null())
            return true;
        var digits = _reader.ValueSpan;
        if (_reader.TokenType != JsonTokenType.Number || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return Fail("a whole number of at least 0, in digits alone, is expected");
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return Fail("the number is too large");
        value = number;
        return true;
    }

    bool OptionalString(int lengthMax, out string? value)
    {
        value = null;
        if (Null())
            return true;
        if (_reader.TokenType != JsonTokenType.String)
            return Fail("a string is expected");
        if (!Short(lengthMax, out var text))
            return false;
        value = text;
        return true;
    }

    /// <summary>Keeps where a string stands; its place judges it later.</summary>
    bool StringOf(ref Slice slice)
    {
        if (_reader.TokenType == JsonTokenType.String)
            slice = StringSlice();
        else if (!Null())
            return Fail("a string is expected");
        return true;
    }

    bool Short(int lengthMax, out string text)
    {
        // A character takes at most three bytes, or six where it is escaped.
        text = _reader.ValueSpan.Length <= lengthMax * 6 ? Text(StringSlice()) : "";
        return (_reader.ValueSpan.Length <= lengthMax * 6 && text.Length <= lengthMax)
            || Fail($"the string is longer than {lengthMax} characters, the limit; it has {Encoding.UTF8.GetCharCount(Decoded(StringSlice()))}");
    }

    readonly bool Null() => _reader.TokenType == JsonTokenType.Null;

    bool ArrayExpected() => _reader.TokenType == JsonTokenType.StartArray || Fail("an array is expected");

    bool ObjectExpected() => _reader.TokenType == JsonTokenType.StartObject || Fail("an object is expected");
}
