using System.Text.Json.Serialization;
using Governance.Budgets;
using Governance.Ledger.Entries;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Ledger;

/// <summary>What is known of a call before it is sent: who, what, and what it may cost.</summary>
sealed record LedgerCall
{
    public required CallId Id { get; init; }
    /// <summary>Who and what it is for; with the model that serves it.</summary>
    public required Attribution For { get; init; }
    /// <summary>As the client wrote it; may be empty or <c>auto</c>.</summary>
    public required string ModelAsked { get; init; }
    public string? Upstream { get; init; }
    public Mode Mode { get; init; }
    /// <summary>simple, code, reasoning or complex; null where nothing needed it.</summary>
    public string? TaskType { get; init; }
    /// <summary>The pre-bill estimate (B3), which is also what is held by every budget that holds the worst case.</summary>
    public Money Estimate { get; init; }
    /// <summary>What such a call mostly costs: what is held by budgets that hold that. Null where it was not worked out; then the estimate stands for it.</summary>
    public Money? Expected { get; init; }
    public long ExpectedInputTokens { get; init; }
    public long MaxTokens { get; init; }
    public bool Streamed { get; init; }
    /// <summary>The rule that intervened or refused.</summary>
    public string? RuleId { get; init; }
    public int RuleVersion { get; init; }
    /// <summary>Version of the price book that the estimate was made with.</summary>
    public string? PriceVersion { get; init; }
    /// <summary>The model's name in the price list, where the call spells it otherwise; for figures, which go by known names only.</summary>
    public string? PricedAs { get; init; }
    /// <summary>The client's own <c>x-request-id</c>, for the log; not kept.</summary>
    [JsonIgnore]
    public string? ClientRequestId { get; init; }
    /// <summary>The client's <c>traceparent</c>, for the log; not kept.</summary>
    [JsonIgnore]
    public string? TraceParent { get; init; }
    /// <summary>Let through while the ledger could not be written, past every cap; its entry says so, however the call ends.</summary>
    public bool FailOpen { get; init; }

    public HoldAmounts Holds => new(Estimate, Expected ?? Estimate);
}

/// <summary>How a call ended in the ledger.</summary>
enum UsageOutcome
{
    /// <summary>Answered and paid for: the cost is what the provider's usage comes to.</summary>
    Posted,
    /// <summary>Nothing was sent, or the provider answered with an error: no cost.</summary>
    Voided,
    /// <summary>Sent, but what it cost never became known: the whole hold counts as cost.</summary>
    Assumed,
    /// <summary>The hold outlived its time: the whole hold counts as cost.</summary>
    Expired,
    /// <summary>Refused before it was sent.</summary>
    Refused,
    /// <summary>Answered from the response cache.</summary>
    Cached,
    /// <summary>No call: spend that somebody entered by hand, because this ledger did not see it.</summary>
    Adjusted,
}

/// <summary>What an entry warns of.</summary>
[Flags]
enum UsageFlags
{
    None = 0,
    /// <summary>The provider's final usage was not seen; the cost is a bound, not a measurement.</summary>
    Unverified = 1,
    /// <summary>It cost more than was held (I8).</summary>
    Overrun = 2,
    /// <summary>The answer had usage of a kind or model that no price is known for.</summary>
    UnknownUsage = 4,
    /// <summary>The client hung up before the answer was complete; where the answer could be read to its end, that is what it cost.</summary>
    ClientGone = 8,
    /// <summary>Cache writes came without their lifetime; priced at the longest that the request asked for, else as five minutes.</summary>
    SplitUnknown = 16,
    /// <summary>The cost was put right later by a correction. Never stored: an entry does not change.</summary>
    Corrected = 32,
    /// <summary>Let through while the ledger could not be written, on the project's allowance for that.</summary>
    FailOpen = 64,
    /// <summary>Its hold was gone when it ended, because the store was put back to an older state or somebody removed it; it counts all the same (I7).</summary>
    Unheld = 128,
    /// <summary>A total of the provider's usage became smaller on the way; priced at the larger.</summary>
    TotalsFell = 256,
    /// <summary>The provider's itemised bill and its totals come to different amounts; the dearer is posted.</summary>
    ReadingsDiffer = 512,
}

/// <summary>What became of a call.</summary>
sealed record CallResult
{
    public required UsageOutcome Outcome { get; init; }
    public Money Cost { get; init; }
    public TokenUsage Usage { get; init; }
    public UsageFlags Flags { get; init; }
    /// <summary>The HTTP status that the client saw.</summary>
    public int Status { get; init; }
    /// <summary>How the forward ended, or the deny code.</summary>
    public required string End { get; init; }
    /// <summary>The model that the answer names, where it differs from the one that was asked for upstream.</summary>
    public string? ModelAnswered { get; init; }
    public string? UpstreamRequestId { get; init; }
    public int DurationMilliseconds { get; init; }
    public int FirstByteMilliseconds { get; init; }
}
