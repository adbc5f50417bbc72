using Governance.Pricing;

namespace Governance.Gateway.Surfaces.Anthropic.Metering;

/// <summary>What an answer says about its own cost, as far as it was seen.</summary>
[Pure]
sealed record MeterReading
{
    /// <summary>The model that answered; null where the answer names none.</summary>
    public string? Model { get; init; }
    /// <summary>The answer's own total, which is not always the whole bill: see <see cref="Lines"/>.</summary>
    public TokenUsage Usage { get; init; }
    public ServiceTerms Terms { get; init; }
    /// <summary>What to price, read item by item where the bill is itemised. Empty where no usage was seen.</summary>
    public IReadOnlyList<BillLine> Lines { get; init; } = [];
    /// <summary>Other readings of what was said; the dearest of all is what the call cost.</summary>
    public IReadOnlyList<IReadOnlyList<BillLine>> OtherReadings { get; init; } = [];
    /// <summary>A total became smaller on the way, which no honest count does.</summary>
    public bool TotalsFell { get; init; }
    /// <summary>The figures are the last ones: the answer came to its end (a <c>message_delta</c> with a stop reason, a <c>message_stop</c>, or a whole JSON message) and said there how much it was.</summary>
    public bool Final { get; init; }
    /// <summary>The answer ended as the protocol ends it: a <c>message_stop</c> event, or a whole JSON message that has stopped, was seen.</summary>
    public bool Stopped { get; init; }
    public string? StopReason { get; init; }
    /// <summary>The answer is an error, or ended in one.</summary>
    public bool Error { get; init; }
    public string? ErrorType { get; init; }
    public string? ErrorMessage { get; init; }
    /// <summary>Bytes of text, thinking and tool input that were answered: for an estimate where usage never came.</summary>
    public long OutputBytes { get; init; }
    /// <summary>A count or a price modifier that this product does not know, or cannot believe: the bill may be larger than the lines.</summary>
    public bool UnknownUsage { get; init; }
    /// <summary>How long cache writes live was not told for all of them; the rest is priced at the longest lifetime that the request asked for, else as five minutes.</summary>
    public bool SplitUnknown { get; init; }
    /// <summary>A line beyond what the meter holds: everything after it went unread.</summary>
    public bool Oversized { get; init; }
}
