using System.Data.Common;
using System.Globalization;
using Governance.Audit;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Governance.Ledger;

/// <summary>One consistent view of the database: a read-only connection inside one read transaction, so that it can be taken of a database in use. Keep it short: while it is open SQLite's log cannot be cut back.</summary>
sealed class LedgerSnapshot : IDisposable
{
    readonly Dictionary<string, Statement> statements = new(StringComparer.Ordinal);
    readonly DbConnection connection;

    /// <param name="connectionString">As in <c>ConnectionStrings:Governance</c>; opened read-only whatever it says.</param>
    public LedgerSnapshot(string connectionString)
    {
        connection = ConnectionForm.Postgres(connectionString) is { } server
            ? new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false, Options = "-c default_transaction_read_only=on" }.ConnectionString)
            : new SqliteConnection(new SqliteConnectionStringBuilder(connectionString) { Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 5 }.ToString());
        try
        {
            connection.Open();
            using (var begin = connection.CreateCommand())
            {
                begin.CommandText = connection is NpgsqlConnection ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN";
                begin.ExecuteNonQuery();
            }
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
            statements[sql] = statement = connection is NpgsqlConnection postgres
                ? new PostgresStatement(postgres, sql, string.Create(CultureInfo.InvariantCulture, $"cursor_{statements.Count}"))
                : new SqliteStatement((SqliteConnection)connection, sql);
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
