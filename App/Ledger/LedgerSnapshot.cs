using Governance.Audit;
using Microsoft.Data.Sqlite;

namespace Governance.Ledger;

/// <summary>One consistent view of the database: a read-only connection inside one read transaction, so that it can be taken of a database in use. Keep it short: while it is open the log cannot be cut back.</summary>
sealed class LedgerSnapshot : IDisposable
{
    readonly Dictionary<string, Statement> statements = new(StringComparer.Ordinal);
    readonly SqliteConnection connection;
    readonly CancellationToken cancellation;
    readonly CancellationTokenRegistration interruption;

    /// <param name="cancellation">Ends the statement that runs with a <see cref="SqliteException"/>, and lets no other begin.</param>
    public LedgerSnapshot(string connectionString, CancellationToken cancellation = default)
    {
        var wanted = new SqliteConnectionStringBuilder(connectionString) { Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 5 };
        connection = new SqliteConnection(wanted.ToString());
        this.cancellation = cancellation;
        try
        {
            connection.Open();
            interruption = cancellation.Register(() => SQLitePCL.raw.sqlite3_interrupt(connection.Handle));
            Prepare("BEGIN").Run();
            // The view begins with the first read, not with BEGIN.
            LastAuditId = Integer("SELECT COALESCE(MAX(id), 0) FROM audit");
            LastAt = DateTimeOffset.FromUnixTimeMilliseconds(Integer("SELECT COALESCE(MAX(at_milliseconds), 0) FROM audit WHERE id = (SELECT MAX(id) FROM audit)"));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The newest event in the view.</summary>
    public long LastAuditId { get; }

    /// <summary>When that was.</summary>
    public DateTimeOffset LastAt { get; }

    public Statement Prepare(string sql)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!statements.TryGetValue(sql, out var statement))
        {
            statements[sql] = statement = new Statement(connection, sql);
        }
        return statement;
    }

    /// <summary>The first column of the first row.</summary>
    public long Integer(string sql, string? parameter = null)
    {
        var row = Prepare(sql);
        if (parameter is not null)
        {
            row.Bind(1, parameter);
        }
        var value = row.Step() ? row.Integer(0) : 0;
        row.Reset();
        return value;
    }

    public void Dispose()
    {
        // Waits for an interruption that is under way: the connection must not go from under it.
        interruption.Dispose();
        foreach (var statement in statements.Values)
        {
            statement.Dispose();
        }
        statements.Clear();
        connection.Dispose();
    }
}
