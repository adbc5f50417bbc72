using System.Text.Json;
using Governance.Decisions;
using Governance.Pricing;

namespace Governance.Gateway.Surfaces.Anthropic.Metering;

/// <summary>The latest non-null value of every field of <c>usage</c>. Later objects replace field by field and never add.</summary>
partial struct UsageFields
{
    /// <summary>What the object that is being read has named.</summary>
    [Flags]
    enum NamedCounts : byte { Nothing = 0, Input = 1, CacheRead = 2, CacheWrite = 4, Iterations = 8 }

    /// <summary>No answer has a thousand billion tokens; a larger figure is noise.</summary>
    const long CountMax = 1_000_000_000_000;
    /// <summary>No call has so many turns.</summary>
    const int MaxItems = 256;

    readonly CacheWrite longest;
    long? input;
    long? cacheRead;
    long? cacheWrite;
    long? writtenShort;
    long? writtenLong;
    long? output;
    long? reasoning;
    long? searches;
    long? totalTokens;
    long? totalInput;
    long? totalOutput;
    bool? fast;
    bool? geoUs;
    bool? batch;
    UsageSnapshot? said;
    long largestPrompt;
    Int128 largestItemPrompts;
    Int128 largestItemOutputs;
    NamedCounts named;
    bool unknown;

    /// <param name="longest">The longest cache write that the request asked for.</param>
    public UsageFields(CacheWrite longest) => this.longest = longest;

    /// <summary>A number was seen that says how much the call was.</summary>
    public readonly bool Seen => PromptSeen || output is not null;

    public readonly bool OutputSeen => output is not null;

    public readonly bool PromptSeen => input is not null || cacheRead is not null || cacheWrite is not null || writtenShort is not null || writtenLong is not null;

    /// <summary>A total became smaller on the way.</summary>
    public bool Fell { get; private set; }

    /// <summary>Something counted, or a price modifier, that this product does not know how to price.</summary>
    public readonly bool Unknown => unknown || !TotalsAgree();

    /// <summary>The latest <c>iterations</c>; null where there were none.</summary>
    public IReadOnlyList<BillLine>? Iterations { get; private set; }

    public readonly ServiceTerms Terms => new(fast ?? false, geoUs ?? false, batch ?? false);

    /// <summary>Reads the value that the reader stands on; anything but an object says nothing. True where it counts the output.</summary>
    public bool Read(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return false;
        }
        var hasOutput = false;
        named = default;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            hasOutput |= ReadProperty(ref json);
        }
        Remember();
        return hasOutput;
    }

    /// <summary>
    /// Everything that the answer may be billed for, the itemised reading first. Where a total fell, what was said before counts as well, and so does the largest prompt with the latest division of it.
    /// </summary>
    public readonly IReadOnlyList<IReadOnlyList<BillLine>> Readings()
    {
        var latest = ToUsage(out _);
        var readings = BillLines.Readings(latest, Iterations);
        if (!Fell)
        {
            return readings;
        }
        var all = readings.ToList();
        for (var earlier = said?.Earlier; earlier is not null; earlier = earlier.Earlier)
        {
            all.AddRange(BillLines.Readings(earlier.Usage with { OutputTokens = latest.OutputTokens, WebSearches = latest.WebSearches }, earlier.Iterations));
        }
        if (largestPrompt > latest.PromptTokens)
        {
            all.AddRange(BillLines.Readings(latest with { InputTokens = latest.InputTokens + (largestPrompt - latest.PromptTokens) }, Iterations));
        }
        return all;
    }

    public readonly TokenUsage ToUsage(out bool splitUnknown)
    {
        var (five, hour) = Split(out splitUnknown);
        return new TokenUsage
        {
            InputTokens = input ?? 0,
            CacheReadTokens = cacheRead ?? 0,
            CacheWriteShortTokens = five,
            CacheWriteLongTokens = hour,
            OutputTokens = output ?? 0,
            ReasoningTokens = Math.Min(reasoning ?? 0, output ?? 0),
            WebSearches = searches ?? 0,
        };
    }

    /// <summary>The split comes from the start of the message; a later total may differ from it. What the split does not cover may live as long as the request asked for.</summary>
    readonly (long Short, long Long) Split(out bool unknown)
    {
        var (five, hour) = (writtenShort ?? 0, writtenLong ?? 0);
        var rest = (cacheWrite ?? five + hour) - (five + hour);
        unknown = rest != 0;
        return rest <= 0 ? (five, hour)
            : longest is CacheWrite.OneHour ? (five, hour + rest)
            : (five + rest, hour);
    }

    /// <summary>Keeps what was said where it divides the prompt anew, and notes what became smaller.</summary>
    void Remember()
    {
        var usage = ToUsage(out _);
        var (prompts, outputs) = BillLines.Tokens(Iterations ?? []);
        Fell |= usage.PromptTokens < largestPrompt || prompts < largestItemPrompts || outputs < largestItemOutputs;
        largestPrompt = Math.Max(largestPrompt, usage.PromptTokens);
        (largestItemPrompts, largestItemOutputs) = (Int128.Max(largestItemPrompts, prompts), Int128.Max(largestItemOutputs, outputs));
        if (said?.SaysOfPrompt(usage, Iterations) == true)
        {
            return;
        }
        unknown |= said is { Depth: >= UsageSnapshot.MaxDepth };
        said = said is { Depth: >= UsageSnapshot.MaxDepth } ? said : new UsageSnapshot(usage, Iterations, said);
    }

    /// <summary>Totals of what is counted apart cost nothing of their own, as long as they are that.</summary>
    readonly bool TotalsAgree()
    {
        if (totalTokens is null && totalInput is null && totalOutput is null)
        {
            return true;
        }
        var usage = ToUsage(out _);
        return (totalInput is null || totalInput == usage.PromptTokens || totalInput == usage.InputTokens)
            && (totalOutput is null || totalOutput == usage.OutputTokens)
            && (totalTokens is null || totalTokens == usage.PromptTokens + usage.OutputTokens || totalTokens == usage.InputTokens + usage.OutputTokens);
    }
}
