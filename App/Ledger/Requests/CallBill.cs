using System.Globalization;
using Governance.Ledger.Entries;
using Governance.Pricing;

namespace Governance.Ledger.Requests;

/// <summary>A call's cost taken apart, where the shipped prices come to exactly what was posted.</summary>
static class CallBill
{
    /// <summary>Null where the workspace's own price, a factor or a second model was in play: then only the sum is known here.</summary>
    public static CostBreakdown? Of(UsageRow call)
    {
        if (call.Outcome is not UsageOutcome.Posted || call.Model is null || call.Vendor is null
            || PriceList.Book.Find(call.Vendor, call.Model, call.CallId.At) is not { } price)
        {
            return null;
        }
        var breakdown = CallCost.Explain(price, Usage(call), default);
        return breakdown.Total.Nanos == call.CostNanos ? breakdown : null;
    }

    /// <summary>The classes of tokens that were counted, with their names; what is zero is left out.</summary>
    public static IReadOnlyList<(string Class, long Count)> Counts(UsageRow call)
    {
        (string Class, long Count)[] all =
        [
            ("Input", call.InputTokens), ("Cache read", call.CacheReadTokens), ("Cache write, 5 min", call.CacheWriteShortTokens), ("Cache write, 1 h", call.CacheWriteLongTokens),
            ("Output", call.OutputTokens), ("of it reasoning", call.ReasoningTokens), ("Web searches", call.WebSearches),
        ];
        return [.. all.Where(each => each.Count > 0)];
    }

    /// <summary>All prompt tokens, cached or not.</summary>
    public static string PromptText(UsageRow call) => Grouped(Usage(call).PromptTokens);

    /// <summary>The call's day and time in UTC, short enough for a column.</summary>
    public static string TimeText(UsageRow call) => call.CallId.At.UtcDateTime.ToString("MMM d, HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Grouped(long count) => count.ToString("#,##0", CultureInfo.InvariantCulture);

    static TokenUsage Usage(UsageRow call) => new()
    {
        InputTokens = call.InputTokens,
        CacheReadTokens = call.CacheReadTokens,
        CacheWriteShortTokens = call.CacheWriteShortTokens,
        CacheWriteLongTokens = call.CacheWriteLongTokens,
        OutputTokens = call.OutputTokens,
        ReasoningTokens = call.ReasoningTokens,
        WebSearches = call.WebSearches,
    };
}
