using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using NpgsqlTypes;

namespace Governance.Journal.Postgres;

/// <summary>
/// A statement on PostgreSQL, prepared at its first run. A result is taken whole, because a connection there answers one statement at
/// a time; a reader of large results asks for a cursor instead.
/// </summary>
sealed partial class PostgresStatement : Statement
{
    /// <summary>Rows that a cursor fetches at once.</summary>
    const int FetchRows = 2000;

    readonly NpgsqlConnection connection;
    readonly NpgsqlCommand command;
    readonly string? cursor;
    readonly List<object?[]> rows = [];
    int at = -1;
    bool ran;
    bool prepared;

    /// <param name="cursor">A name that no other statement of the connection has, where the result may be large; only inside a transaction.</param>
    public PostgresStatement(NpgsqlConnection connection, string sql, string? cursor = null)
    {
        this.connection = connection;
        this.cursor = cursor;
        var text = Placeholder().Replace(sql, "$$$1");
        var parameters = Placeholder().Matches(sql).Select(match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)).DefaultIfEmpty().Max();
#pragma warning disable CA2100 // Statements are literals of the rooms; values are bound.
        command = new NpgsqlCommand(cursor is null ? text : $"DECLARE {cursor} NO SCROLL CURSOR FOR {text}", connection);
#pragma warning restore CA2100
        for (var i = 0; i < parameters; i++)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        }
    }

    public override Statement Bind(int index, long value) => Bind(index, NpgsqlDbType.Bigint, value);

    public override Statement Bind(int index, long? value) => Bind(index, NpgsqlDbType.Bigint, value);

    /// <summary>PostgreSQL keeps no NUL in text; it is kept as the replacement character.</summary>
    public override Statement Bind(int index, string? value) =>
        Bind(index, NpgsqlDbType.Text, value is not null && value.Contains('\0', StringComparison.Ordinal) ? value.Replace('\0', '\uFFFD') : value);

    public override Statement Bind(int index, ReadOnlySpan<byte> value) => Bind(index, NpgsqlDbType.Bytea, value.ToArray());

    public override bool Step()
    {
        if (!ran)
        {
            Start();
        }
        if (++at >= rows.Count && cursor is not null && rows.Count == FetchRows)
        {
            Fetch();
        }
        if (at < rows.Count)
        {
            return true;
        }
        Reset();
        return false;
    }

    public override int Run()
    {
        Reset();
        Prepare();
        return command.ExecuteNonQuery();
    }

    public override long Integer(int column) => rows[at][column] switch
    {
        long value => value,
        int value => value,
        bool value => value ? 1 : 0,
        null => 0,
        var other => Convert.ToInt64(other, CultureInfo.InvariantCulture),
    };

    public override string Text(int column) => (string)rows[at][column]!;

    public override byte[] Blob(int column) => (byte[])rows[at][column]!;

    public override bool IsNull(int column) => rows[at][column] is null;

    public override void Reset()
    {
        if (ran && cursor is not null)
        {
            using var close = new NpgsqlCommand($"CLOSE {cursor}", connection);
            close.ExecuteNonQuery();
        }
        rows.Clear();
        (at, ran) = (-1, false);
    }

    public override void Dispose() => command.Dispose();

    PostgresStatement Bind(int index, NpgsqlDbType type, object? value)
    {
        var parameter = command.Parameters[index - 1];
        parameter.NpgsqlDbType = type;
        parameter.Value = value ?? DBNull.Value;
        return this;
    }

    void Start()
    {
        if (cursor is null)
        {
            Prepare();
            Read(command);
        }
        else
        {
            command.ExecuteNonQuery();
            Fetch();
        }
        ran = true;
    }

    void Prepare()
    {
        if (!prepared)
        {
            command.Prepare();
            prepared = true;
        }
    }

    void Fetch()
    {
        rows.Clear();
        at = at < 0 ? -1 : 0;
#pragma warning disable CA2100 // A name of our own and a constant.
        using var fetch = new NpgsqlCommand(string.Create(CultureInfo.InvariantCulture, $"FETCH {FetchRows} FROM {cursor}"), connection);
#pragma warning restore CA2100
        Read(fetch);
    }

    void Read(NpgsqlCommand from)
    {
        using var reader = from.ExecuteReader();
        while (reader.Read())
        {
            var row = new object?[reader.FieldCount];
            for (var column = 0; column < row.Length; column++)
            {
                row[column] = reader.IsDBNull(column) ? null : reader.GetValue(column);
            }
            rows.Add(row);
        }
    }

    [GeneratedRegex(@"\?(\d+)")]
    private static partial Regex Placeholder();
}
