using Microsoft.EntityFrameworkCore.Migrations;

namespace Governance.Migrations.Postgres;

/// <summary>What the model cannot say of PostgreSQL: the row by which instances take turns, and the triggers of what is only appended to.</summary>
static class PostgresTables
{
    static readonly string[] appendOnly = ["audit", "usage", "threshold_claims"];

    public static void Create(MigrationBuilder builder)
    {
        builder.Sql("""
            CREATE TABLE journal_turn (
              id integer PRIMARY KEY CHECK (id = 1), sequence bigint NOT NULL, instance text NOT NULL, definitions_version bigint NOT NULL, at_milliseconds bigint NOT NULL
            ) WITH (fillfactor = 50);
            INSERT INTO journal_turn (id, sequence, instance, definitions_version, at_milliseconds) VALUES (1, 0, '', 0, 0);
            CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
            """);
        foreach (var table in appendOnly)
        {
            AppendOnly(builder, table);
        }
    }

    /// <summary>For tables that a later migration brings.</summary>
    public static void AppendOnly(MigrationBuilder builder, string table) => builder.Sql($"""
        CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """);

    public static void Drop(MigrationBuilder builder)
    {
        foreach (var table in appendOnly)
        {
            builder.Sql($"DROP TRIGGER {table}_no_change ON {table}; DROP TRIGGER {table}_no_truncate ON {table};");
        }
        builder.Sql("DROP FUNCTION refuse_change(); DROP TABLE journal_turn;");
    }
}
