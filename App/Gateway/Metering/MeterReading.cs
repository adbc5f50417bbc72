using Governance.Pricing;

namespace Governance.Gateway.Metering;

/// <summary>What an answer says about its own cost, as far as it was seen.</summary>
[Pure]
sealed record MeterReading
{
    /// <summary>The model that answered; null where the answer names none.</summary>
    public string? Model { get; init; }
    /// <summary>The answer's own total, which is not always the whole bill: see <see cref="Lines"/>.</summary>
    public TokenUsage Usage { get; init; }
    public ServiceTerms Terms { get; init; }
    /// <summary>What to price. Empty where no usage was seen.</summary>
    public IReadOnlyList<BillLine> Lines { get; init; } = [];
    /// <summary>The figures are the last ones: a <c>message_delta</c> brought usage, or the message stopped, or the JSON is complete and has usage.</summary>
    public bool Final { get; init; }
    public string? StopReason { get; init; }
    /// <summary>A <c>message_stop</c> event, or a complete JSON message with its stop reason, was seen.</summary>
    public bool Stopped { get; init; }
    /// <summary>The answer is an error, or ended in one.</summary>
    public bool Error { get; init; }
    public string? ErrorType { get; init; }
    public string? ErrorMessage { get; init; }
    /// <summary>Bytes of text, thinking and tool input that were answered: for an estimate where usage never came.</summary>
    public long OutputBytes { get; init; }
    /// <summary>A count that this product does not know, or cannot believe, is not zero: the bill may be larger than the lines.</summary>
    public bool UnknownUsage { get; init; }
    /// <summary>How long cache writes live was not told for all of them; what is not known is priced as the class that is, else as five minutes.</summary>
    public bool SplitUnknown { get; init; }
    /// <summary>A line beyond what the meter holds: everything after it went unread.</summary>
    public bool Oversized { get; init; }
}
