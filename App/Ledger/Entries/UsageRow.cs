using System.Buffers.Binary;
using System.Text;
using Governance.Projects;

namespace Governance.Ledger.Entries;

/// <summary>One entry of the usage ledger: a call and what became of it. Append-only: the database refuses UPDATE and DELETE. Column order is <see cref="UsageTable.Columns"/>.</summary>
sealed record UsageRow
{
    /// <summary>The call's <see cref="CallId"/>.</summary>
    public long Id { get; init; }
    /// <summary>Sequence in the ledger chain of the audit event that seals this entry.</summary>
    public long Batch { get; init; }
    public UsageOutcome Outcome { get; init; }
    public required string Project { get; init; }
    public required string Key { get; init; }
    public string? Tenant { get; init; }
    public string? Department { get; init; }
    public string? Employee { get; init; }
    public string? Customer { get; init; }
    public string? Feature { get; init; }
    public string? Workflow { get; init; }
    public string? Session { get; init; }
    public required string ModelAsked { get; init; }
    public string? Model { get; init; }
    public string? ModelAnswered { get; init; }
    public string? Vendor { get; init; }
    public string? Upstream { get; init; }
    public int Mode { get; init; }
    public string? TaskType { get; init; }
    public long InputTokens { get; init; }
    public long CacheReadTokens { get; init; }
    public long CacheWriteShortTokens { get; init; }
    public long CacheWriteLongTokens { get; init; }
    public long OutputTokens { get; init; }
    public long ReasoningTokens { get; init; }
    public long WebSearches { get; init; }
    public long EstimateNanos { get; init; }
    public long CostNanos { get; init; }
    public long ExpectedInputTokens { get; init; }
    public long MaxTokens { get; init; }
    public bool Streamed { get; init; }
    public string? RuleId { get; init; }
    public int RuleVersion { get; init; }
    public string? PriceVersion { get; init; }
    public UsageFlags Flags { get; init; }
    public int Status { get; init; }
    public required string End { get; init; }
    public string? UpstreamRequestId { get; init; }
    public int DurationMilliseconds { get; init; }
    public int FirstByteMilliseconds { get; init; }

    public CallId CallId => new(Id);

    /// <summary>Who the call was for.</summary>
    public Attribution AttributedTo() => new()
    {
        Project = Project, Key = Key, Tenant = Tenant, Department = Department, Employee = Employee, Customer = Customer,
        Feature = Feature, Workflow = Workflow, Session = Session, Model = Model, Vendor = Vendor,
    };

    /// <summary>What the call was corrected by later; read beside the entry, null where nothing was.</summary>
    public CorrectionRow? Correction { get; init; }

    /// <summary>What the call came to in the end.</summary>
    public Money Cost => new(CostNanos + (Correction?.DeltaNanos ?? 0));

    public UsageFlags Warnings => Correction is null ? Flags : Flags | Correction.Flags | UsageFlags.Corrected;
}

/// <summary>The bytes of an entry that the ledger chain seals: every column in order, a type tag and a length before each.</summary>
sealed class EntryBytes
{
    byte[] buffer = new byte[1024];
    int length;

    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, length);

    public void Clear() => length = 0;

    public void Add(long value)
    {
        Room(9);
        buffer[length] = 1;
        BinaryPrimitives.WriteInt64BigEndian(buffer.AsSpan(length + 1), value);
        length += 9;
    }

    public void Add(string? value)
    {
        if (value is null)
        {
            Room(1);
            buffer[length++] = 0;
            return;
        }
        Room(5 + Encoding.UTF8.GetMaxByteCount(value.Length));
        var written = Encoding.UTF8.GetBytes(value, buffer.AsSpan(length + 5));
        buffer[length] = 2;
        BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(length + 1), written);
        length += 5 + written;
    }

    void Room(int bytes)
    {
        if (buffer.Length - length < bytes)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + bytes));
        }
    }
}
