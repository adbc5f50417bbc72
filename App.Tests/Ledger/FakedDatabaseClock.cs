using System.Globalization;
using Npgsql;

namespace Governance.Tests.Ledger;

/// <summary>A PostgreSQL database whose clock stands where a test puts it: a function of the same name lies in a schema that is searched before the server's own.</summary>
sealed class FakedDatabaseClock : IDisposable
{
    readonly NpgsqlConnection hand;

    public FakedDatabaseClock(DateTimeOffset now)
    {
        var plain = PostgresServer.Shared.NewDatabase();
        PostgresServer.Execute(plain, $"""
            CREATE SCHEMA faked;
            CREATE TABLE faked.clock (at timestamptz NOT NULL);
            INSERT INTO faked.clock VALUES ('{Text(now)}');
            CREATE FUNCTION faked.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT at FROM faked.clock';
            """);
        Connection = new NpgsqlConnectionStringBuilder(plain) { SearchPath = "faked,pg_catalog,public" }.ConnectionString;
        // Nobody needs the clock after a power cut.
        hand = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(plain) { Pooling = false, Options = "-c synchronous_commit=off" }.ConnectionString);
        hand.Open();
    }

    /// <summary>For the product, which asks for the clock without naming a schema.</summary>
    public string Connection { get; }

    /// <summary>What the product is told.</summary>
    public DateTimeOffset Told => new((DateTime)PostgresServer.Ask(Connection, "SELECT clock_timestamp()"));

    /// <summary>Time passes, or a hand sets the clock: a database knows no difference.</summary>
    public void Move(TimeSpan by)
    {
        using var command = new NpgsqlCommand("UPDATE faked.clock SET at = at + make_interval(secs => $1)", hand) { Parameters = { new NpgsqlParameter { Value = by.TotalSeconds } } };
        command.ExecuteNonQuery();
    }

    public void Dispose() => hand.Dispose();

    static string Text(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture) + "Z";
}
