using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Governance.Tests.Proofs;

/// <summary>A row of the product's database as it is on file.</summary>
public sealed class Row(IReadOnlyDictionary<string, object?> columns)
{
    public string? Text(string column) => columns[column] as string;

    public long Number(string column) => Convert.ToInt64(columns[column], CultureInfo.InvariantCulture);

    public byte[] Bytes(string column) => (byte[])columns[column]!;

    /// <summary>Reads with a connection of its own that cannot write.</summary>
    public static IReadOnlyList<Row> Read(string database, string sql, params (string Name, object Value)[] parameters)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 10 }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are literals of these tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }
        return Read(command);
    }

    public static IReadOnlyList<Row> ReadPostgres(string connectionString, string sql, params (string Name, object Value)[] parameters)
    {
        using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        connection.Open();
#pragma warning disable CA2100 // The statements are literals of these tests.
        using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }
        return Read(command);
    }

    static List<Row> Read(DbCommand command)
    {
        using var reader = command.ExecuteReader();
        var rows = new List<Row>();
        while (reader.Read())
        {
            rows.Add(new Row(Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, index => reader.IsDBNull(index) ? null : reader.GetValue(index))));
        }
        return rows;
    }
}
