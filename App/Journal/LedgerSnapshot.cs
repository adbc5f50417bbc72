using System.Data.Common;
using System.Globalization;
using Governance.Journal.Postgres;
using Governance.Journal.Sqlite;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Governance.Journal;

/// <summary>One consistent view of the database: a read-only connection inside one read transaction, so that it can be taken of a database in use. Keep it short: while it is open SQLite's log cannot be cut back.</summary>
sealed class LedgerSnapshot : IDisposable
{
    readonly Dictionary<string, Statement> statements = new(StringComparer.Ordinal);
    readonly DbConnection connection;
    readonly CancellationToken cancellation;
    readonly CancellationTokenRegistration interruption;

    /// <param name="connectionString">As in <c>ConnectionStrings:Governance</c>; opened read-only whatever it says.</param>
    /// <param name="cancellation">On SQLite it ends the statement that runs, with a <see cref="SqliteException"/>; on both it lets no other begin.</param>
    public LedgerSnapshot(string connectionString, CancellationToken cancellation = default)
    {
        this.cancellation = cancellation;
        connection = ConnectionForm.Postgres(connectionString) is { } server
            ? new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false, Options = "-c default_transaction_read_only=on" }.ConnectionString)
            : new SqliteConnection(new SqliteConnectionStringBuilder(connectionString) { Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 5 }.ToString());
        try
        {
            connection.Open();
            interruption = connection is SqliteConnection sqlite ? cancellation.Register(() => SQLitePCL.raw.sqlite3_interrupt(sqlite.Handle)) : default;
            using (var begin = connection.CreateCommand())
            {
                begin.CommandText = connection is NpgsqlConnection ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN";
                begin.ExecuteNonQuery();
            }
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
            statements[sql] = statement = connection is NpgsqlConnection postgres
                ? new PostgresStatement(postgres, sql, string.Create(CultureInfo.InvariantCulture, $"cursor_{statements.Count}"))
                : new SqliteStatement((SqliteConnection)connection, sql);
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
