using Governance.Pricing;

namespace Governance.Gateway.Metering;

/// <summary>What a usage object asks to be paid for: its total is the sum of some of its iterations, others are billed on top, at their own model's price.</summary>
[Pure]
static class BillLines
{
    const string Message = "message";
    const string Fallback = "fallback_message";

    /// <summary>
    /// The lines to price. Without iterations the total is the one line. With them, <c>message</c> entries make up the total, or the <c>fallback_message</c> alone does and the declined first
    /// attempts are not billed; <c>compaction</c> and <c>advisor_message</c> come on top. Where the entries do not add up to the total, the total is billed and the extras on top of it.
    /// </summary>
    /// <param name="known">False where an iteration is of a kind that this product does not know and has tokens; it is billed as an extra.</param>
    public static IReadOnlyList<BillLine> Of(TokenUsage total, IReadOnlyList<BillLine>? iterations, out bool known)
    {
        known = iterations is null || iterations.All(line => line.Kind is Message or Fallback or "compaction" or "advisor_message" || Tokens(line.Usage) == 0);
        if (iterations is null || iterations.Count == 0)
        {
            return [new BillLine(Message, null, total)];
        }
        var fallbacks = iterations.Any(line => line.Kind == Fallback);
        if (AddsUp(total, iterations, line => line.Kind == (fallbacks ? Fallback : Message)))
        {
            return WithSearches(total, [.. iterations.Where(line => fallbacks ? line.Kind != Message : true)]);
        }
        if (AddsUp(total, iterations, line => line.Kind is Message or Fallback))
        {
            return WithSearches(total, [.. iterations]);
        }
        var served = fallbacks ? iterations.Last(line => line.Kind == Fallback) : new BillLine(Message, null, default);
        return [served with { Usage = total }, .. iterations.Where(line => line.Kind is not (Message or Fallback))];
    }

    static bool AddsUp(TokenUsage total, IReadOnlyList<BillLine> iterations, Func<BillLine, bool> counts)
    {
        var sum = iterations.Where(counts).Aggregate(default(TokenUsage), (sum, line) => sum + line.Usage);
        return iterations.Any(counts) && sum.InputTokens == total.InputTokens && sum.OutputTokens == total.OutputTokens && sum.CacheReadTokens == total.CacheReadTokens
            && sum.CacheWriteShortTokens == total.CacheWriteShortTokens && sum.CacheWriteLongTokens == total.CacheWriteLongTokens;
    }

    /// <summary>Iterations do not count searches; the total does. The first line of the total's kind carries them.</summary>
    static List<BillLine> WithSearches(TokenUsage total, List<BillLine> lines)
    {
        var first = Math.Max(0, lines.FindIndex(line => line.Kind is Message or Fallback));
        lines[first] = lines[first] with { Usage = lines[first].Usage with { WebSearches = total.WebSearches } };
        return lines;
    }

    static Int128 Tokens(TokenUsage usage) => (Int128)usage.PromptTokens + usage.OutputTokens;
}
