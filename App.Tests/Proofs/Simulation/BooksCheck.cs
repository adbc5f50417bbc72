using System.Globalization;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Integrity.Checks;
using Governance.Journal.Sqlite;
using Governance.Ledger;
using Microsoft.Data.Sqlite;

namespace Governance.Tests.Proofs.Simulation;

/// <summary>Compares the file, read by a connection of its own, with what the books must say.</summary>
sealed class BooksCheck : IDisposable
{
    const long Balances = 0;
    const long Holdings = 1;
    const long Warnings = 2;

    readonly ExpectedBooks books;
    readonly SimulatedStore store;
    readonly SqliteConnection connection;
    readonly Dictionary<string, SqliteCommand> commands = [];
    readonly SqliteStatement state;
    readonly Dictionary<string, (string Budget, string Period)> names = new(StringComparer.Ordinal);

    public BooksCheck(ExpectedBooks books, SimulatedStore store)
    {
        (this.books, this.store) = (books, store);
        connection = new SqliteConnection(store.Settings.ReadConnectionString + ";Pooling=False");
        connection.Open();
        state = new SqliteStatement(connection, $"""
            SELECT {Balances}, budget_id || ' ' || period, posted_nanos, held_nanos FROM balances
            UNION ALL SELECT {Holdings}, '', COUNT(*), COALESCE(SUM(held_nanos), 0) FROM holds
            UNION ALL SELECT {Warnings}, '', COUNT(*), 0 FROM threshold_claims
            """);
    }

    /// <summary>After every step, in one snapshot of the file: every balance (I2, I9, I13), the open holds (I3, I6), the claims (I14). Null where all is as it must be.</summary>
    public string? Step()
    {
        var wrong = new List<string>();
        var rows = 0;
        while (state.Step())
        {
            var (kind, posted, held) = (state.Integer(0), state.Integer(2), state.Integer(3));
            if (kind == Balances)
            {
                rows++;
                Balance(Name(state.Text(1)), posted, held, wrong);
            }
            else if (kind == Holdings)
            {
                var expected = (books.Holds.Count, books.Holds.Values.Sum(hold => hold.Nanos));
                if ((posted, held) != expected)
                {
                    wrong.Add($"I3: {posted} holds of {held}, the books say {expected.Count} of {expected.Item2}");
                }
            }
            else if (posted != books.Claims.Count)
            {
                wrong.Add($"I14: {posted} claims, the books say {books.Claims.Count}: {Differences()}");
            }
        }
        var live = books.Budgets.Values.Count(budget => !budget.Retired);
        if (rows < live)
        {
            wrong.Add($"I2: {rows} balances for {live} budgets");
        }
        return wrong.Count == 0 ? null : string.Join("; ", wrong);
    }

    /// <summary>A budget and its period, which stand in one column with a blank between.</summary>
    (string Budget, string Period) Name(string text)
    {
        if (!names.TryGetValue(text, out var name))
        {
            var blank = text.IndexOf(' ', StringComparison.Ordinal);
            names[text] = name = (text[..blank], text[(blank + 1)..]);
        }
        return name;
    }

    void Balance((string Budget, string Period) name, long posted, long held, List<string> wrong)
    {
        var (id, period) = name;
        if (!books.Budgets.TryGetValue(id, out var budget) || budget.Retired)
        {
            wrong.Add($"I2: there is a balance of {id}, which is retired or unknown");
        }
        else if (books.Sum(budget, period) is var sum && sum != (posted, held))
        {
            wrong.Add($"I2: {id} {period} says {posted} posted, {held} held; the books say {sum.Posted}, {sum.Held}");
        }
    }

    /// <summary>Every row of every table against the books, each balance computed from its entries again (I2, I3, I9), the order of the trail (I12), one event for each claim (I14).</summary>
    public string? Everything()
    {
        var wrong = new List<string>();
        foreach (var budget in books.Budgets.Values.Where(budget => !budget.Retired))
        {
            var sums = books.Recompute(budget);
            using var balances = Read("SELECT period, posted_nanos, held_nanos FROM balances WHERE budget_id = @id", budget.Id);
            while (balances.Read())
            {
                if (sums.GetValueOrDefault(balances.GetString(0)) != (balances.GetInt64(1), balances.GetInt64(2)))
                {
                    wrong.Add($"I2: {budget.Id} {balances.GetString(0)} is not the sum of its entries and holds");
                }
            }
        }
        var entries = 0;
        using (var usage = Read("SELECT id, cost_nanos, outcome, flags, estimate_nanos FROM usage"))
        {
            while (usage.Read())
            {
                entries++;
                if (!books.Entries.TryGetValue(usage.GetInt64(0), out var entry) || (entry.Nanos, entry.Outcome) != (usage.GetInt64(1), usage.GetInt32(2)))
                {
                    wrong.Add($"I3: entry {usage.GetInt64(0)} says {usage.GetInt64(1)}, outcome {usage.GetInt32(2)}; the books say {entry}");
                }
                else if (entry.Outcome != 4 && usage.GetInt64(1) > usage.GetInt64(4) && (usage.GetInt32(3) & (int)UsageFlags.Overrun) == 0)
                {
                    wrong.Add($"I8: entry {usage.GetInt64(0)} cost more than was held and does not say so");
                }
            }
        }
        if (entries != books.Entries.Count)
        {
            wrong.Add($"I4: {entries} entries, the books say {books.Entries.Count}");
        }
        using (var claims = Read("SELECT c.budget_id, c.period, c.percent, (SELECT COUNT(*) FROM audit a WHERE a.id = c.audit_id AND a.action = 'budget.threshold_reached' AND a.target_id = c.budget_id) FROM threshold_claims c"))
        {
            while (claims.Read())
            {
                if (!books.Claims.Contains((claims.GetString(0), claims.GetString(1), claims.GetInt32(2))) || claims.GetInt32(3) != 1)
                {
                    wrong.Add($"I14: claim {claims.GetString(0)} {claims.GetString(1)} {claims.GetInt32(2)} %");
                }
            }
        }
        if (Number("SELECT COUNT(*) FROM audit WHERE action = 'budget.threshold_reached'") is var told && told != books.Claims.Count)
        {
            wrong.Add($"I14: {told} warnings told for {books.Claims.Count} claims");
        }
        if (Number("SELECT COUNT(*) FROM (SELECT chain FROM audit GROUP BY chain HAVING COUNT(*) <> MAX(sequence) OR MIN(sequence) <> 1)") != 0 || Number("SELECT COUNT(*) - MAX(id) FROM audit") is not 0)
        {
            wrong.Add("I12: a chain is not dense");
        }
        return wrong.Count == 0 ? null : string.Join("; ", wrong);
    }

    /// <summary>What the product itself says of the file. How old a living process's holds are (I6) is left to the walk: lifetimes follow time that passes, and this wall clock is set forth and back.</summary>
    public string? Verify()
    {
        var report = Verification.VerifyAsync(store.Settings.ReadConnectionString, null).GetAwaiter().GetResult();
        var failures = report.Findings.Where(finding => finding.Severity is FindingSeverity.Failure).ToList();
        return failures.Count == 0 ? null : "verify: " + string.Join("; ", failures.Select(finding => $"{finding.Invariant} {finding.Subject}: {finding.Message}"));
    }

    /// <summary>Which claims only one side has.</summary>
    string Differences()
    {
        var told = new HashSet<(string Budget, string Period, int Percent)>();
        using (var claims = Read("SELECT budget_id, period, percent FROM threshold_claims"))
        {
            while (claims.Read())
            {
                told.Add((claims.GetString(0), claims.GetString(1), claims.GetInt32(2)));
            }
        }
        return $"only the store has {string.Join(" ", told.Except(books.Claims))}; only the books have {string.Join(" ", books.Claims.Except(told))}";
    }

    public (long Cost, int Outcome)? Entry(long id)
    {
        using var row = Read("SELECT cost_nanos, outcome FROM usage WHERE id = @id", id);
        return row.Read() ? (row.GetInt64(0), row.GetInt32(1)) : null;
    }

    public HashSet<long> Holds()
    {
        using var rows = Read("SELECT id FROM holds");
        var open = new HashSet<long>();
        while (rows.Read())
        {
            open.Add(rows.GetInt64(0));
        }
        return open;
    }

    public long Number(string sql)
    {
        using var row = Read(sql);
        return row.Read() && !row.IsDBNull(0) ? Convert.ToInt64(row.GetValue(0), CultureInfo.InvariantCulture) : 0;
    }

    public void Dispose()
    {
        state.Dispose();
        foreach (var command in commands.Values)
        {
            command.Dispose();
        }
        connection.Dispose();
    }

    SqliteDataReader Read(string sql, object? id = null)
    {
        if (!commands.TryGetValue(sql, out var command))
        {
            commands[sql] = command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are literals of this class.
            command.CommandText = sql;
#pragma warning restore CA2100
        }
        if (id is not null)
        {
            command.Parameters.Clear();
            command.Parameters.AddWithValue("@id", id);
        }
        return command.ExecuteReader();
    }
}
