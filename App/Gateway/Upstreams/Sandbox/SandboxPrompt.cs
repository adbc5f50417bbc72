using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Governance.Decisions;

namespace Governance.Gateway.Upstreams.Sandbox;

/// <summary>The prompt up to and including one block.</summary>
/// <param name="Hash">Of everything before and in the block, <c>cache_control</c> left out.</param>
/// <param name="Tokens">Of everything before and in the block.</param>
/// <param name="Write">Whether the body marks this block for the cache, and for how long.</param>
[Pure]
readonly record struct SandboxPrefix(UInt128 Hash, long Tokens, CacheWrite Write);

/// <summary>A prompt measured: its tokens, and its prefixes where the body speaks of caching.</summary>
[Pure]
sealed record SandboxPrompt(long Tokens, IReadOnlyList<SandboxPrefix> Prefixes)
{
    /// <summary>The hidden prompt that explains tools to a model.</summary>
    const long ToolsTokens = 350;

    /// <summary>Measures tools, system and messages, in the order in which a provider caches them.</summary>
    public static SandboxPrompt Measure(JsonElement root, bool caching)
    {
        using var tally = new Tally(caching, root.Text("model") ?? "");
        foreach (var tool in root.Member("tools").Items())
        {
            tally.Add("tool", tool, SandboxPromptTokens.OfBlock(tool) + (tally.Tokens == 0 ? ToolsTokens : 0));
        }
        AddContent(tally, "system", root.Member("system"));
        foreach (var message in root.Member("messages").Items())
        {
            AddContent(tally, message.Text("role") ?? "", message.Member("content"));
        }
        return tally.Finish(Write(root));
    }

    static void AddContent(Tally tally, string role, JsonElement? content)
    {
        if (content is { ValueKind: JsonValueKind.String } plain)
        {
            tally.Add(role, plain, SandboxTokens.Count(plain.GetString()));
        }
        foreach (var block in content.Items())
        {
            tally.Add(role, block, SandboxPromptTokens.OfBlock(block));
        }
    }

    static CacheWrite Write(JsonElement block) => block.Member("cache_control") switch
    {
        { ValueKind: JsonValueKind.Object } control => control.Text("ttl") == "1h" ? CacheWrite.OneHour : CacheWrite.FiveMinutes,
        _ => CacheWrite.None,
    };

    /// <summary>Adds blocks up, hashing only where a cache is spoken of.</summary>
    [Pure]
    sealed class Tally : IDisposable
    {
        readonly IncrementalHash? hash;
        readonly List<SandboxPrefix> prefixes = [];

        public Tally(bool caching, string model)
        {
            hash = caching ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
            Append(model);
        }

        public long Tokens { get; private set; }

        public void Add(string label, JsonElement block, long tokens)
        {
            Tokens += tokens;
            if (hash is null)
            {
                return;
            }
            Append(label);
            var write = Write(block);
            if (block.ValueKind == JsonValueKind.String || block.Text("type") == "text")
            {
                // A string and a text block of the same text are the same prompt: clients turn one into the other when they move the cache mark.
                Append(block.ValueKind == JsonValueKind.String ? block.GetString()! : block.Text("text") ?? "");
            }
            else if (block.ValueKind == JsonValueKind.Object)
            {
                foreach (var member in block.EnumerateObject().Where(member => !member.NameEquals("cache_control")))
                {
                    Append(member.Name);
                    hash.AppendData(JsonMarshal.GetRawUtf8Value(member.Value));
                }
                foreach (var inner in block.Member("content").Items())
                {
                    write = write == CacheWrite.None ? Write(inner) : write;
                }
            }
            prefixes.Add(new SandboxPrefix(BinaryPrimitives.ReadUInt128LittleEndian(hash.GetCurrentHash()), Tokens, write));
        }

        /// <param name="automatic">The <c>cache_control</c> of the body itself: it marks the last block.</param>
        public SandboxPrompt Finish(CacheWrite automatic)
        {
            if (prefixes.Count > 0 && automatic != CacheWrite.None && prefixes[^1].Write == CacheWrite.None)
            {
                prefixes[^1] = prefixes[^1] with { Write = automatic };
            }
            return new SandboxPrompt(Tokens, prefixes);
        }

        public void Dispose() => hash?.Dispose();

        void Append(string text)
        {
            if (hash is not null)
            {
                Span<byte> length = stackalloc byte[4];
                BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
                hash.AppendData(length);
                hash.AppendData(Encoding.UTF8.GetBytes(text));
            }
        }
    }
}
