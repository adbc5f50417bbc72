using System.Text;
using System.Text.Json;
using Governance.Decisions;

namespace Governance.Gateway.Surfaces.Anthropic.Reading;

/// <summary>What the walk stands on and has gathered, and what must be there at its end.</summary>
ref partial struct BodyWalk
{
    const int UserTextLengthMax = 4_096;

    readonly ReadOnlySpan<byte> _body;
    readonly ReadLimits _limits;
    readonly PathStep[] _path;
    Utf8JsonReader _reader;
    PropertyNames _names;
    int _level;
    bool _ended;

    readonly List<string> _otherModels = [];
    int _repeatedModels;
    readonly List<ServerTool> _serverTools = [];
    List<Slice> _currentText = [];
    List<Slice> _userText = [];
    string _model = "";
    string? _serviceTier;
    string? _inferenceGeo;
    string? _userId;
    int _modelOffset;
    int _modelLength;
    long? _maxTokens;
    long? _otherMaxTokens;
    long _textBytes;
    long _tokenUnits;
    long? _thinkingBudget;
    int _images;
    int _measuredImages;
    long _expectedImageTokens;
    long _maxImageTokens;
    int _documents;
    int _foundDocuments;
    int _exactDocuments;
    long _documentBytes;
    long _pages;
    long _expectedDocumentTokens;
    long _maxDocumentTokens;
    InflateBudget _inflate;
    int _messages;
    int _tools;
    int _toolLevel;
    CacheWrite _cacheWrite;
    bool _stream;
    bool _thinking;
    bool _messagesSeen;
    bool _unmeasurable;
    bool _mcpServers;
    bool _fast;
    bool _compaction;
    bool _edits;
    bool _collecting;

    public ReadFault? Fault { get; private set; }

    /// <summary>Rented room for unescaped text; empty where none was needed.</summary>
    public byte[] Scratch { get; private set; } = [];

    bool Complete()
    {
        if (!_messagesSeen)
            return Missing("messages");
        if (_limits.RequireModel && _model.Length == 0)
            return Missing("model");
        return !_limits.RequireMaxTokens || _maxTokens is not null || Missing("max_tokens");
    }

    bool Missing(string name)
    {
        Fault = new ReadFault($"{name}: the field is required.", name);
        return false;
    }

    public RequestFacts Facts() => new()
    {
        Model = _model,
        ModelOffset = _modelOffset,
        ModelLength = _modelLength,
        OtherModels = _otherModels,
        RepeatedModels = _repeatedModels,
        MaxTokens = _maxTokens,
        OtherMaxTokens = _otherMaxTokens,
        Stream = _stream,
        Thinking = _thinking,
        TextBytes = _textBytes,
        ExpectedTextTokens = TokenEstimator.Prompt(_tokenUnits, _messages, _tools),
        Messages = _messages,
        Tools = _tools,
        EditingTools = _edits,
        ThinkingBudget = _thinkingBudget,
        Images = _images,
        MeasuredImages = _measuredImages,
        ExpectedImageTokens = _expectedImageTokens,
        MaxImageTokens = _maxImageTokens,
        Documents = _documents,
        FoundDocuments = _foundDocuments,
        ExactDocuments = _exactDocuments,
        DocumentBytes = _documentBytes,
        Pages = _pages,
        ExpectedDocumentTokens = _expectedDocumentTokens,
        MaxDocumentTokens = _maxDocumentTokens,
        Unmeasurable = _unmeasurable,
        Compaction = _compaction,
        CacheWrite = _cacheWrite,
        ServerTools = _serverTools,
        McpServers = _mcpServers,
        Fast = _fast,
        InferenceGeo = _inferenceGeo,
        ServiceTier = _serviceTier,
        UserId = _userId,
        LastUserText = UserText(),
    };

    /// <summary>The last block first in room, since it is the newest; then the ones before it, as far as they fit.</summary>
    readonly string UserText()
    {
        var text = "";
        for (var index = _userText.Count - 1; index >= 0 && text.Length < UserTextLengthMax - 1; index--)
        {
            var slice = _userText[index];
            var room = UserTextLengthMax - (text.Length == 0 ? 0 : text.Length + 1);
            var head = Head(_body.Slice(slice.Offset, slice.Length), room);
            text = text.Length == 0 ? head : $"{head}\n{text}";
        }
        return text;
    }

    static string Head(ReadOnlySpan<byte> text, int length)
    {
        Span<byte> target = stackalloc byte[UserTextLengthMax * 3 + 4];
        // Room for any characters of that length; one that is cut off by it is dropped whole.
        target = target[..Math.Min(target.Length, length * 3 + 4)];
        var head = Encoding.UTF8.GetString(target[..JsonEscapes.Decode(text, target)]);
        if (head.Length <= length)
            return head;
        return char.IsHighSurrogate(head[length - 1]) ? head[..(length - 1)] : head[..length];
    }
}
