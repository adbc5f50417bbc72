using Governance.Gateway.Surfaces;
using Governance.Gateway.Surfaces.Anthropic.Metering;

namespace Governance.Gateway;

/// <summary>What became of a forward.</summary>
sealed record Forward
{
    public required ForwardEnd End { get; init; }
    /// <summary>The status that the client got; 0 where nothing could be answered any more.</summary>
    public int Status { get; init; }
    /// <summary>Null where no 200 came.</summary>
    public MeterReading? Reading { get; init; }
    /// <summary>What the reading costs, as far as it is known; null where nothing of it is.</summary>
    public Money? Cost { get; init; }
    /// <summary>False where the bill may be larger than <see cref="Cost"/>.</summary>
    public bool CostComplete { get; init; }
    /// <summary>True where the bill can be read in two ways that come to different amounts; <see cref="Cost"/> is the dearer.</summary>
    public bool ReadingsDiffer { get; init; }
    public string? UpstreamRequestId { get; init; }
    public int FirstByteMilliseconds { get; init; }
    /// <summary>The status that the upstream itself answered; 0 where no answer began.</summary>
    public int UpstreamStatus { get; init; }
    /// <summary>How long the head of the answer took; null where none came.</summary>
    public TimeSpan? HeadersAfter { get; init; }
    /// <summary>What kind of fault kept the answer away, in words of ours or the system's; null where the end says it all.</summary>
    public string? Fault { get; init; }
    public bool ClientGone { get; init; }
    /// <summary>True where the answer ended as the protocol ends it; only such an answer may be repeated.</summary>
    public bool Whole { get; init; }
    /// <summary>The whole answer, where it may be kept for the response cache.</summary>
    public ReadOnlyMemory<byte>? Answer { get; init; }
    public string? ContentType { get; init; }
    /// <summary>Answered by us, not yet written: the caller writes it.</summary>
    public Refusal? Refusal { get; init; }
}
