namespace Governance.Gateway.Surfaces.Anthropic.Reading;

/// <summary>
/// The names of the objects that are open, to find one that is given twice. Few names are compared with each other; many go
/// into a set whose hashing no caller can foresee, so that no body makes the check slow.
/// </summary>
struct PropertyNames(int depth)
{
    const int ComparedMax = 24;

    struct Entry
    {
        public int Offset;
        public int Length;
        public byte[]? Decoded;
    }

    struct Scope
    {
        public int Start;
        public int Count;
        public HashSet<string>? Set;
    }

    readonly Scope[] _scopes = new Scope[depth + 2];
    Entry[] _entries = new Entry[64];
    int _used;

    public readonly void Open(int level) => _scopes[level] = new Scope { Start = _used };

    public void Close(int level) => _used = _scopes[level].Start;

    public readonly int Count(int level) => _scopes[level].Count;

    /// <summary>False where the object already has that name. <paramref name="decoded"/> is given where the name has escapes.</summary>
    public bool Add(int level, ReadOnlySpan<byte> body, int offset, int length, byte[]? decoded)
    {
        ref var scope = ref _scopes[level];
        var name = decoded is null ? body.Slice(offset, length) : decoded;
        scope.Count++;
        if (scope.Set is { } set)
            return set.Add(JsonEscapes.Text(name, escaped: false));

        for (var index = scope.Start; index < _used; index++)
        {
            if (Name(body, _entries[index]).SequenceEqual(name))
                return false;
        }
        if (_used == _entries.Length)
            Array.Resize(ref _entries, _entries.Length * 2);
        _entries[_used++] = new Entry { Offset = offset, Length = length, Decoded = decoded };
        if (scope.Count == ComparedMax)
            scope.Set = Gather(body, scope.Start);
        return true;
    }

    readonly HashSet<string> Gather(ReadOnlySpan<byte> body, int start)
    {
        var set = new HashSet<string>(ComparedMax * 2, StringComparer.Ordinal);
        for (var index = start; index < _used; index++)
            set.Add(JsonEscapes.Text(Name(body, _entries[index]), escaped: false));
        return set;
    }

    static ReadOnlySpan<byte> Name(ReadOnlySpan<byte> body, in Entry entry) =>
        entry.Decoded is { } decoded ? decoded : body.Slice(entry.Offset, entry.Length);
}
