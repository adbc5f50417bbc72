using Governance.Journal;
using Governance.Projects;

namespace Governance.Ledger.Entries;

/// <summary>Writes usage entries and reads them back, in one order of columns.</summary>
sealed class UsageTable(UsageCounts? counts = null)
{
    /// <summary>The columns in the order in which they are bound and sealed.</summary>
    public const string Columns = """
        id, batch, outcome, project, key, tenant, department, employee, customer, feature, workflow, session, model_asked, model, model_answered,
        vendor, upstream, mode, task_type, input_tokens, cache_read_tokens, cache_write_short_tokens, cache_write_long_tokens, output_tokens,
        reasoning_tokens, web_searches, estimate_nanos, cost_nanos, expected_input_tokens, max_tokens, streamed, rule_id, rule_version, price_version,
        flags, status, "end", upstream_request_id, duration_milliseconds, first_byte_milliseconds
        """;

    const int TextFirst = 3;
    static readonly string Insert = $"INSERT INTO usage ({Columns}) VALUES ({string.Join(", ", Enumerable.Range(1, 40).Select(i => "?" + i))})";

    readonly EntryBytes bytes = new();

    /// <summary>Where what is written is counted; null where nobody counts.</summary>
    public UsageCounts? Counts => counts;

    /// <summary>Writes the entry and answers its sealed bytes, which are valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(JournalTransaction transaction, long batch, LedgerCall call, CallResult result)
    {
        var row = new Row(transaction.Prepare(Insert), bytes);
        bytes.Clear();
        row.Add(call.Id.Value).Add(batch).Add((long)result.Outcome)
            .Add(call.For.Project).Add(call.For.Key).Add(call.For.Tenant).Add(call.For.Department).Add(call.For.Employee).Add(call.For.Customer)
            .Add(call.For.Feature).Add(call.For.Workflow).Add(call.For.Session).Add(call.ModelAsked).Add(call.For.Model).Add(result.ModelAnswered)
            .Add(call.For.Vendor).Add(call.Upstream).Add((long)call.Mode).Add(call.TaskType)
            .Add(result.Usage.InputTokens).Add(result.Usage.CacheReadTokens).Add(result.Usage.CacheWriteShortTokens)
            .Add(result.Usage.CacheWriteLongTokens).Add(result.Usage.OutputTokens).Add(result.Usage.ReasoningTokens).Add(result.Usage.WebSearches)
            .Add(call.Estimate.Nanos).Add(result.Cost.Nanos).Add(call.ExpectedInputTokens).Add(call.MaxTokens).Add(call.Streamed ? 1 : 0)
            .Add(call.RuleId).Add(call.RuleVersion).Add(call.PriceVersion).Add((long)result.Flags).Add(result.Status).Add(result.End)
            .Add(result.UpstreamRequestId).Add(result.DurationMilliseconds).Add(result.FirstByteMilliseconds);
        row.Run();
        counts?.Add(call, result);
        return bytes.Written;
    }

    /// <summary>The sealed bytes of the row that <paramref name="row"/> stands on, selected as <see cref="Columns"/>.</summary>
    public static void ReadBytes(Statement row, EntryBytes into)
    {
        into.Clear();
        for (var column = 0; column < 40; column++)
        {
            if (IsText(column))
            {
                into.Add(row.TextOrNull(column));
            }
            else
            {
                into.Add(row.Integer(column));
            }
        }
    }

    /// <summary>Who the entry is for, from a row selected as project, key, tenant, department, employee, customer, feature, workflow, session, model, vendor starting at <paramref name="first"/>.</summary>
    public static Attribution ReadAttribution(Statement row, int first = 0) => new()
    {
        Project = row.Text(first),
        Key = row.Text(first + 1),
        Tenant = row.TextOrNull(first + 2),
        Department = row.TextOrNull(first + 3),
        Employee = row.TextOrNull(first + 4),
        Customer = row.TextOrNull(first + 5),
        Feature = row.TextOrNull(first + 6),
        Workflow = row.TextOrNull(first + 7),
        Session = row.TextOrNull(first + 8),
        Model = row.TextOrNull(first + 9),
        Vendor = row.TextOrNull(first + 10),
    };

    /// <summary>How an earlier entry of this call ended, and at what cost; null where there is none.</summary>
    public static (UsageOutcome Outcome, Money Cost)? EndOf(JournalTransaction transaction, CallId id)
    {
        var statement = transaction.Prepare("SELECT outcome, cost_nanos FROM usage WHERE id = ?1").Bind(1, id.Value);
        (UsageOutcome, Money)? end = statement.Step() ? ((UsageOutcome)statement.Integer(0), new Money(statement.Integer(1))) : null;
        statement.Reset();
        return end;
    }

    static bool IsText(int column) => column is (>= TextFirst and <= 16) or 18 or 31 or 33 or 36 or 37;

    /// <summary>Binds a column and adds its bytes, one after the other.</summary>
    internal ref struct Row(Statement statement, EntryBytes bytes)
    {
        int index;

        public Row Add(long value)
        {
            statement.Bind(++index, value);
            bytes.Add(value);
            return this;
        }

        public Row Add(string? value)
        {
            // PostgreSQL keeps no NUL in text, and what is sealed must be what is kept.
            value = value?.Replace('\0', '\uFFFD');
            statement.Bind(++index, value);
            bytes.Add(value);
            return this;
        }

        public readonly void Run() => statement.Run();
    }
}
