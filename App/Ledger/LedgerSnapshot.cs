using Governance.Audit;
using Microsoft.Data.Sqlite;

namespace Governance.Ledger;

/// <summary>One consistent view of the database: a read-only connection inside one read transaction, so that it can be taken of a database in use. Keep it short: while it is open the log cannot be cut back.</summary>
sealed class LedgerSnapshot : IDisposable
{
    readonly Dictionary<string, Statement> statements = new(StringComparer.Ordinal);
    readonly SqliteConnection connection;

    public LedgerSnapshot(string connectionString)
    {
        var wanted = new SqliteConnectionStringBuilder(connectionString) { Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 5 };
        connection = new SqliteConnection(wanted.ToString());
        try
        {
            connection.Open();
            Prepare("BEGIN").Run();
            // The view begins with the first read, not with BEGIN.
            LastAuditId = Integer("SELECT COALESCE(MAX(id), 0) FROM audit");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The newest event in the view.</summary>
    public long LastAuditId { get; }

    public Statement Prepare(string sql)
    {
        if (!statements.TryGetValue(sql, out var statement))
        {
            statements[sql] = statement = new Statement(connection, sql);
        }
        return statement;
    }

    /// <summary>The first column of the first row.</summary>
    public long Integer(string sql)
    {
        var row = Prepare(sql);
        var value = row.Step() ? row.Integer(0) : 0;
        row.Reset();
        return value;
    }

    public void Dispose()
    {
        foreach (var statement in statements.Values)
        {
            statement.Dispose();
        }
        statements.Clear();
        connection.Dispose();
    }
}
