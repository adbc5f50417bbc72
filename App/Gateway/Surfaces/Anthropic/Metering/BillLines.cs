using Governance.Pricing;

namespace Governance.Gateway.Surfaces.Anthropic.Metering;

/// <summary>
/// What a usage object asks to be paid for. An itemised bill (<c>iterations</c>) and the totals beside it can be read in two ways, and the dearer reading is the one that is never below the
/// provider's bill: every item at its own model's price, a declined first attempt included; or the totals, with what the provider bills on top of them (compaction, advisors).
/// </summary>
[Pure]
static class BillLines
{
    const string Message = "message";
    const string Fallback = "fallback_message";
    const string Advisor = "advisor_message";
    /// <summary>Models that serve one call; every one of them is another reading of its totals.</summary>
    const int MaxServed = 16;

    /// <summary>All readings of a usage object; one where nothing is itemised. The first is the itemised one.</summary>
    public static IReadOnlyList<IReadOnlyList<BillLine>> Readings(TokenUsage total, IReadOnlyList<BillLine>? iterations)
    {
        if (iterations is null or { Count: 0 })
        {
            return [[new BillLine(Message, null, total)]];
        }
        var extras = iterations.Where(line => line.Kind is not (Message or Fallback)).ToList();
        var served = iterations.Where(line => line.Kind == Fallback).Select(line => line.Model).Distinct(StringComparer.Ordinal).Take(MaxServed).DefaultIfEmpty(null);
        return [WithSearches(total, iterations), .. served.Select(model => (IReadOnlyList<BillLine>)[new BillLine(model is null ? Message : Fallback, model, total), .. extras])];
    }

    /// <summary>False where an item is of a kind that this product does not know, or an advisor does not say which model it is, and has tokens: what it costs is then a guess.</summary>
    public static bool AreKnown(IReadOnlyList<BillLine>? iterations) =>
        iterations is null || (iterations.Where(line => line.Kind == Fallback).Select(line => line.Model).Distinct(StringComparer.Ordinal).Count() <= MaxServed && iterations.All(line => line.Kind is Message or Fallback or "compaction" || (line.Kind == Advisor && line.Model is not null) || Tokens(line.Usage) == 0));

    /// <summary>All tokens of the items' prompts, and of their answers.</summary>
    public static (Int128 Prompts, Int128 Outputs) Tokens(IReadOnlyList<BillLine> iterations)
    {
        var (prompts, outputs) = ((Int128)0, (Int128)0);
        for (var i = 0; i < iterations.Count; i++)
        {
            (prompts, outputs) = (prompts + iterations[i].Usage.PromptTokens, outputs + iterations[i].Usage.OutputTokens);
        }
        return (prompts, outputs);
    }

    /// <summary>Items do not count searches; the total does. The first item of the total's kind carries them.</summary>
    static IReadOnlyList<BillLine> WithSearches(TokenUsage total, IReadOnlyList<BillLine> iterations)
    {
        if (total.WebSearches == 0)
        {
            return iterations;
        }
        var lines = iterations.ToList();
        var first = Math.Max(0, lines.FindIndex(line => line.Kind is Message or Fallback));
        lines[first] = lines[first] with { Usage = lines[first].Usage with { WebSearches = Math.Max(total.WebSearches, lines[first].Usage.WebSearches) } };
        return lines;
    }

    static Int128 Tokens(TokenUsage usage) => (Int128)usage.PromptTokens + usage.OutputTokens;
}
