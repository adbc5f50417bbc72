using Governance.Decisions;
using Governance.Pricing;

namespace Governance.Gateway.Upstreams.Sandbox;

/// <summary>Remembers which marked prefixes were seen, as a provider's prompt cache does: bounded, least recently used first out, forgotten after five minutes or an hour without use.</summary>
sealed class SandboxPromptCache(TimeProvider clock)
{
    const int EntriesMost = 4_096;
    /// <summary>How many blocks before a mark are looked at for an older prefix.</summary>
    const int LookBackBlocks = 20;

    readonly Lock gate = new();
    readonly Dictionary<UInt128, LinkedListNode<Entry>> entries = [];
    readonly LinkedList<Entry> byUse = new();

    /// <summary>Splits the prompt's tokens into uncached, read and written, and remembers what was written.</summary>
    public TokenUsage Charge(SandboxPrompt prompt)
    {
        var prefixes = prompt.Prefixes;
        var now = clock.GetUtcNow();
        lock (gate)
        {
            var hit = LongestKnown(prefixes, now);
            var at = hit < 0 ? 0 : prefixes[hit].Tokens;
            var usage = new TokenUsage { CacheReadTokens = at };
            for (var index = hit + 1; index < prefixes.Count; index++)
            {
                var (hash, tokens, write) = prefixes[index];
                if (write == CacheWrite.None)
                {
                    continue;
                }
                usage = write == CacheWrite.OneHour
                    ? usage with { CacheWriteLongTokens = usage.CacheWriteLongTokens + tokens - at }
                    : usage with { CacheWriteShortTokens = usage.CacheWriteShortTokens + tokens - at };
                at = tokens;
                Remember(new Entry(hash, write == CacheWrite.OneHour ? TimeSpan.FromHours(1) : TimeSpan.FromMinutes(5)), now);
            }
            return usage with { InputTokens = prompt.Tokens - at };
        }
    }

    int LongestKnown(IReadOnlyList<SandboxPrefix> prefixes, DateTimeOffset now)
    {
        var unseen = prefixes.Count;
        for (var mark = prefixes.Count - 1; mark >= 0; mark--)
        {
            if (prefixes[mark].Write == CacheWrite.None)
            {
                continue;
            }
            // Blocks that a later mark has looked at already are not looked at again.
            for (var index = Math.Min(mark, unseen - 1); index >= Math.Max(0, mark - LookBackBlocks); index--)
            {
                unseen = index;
                if (entries.TryGetValue(prefixes[index].Hash, out var node) && node.Value.Until > now)
                {
                    Remember(node.Value, now);
                    return index;
                }
            }
        }
        return -1;
    }

    void Remember(Entry entry, DateTimeOffset now)
    {
        if (entries.Remove(entry.Hash, out var old))
        {
            byUse.Remove(old);
        }
        if (entries.Count >= EntriesMost)
        {
            entries.Remove(byUse.Last!.Value.Hash);
            byUse.RemoveLast();
        }
        entries[entry.Hash] = byUse.AddFirst(entry with { Until = now + entry.Life });
    }

    readonly record struct Entry(UInt128 Hash, TimeSpan Life, DateTimeOffset Until = default);
}
