using Governance.Journal;

namespace Governance.Ledger.Entries;

/// <summary>The one later adjustment that an assumed or expired call may get: what it turned out to be, once its settlement arrived after all (I7). Append-only, under the id of the call; column order is <see cref="CorrectionTable.Columns"/>.</summary>
sealed class CorrectionRow
{
    /// <summary>The call's <see cref="CallId"/>; its period is that of the call.</summary>
    public long Id { get; init; }
    /// <summary>Sequence in the ledger chain of the audit event that seals this row.</summary>
    public long Batch { get; init; }
    public UsageOutcome Outcome { get; init; }
    public string? ModelAnswered { get; init; }
    public long InputTokens { get; init; }
    public long CacheReadTokens { get; init; }
    public long CacheWriteShortTokens { get; init; }
    public long CacheWriteLongTokens { get; init; }
    public long OutputTokens { get; init; }
    public long ReasoningTokens { get; init; }
    public long WebSearches { get; init; }
    /// <summary>What the call came to.</summary>
    public long CostNanos { get; init; }
    /// <summary>By how much the entry is corrected: what the call came to, less what its entry says.</summary>
    public long DeltaNanos { get; init; }
    public UsageFlags Flags { get; init; }
    public int Status { get; init; }
    public required string End { get; init; }
    public string? UpstreamRequestId { get; init; }
    public int DurationMilliseconds { get; init; }
    public int FirstByteMilliseconds { get; init; }
    /// <summary>When it was recorded, on the ledger's clock.</summary>
    public long AtMilliseconds { get; init; }
}

/// <summary>Writes corrections and reads them back, in one order of columns.</summary>
sealed class CorrectionTable
{
    /// <summary>The columns in the order in which they are bound and sealed.</summary>
    public const string Columns = """
        id, batch, outcome, model_answered, input_tokens, cache_read_tokens, cache_write_short_tokens, cache_write_long_tokens, output_tokens,
        reasoning_tokens, web_searches, cost_nanos, delta_nanos, flags, status, "end", upstream_request_id, duration_milliseconds,
        first_byte_milliseconds, at_milliseconds
        """;

    const int Width = 20;
    static readonly string Insert = $"INSERT INTO corrections ({Columns}) VALUES ({string.Join(", ", Enumerable.Range(1, Width).Select(i => "?" + i))})";

    readonly EntryBytes bytes = new();

    /// <summary>Writes the correction and answers its sealed bytes, which are valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(JournalTransaction transaction, long batch, CallId call, CallResult result, Money delta)
    {
        var row = new UsageTable.Row(transaction.Prepare(Insert), bytes);
        Begin(bytes);
        row.Add(call.Value).Add(batch).Add((long)result.Outcome).Add(result.ModelAnswered)
            .Add(result.Usage.InputTokens).Add(result.Usage.CacheReadTokens).Add(result.Usage.CacheWriteShortTokens).Add(result.Usage.CacheWriteLongTokens)
            .Add(result.Usage.OutputTokens).Add(result.Usage.ReasoningTokens).Add(result.Usage.WebSearches)
            .Add(result.Cost.Nanos).Add(delta.Nanos).Add((long)result.Flags).Add(result.Status).Add(result.End).Add(result.UpstreamRequestId)
            .Add(result.DurationMilliseconds).Add(result.FirstByteMilliseconds).Add(transaction.NowMilliseconds).Run();
        return bytes.Written;
    }

    /// <summary>The sealed bytes of the row that <paramref name="row"/> stands on, selected as <see cref="Columns"/>.</summary>
    public static void ReadBytes(Statement row, EntryBytes into)
    {
        Begin(into);
        for (var column = 0; column < Width; column++)
        {
            if (column is 3 or 15 or 16)
            {
                into.Add(row.TextOrNull(column));
            }
            else
            {
                into.Add(row.Integer(column));
            }
        }
    }

    /// <summary>What the call came to by its correction; null where it has none.</summary>
    public static Money? CostOf(JournalTransaction transaction, CallId id)
    {
        var statement = transaction.Prepare("SELECT cost_nanos FROM corrections WHERE id = ?1").Bind(1, id.Value);
        Money? cost = statement.Step() ? new Money(statement.Integer(0)) : null;
        statement.Reset();
        return cost;
    }

    /// <summary>Keeps the bytes of a correction apart from those of any entry.</summary>
    static void Begin(EntryBytes bytes)
    {
        bytes.Clear();
        bytes.Add("correction");
    }
}
