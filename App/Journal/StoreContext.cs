using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Governance.Journal;

/// <summary>The tables as SQLite keeps them.</summary>
sealed class SqliteDb(DbContextOptions<SqliteDb> options) : GovernanceDb(options);

/// <summary>The tables as PostgreSQL keeps them: flags as 0 and 1, as the shared statements write them, and text compared byte by byte.</summary>
sealed class PostgresDb(DbContextOptions<PostgresDb> options) : GovernanceDb(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configuration)
    {
        base.ConfigureConventions(configuration);
        configuration.Properties<bool>().HaveConversion<int>();
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        foreach (var property in builder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()).Where(property => property.ClrType == typeof(string)))
        {
            property.SetCollation("C");
        }
    }
}

/// <summary>Opens a context on the store at hand.</summary>
static class StoreContext
{
    /// <summary>What opens contexts on <paramref name="connectionString"/>; made once and kept.</summary>
    public static Func<GovernanceDb> On(string connectionString, bool shared, Action<DbContextOptionsBuilder>? further = null)
    {
        if (shared)
        {
            var postgres = new DbContextOptionsBuilder<PostgresDb>().UseNpgsql(connectionString);
            further?.Invoke(postgres);
            return () => new PostgresDb(postgres.Options);
        }
        var sqlite = new DbContextOptionsBuilder<SqliteDb>().UseSqlite(connectionString);
        further?.Invoke(sqlite);
        return () => new SqliteDb(sqlite.Options);
    }

    /// <summary>A context on a connection that stays its owner's.</summary>
    public static GovernanceDb Over(DbConnection connection) => connection is NpgsqlConnection
        ? new PostgresDb(new DbContextOptionsBuilder<PostgresDb>().UseNpgsql(connection).Options)
        : new SqliteDb(new DbContextOptionsBuilder<SqliteDb>().UseSqlite((SqliteConnection)connection).Options);
}
