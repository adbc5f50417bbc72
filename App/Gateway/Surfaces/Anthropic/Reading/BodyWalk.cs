using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Governance.Gateway.Surfaces.Anthropic.Reading;

/// <summary>One walk over one body. This part moves and checks what holds everywhere; the other parts know what the places mean.</summary>
ref partial struct BodyWalk
{
    const int PathLengthMax = 200;

    public BodyWalk(ReadOnlySpan<byte> body, ReadLimits limits)
    {
        _body = body;
        _limits = limits;
        // One deeper than allowed, so that the refusal is ours and says where.
        _reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = limits.DepthMax + 1 });
        _path = new PathStep[limits.DepthMax + 1];
        _names = new PropertyNames(limits.DepthMax);
        _inflate = new InflateBudget();
    }

    /// <summary>False leaves <see cref="Fault"/>.</summary>
    public bool Run()
    {
        if (!Next())
            return false;
        if (_reader.TokenType != JsonTokenType.StartObject)
            return Fail("a JSON object is expected");
        var shape = new Shape();
        if (!Object(Place.Top, ref shape))
            return false;
        _ended = true;
        // The reader refuses anything but white space after the value.
        return !_reader.Read() && Complete();
    }

    public readonly ReadFault Malformed(JsonException malformed)
    {
        var line = (malformed.LineNumber ?? 0) + 1;
        var position = (malformed.BytePositionInLine ?? 0) + 1;
        var path = Path();
        var near = path is null ? "" : $", near {path}";
        return _ended
            ? new ReadFault($"The body has further content after its JSON object, at line {line}, byte {position}.", null)
            : new ReadFault($"The body is not valid JSON at line {line}, byte {position}{near}.", path);
    }

    bool Fail(string what)
    {
        var path = Path();
        Fault = new ReadFault($"{path ?? "The body"}: {what}.", path);
        return false;
    }

    /// <summary>To the next token, whatever it is; none passes unchecked.</summary>
    bool Next()
    {
        if (!_reader.Read())
            return Fail("the JSON ends too early");
        switch (_reader.TokenType)
        {
            case JsonTokenType.PropertyName when _reader.ValueIsEscaped && JsonEscapes.HoldsHalfPair(_reader.ValueSpan):
                _path[_level - 1].Length = 0;
                return Fail("a property name holds half of a surrogate pair");
            case JsonTokenType.String when _reader.ValueIsEscaped && JsonEscapes.HoldsHalfPair(_reader.ValueSpan):
                return Fail("the string holds half of a surrogate pair");
            case JsonTokenType.Number when _reader.ValueSpan.Length > _limits.NumberLengthMax:
                return Fail($"the number is longer than {_limits.NumberLengthMax} characters");
            case JsonTokenType.StartObject or JsonTokenType.StartArray when _level == _limits.DepthMax:
                return Fail($"the JSON is nested deeper than {_limits.DepthMax} levels");
            default:
                return true;
        }
    }

    /// <summary>The properties of the object that has just begun, through its end.</summary>
    bool Object(Place place, ref Shape shape)
    {
        Enter(array: false);
        while (Next())
        {
            if (_reader.TokenType == JsonTokenType.EndObject)
            {
                Leave();
                return true;
            }
            var start = (int)_reader.TokenStartIndex;
            if (!Name(out var name) || !Next() || !Property(place, name, start, ref shape))
                return false;
            _path[_level - 1].Length = 0;
        }
        return false;
    }

    /// <summary>The elements of the array that has just begun, through its end.</summary>
    bool Elements(Place place, out int count)
    {
        count = 0;
        Enter(array: true);
        while (Next())
        {
            if (_reader.TokenType == JsonTokenType.EndArray)
            {
                Leave();
                return true;
            }
            count++;
            if (place == Place.Messages && count > _limits.MessagesMax)
                return Fail($"there are more than {_limits.MessagesMax} messages");
            if (!Value(place))
                return false;
            _path[_level - 1].Index = count;
        }
        return false;
    }

    /// <summary>Data of the caller's own, such as a schema: checked, never interpreted.</summary>
    bool Data()
    {
        if (_reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return true;
        var floor = _level;
        Enter(_reader.TokenType == JsonTokenType.StartArray);
        while (_level > floor)
        {
            if (!Next())
                return false;
            var token = _reader.TokenType;
            if (token is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                Leave();
            }
            else if (token == JsonTokenType.PropertyName)
            {
                if (!Name(out _))
                    return false;
                continue;
            }
            else if (token is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                Enter(token == JsonTokenType.StartArray);
                continue;
            }
            if (_level > floor)
                _path[_level - 1].Index++;
        }
        return true;
    }

    bool Name(out ReadOnlySpan<byte> name)
    {
        name = _reader.ValueSpan;
        byte[]? decoded = null;
        if (_reader.ValueIsEscaped)
        {
            var target = new byte[name.Length];
            name = decoded = target[..JsonEscapes.Decode(name, target)];
        }
        var offset = (int)_reader.TokenStartIndex + 1;
        ref var step = ref _path[_level - 1];
        step.Offset = offset;
        step.Length = _reader.ValueSpan.Length;
        if (!_names.Add(_level, _body, offset, step.Length, decoded))
            return Fail("the property is given twice");
        return _names.Count(_level) <= _limits.PropertiesMax || Fail($"the object has more than {_limits.PropertiesMax} properties");
    }

    void Enter(bool array)
    {
        _path[_level++] = new PathStep { Array = array };
        if (!array)
            _names.Open(_level);
    }

    void Leave()
    {
        if (!_path[_level - 1].Array)
            _names.Close(_level);
        _level--;
    }

    readonly string? Path()
    {
        var path = new StringBuilder();
        foreach (var step in _path.AsSpan(0, _level))
        {
            if (step.Array)
                path.Append('[').Append(step.Index).Append(']');
            else if (step.Length > 0)
                path.Append(path.Length > 0 ? "." : "").Append(Printable(_body.Slice(step.Offset, step.Length)));
        }
        if (path.Length > PathLengthMax)
            path.Length = char.IsHighSurrogate(path[PathLengthMax - 1]) ? PathLengthMax - 1 : PathLengthMax;
        return path.Length == 0 ? null : path.ToString();
    }

    static string Printable(ReadOnlySpan<byte> name)
    {
        var text = Encoding.UTF8.GetString(JsonEscapes.WholeCharacters(name, PathLengthMax));
        return string.Create(text.Length, text, static (target, source) =>
        {
            for (var index = 0; index < target.Length; index++)
                target[index] = char.IsControl(source[index]) ? '?' : source[index];
        });
    }

    readonly Slice StringSlice() => new((int)_reader.TokenStartIndex + 1, _reader.ValueSpan.Length, _reader.ValueIsEscaped);

    /// <summary>What a string stands for; good until the next call.</summary>
    ReadOnlySpan<byte> Decoded(Slice slice)
    {
        var text = _body.Slice(slice.Offset, slice.Length);
        if (!slice.Escaped)
            return text;
        if (Scratch.Length < text.Length)
        {
            if (Scratch.Length > 0)
                ArrayPool<byte>.Shared.Return(Scratch);
            Scratch = ArrayPool<byte>.Shared.Rent(text.Length);
        }
        return Scratch.AsSpan(0, JsonEscapes.Decode(text, Scratch));
    }

    readonly string Text(Slice slice) => JsonEscapes.Text(_body.Slice(slice.Offset, slice.Length), slice.Escaped);
}
