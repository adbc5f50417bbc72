namespace Governance.Gateway.Surfaces.Anthropic.Reading;

/// <summary>Where the content of a string stands in the body, its quotes left out.</summary>
readonly record struct Slice(int Offset, int Length, bool Escaped)
{
    public bool Exists => Offset > 0;
}

/// <summary>How an object is read: each place knows which of its properties mean something.</summary>
enum Place
{
    Top, Metadata, Thinking, Format, CacheControl, Messages, Message, Content, Block, Source, Tools, Tool, Fallbacks,
    /// <summary>Tools that something else than the body gives: a tool, a fallback, a setting that is not known. Some list only names.</summary>
    NestedTools,
    /// <summary>Settings that we do not know: models, cache writes and machines named in them are still seen.</summary>
    Control,
}

/// <summary>What was seen in one object and is judged at its end, since properties come in any order.</summary>
struct Shape
{
    public Slice Type;
    public Slice Role;
    public Slice Name;
    public Slice Ttl;
    public Slice Media;
    public Slice Data;
    public long? MaxUses;
    /// <summary>A tool says which model it asks.</summary>
    public bool NamesModel;
    /// <summary>The base64 in the <c>source</c> of a block.</summary>
    public Slice Base64;
    public bool Pdf;
}

/// <summary>One step on the way to the place that is being read.</summary>
struct PathStep
{
    public int Offset;
    public int Length;
    public int Index;
    public bool Array;
}
