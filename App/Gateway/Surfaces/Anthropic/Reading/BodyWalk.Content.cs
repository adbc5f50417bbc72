using System.Text.Json;
using Governance.Decisions;

namespace Governance.Gateway.Surfaces.Anthropic.Reading;

/// <summary>What becomes prompt: messages, blocks, sources and tools, counted as they are passed.</summary>
ref partial struct BodyWalk
{
    /// <summary>The last blocks of a user's message are what the person wrote; reminders that a client puts in stand before them.</summary>
    const int UserBlocksMax = 8;

    bool Message()
    {
        var shape = new Shape();
        _currentText.Clear();
        if (!Object(Place.Message, ref shape))
            return false;
        if (shape.Role.Exists && _currentText.Count > 0 && Decoded(shape.Role).SequenceEqual("user"u8))
            (_userText, _currentText) = (_currentText, _userText);
        return true;
    }

    bool Block()
    {
        var shape = new Shape();
        if (!Object(Place.Block, ref shape))
            return false;
        var type = shape.Type.Exists ? Decoded(shape.Type) : default;
        _unmeasurable |= type.SequenceEqual("container_upload"u8);
        StrayTool(type);
        if (type.SequenceEqual("image"u8))
            Image(shape);
        else if (shape.Base64.Exists)
            Document(shape);
        return true;
    }

    bool BlockProperty(Place place, Key key, int start, ref Shape shape)
    {
        var collecting = _collecting;
        _collecting = (place == Place.Message && key == Key.Content) || (collecting && key == Key.Text);
        var text = _reader.TokenType == JsonTokenType.String;
        var sound = key switch
        {
            Key.Type when text => StringOf(ref shape.Type),
            Key.Role when place == Place.Message => StringOf(ref shape.Role),
            Key.Text or Key.Content or Key.ToolChanges or Key.Label or Key.Name or Key.Thinking or Key.Url => Value(Place.Content),
            Key.Source when _reader.TokenType == JsonTokenType.StartObject => Source(ref shape),
            Key.Input => Data() && RawValue(start),
            Key.Signature or Key.Data or Key.Encrypted when text => Sealed(),
            Key.CacheControl => CacheControl(),
            Key.Tool or Key.Definition when _reader.TokenType == JsonTokenType.StartObject => Tool(),
            Key.Tools when _reader.TokenType == JsonTokenType.StartArray => Value(Place.Tools),
            Key.FileId => Elsewhere() && Value(Place.Content),
            _ => UnknownProperty(start),
        };
        _collecting = collecting;
        return sound;
    }

    /// <summary>A property that we do not know may become text, its name too.</summary>
    bool UnknownProperty(int start)
    {
        Count(_body[(start + 1)..(start + 1 + _path[_level - 1].Length)]);
        return Value(Place.Block);
    }

    bool Source(ref Shape block)
    {
        var shape = new Shape();
        if (!Object(Place.Source, ref shape))
            return false;
        var type = shape.Type.Exists ? Decoded(shape.Type) : default;
        var isText = type.SequenceEqual("text"u8) || type.SequenceEqual("content"u8);
        var isBase64 = type.SequenceEqual("base64"u8);
        _unmeasurable |= type.SequenceEqual("url"u8) || type.SequenceEqual("file"u8);
        if (!shape.Data.Exists)
            return true;
        // What does not say whether it is text may be either.
        if (!isText)
        {
            block.Base64 = shape.Data;
            block.Pdf = shape.Media.Exists && Decoded(shape.Media).SequenceEqual("application/pdf"u8);
        }
        if (!isBase64)
            Count(Decoded(shape.Data));
        return true;
    }

    bool SourceProperty(Key key, int start, ref Shape shape) => key switch
    {
        Key.Type when _reader.TokenType == JsonTokenType.String => StringOf(ref shape.Type),
        Key.Data when _reader.TokenType == JsonTokenType.String => StringOf(ref shape.Data),
        Key.MediaType when _reader.TokenType == JsonTokenType.String => StringOf(ref shape.Media),
        Key.Content => Value(Place.Content),
        Key.CacheControl => CacheControl(),
        Key.Url or Key.FileId => Elsewhere() && Value(Place.Content),
        _ => UnknownProperty(start),
    };

    bool Tool()
    {
        var start = (int)_reader.TokenStartIndex;
        var shape = new Shape();
        if (!Object(Place.Tool, ref shape))
            return false;
        var type = shape.Type.Exists ? Text(shape.Type) : null;
        if (ToolTypes.RunsAtTheProvider(type))
            // An advisor that does not say which model it asks may ask any: its uses bound nothing.
            _serverTools.Add(new ServerTool(type!, ToolTypes.Advises(type!) && !shape.NamesModel ? null : shape.MaxUses));
        _edits |= ToolTypes.Edits(type, shape.Name.Exists && shape.Name.Length <= _limits.NameLengthMax ? Text(shape.Name) : null);
        if (!ToolTypes.Wraps(type))
            _tools++;
        if (_toolLevel == 0)
            Count(_body[start..(int)_reader.BytesConsumed]);
        return true;
    }

    bool ToolProperty(Key key, ReadOnlySpan<byte> name, ref Shape shape)
    {
        // The whole of a tool is counted once, at its end.
        _toolLevel++;
        var sound = key switch
        {
            Key.Type => StringOf(ref shape.Type),
            Key.Name when _reader.TokenType == JsonTokenType.String => StringOf(ref shape.Name),
            Key.MaxUses => Whole(out shape.MaxUses),
            Key.Model when _reader.TokenType == JsonTokenType.String => (shape.NamesModel = true) && OtherModel(),
            Key.InputSchema or Key.InputExamples => Data(),
            _ => ControlProperty(key, name),
        };
        _toolLevel--;
        return sound;
    }

    bool Elsewhere()
    {
        _unmeasurable |= !Null();
        return true;
    }

    /// <summary>A string counts as what it stands for, any other bare value as it is written.</summary>
    bool Counted()
    {
        if (_reader.TokenType != JsonTokenType.String)
        {
            Count(_reader.ValueSpan);
            return true;
        }
        var slice = StringSlice();
        if (_collecting && slice.Length > 0)
        {
            if (_currentText.Count == UserBlocksMax)
                _currentText.RemoveAt(0);
            _currentText.Add(slice);
        }
        Count(Decoded(slice));
        return true;
    }

    /// <summary>Encrypted text, given back to the provider: about as many tokens as its base64 stands for.</summary>
    bool Sealed()
    {
        _textBytes += _reader.ValueSpan.Length;
        _tokenUnits += _reader.ValueSpan.Length * TokenEstimator.SealedUnitsPerByte;
        return true;
    }

    bool Raw(int start)
    {
        Count(_body[start..(int)_reader.BytesConsumed]);
        return true;
    }

    /// <summary>As <see cref="Raw"/>, for a value whose property name is known and no text.</summary>
    bool RawValue(int start) => Raw(start + _path[_level - 1].Length + 2);

    void Count(ReadOnlySpan<byte> text)
    {
        _textBytes += text.Length;
        _tokenUnits += TokenEstimator.Units(text);
    }
}
