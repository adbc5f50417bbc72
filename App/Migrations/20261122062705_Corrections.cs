using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Governance.Migrations
{
    /// <inheritdoc />
    public partial class Corrections : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "corrections",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    batch = table.Column<long>(type: "INTEGER", nullable: false),
                    outcome = table.Column<int>(type: "INTEGER", nullable: false),
                    model_answered = table.Column<string>(type: "TEXT", nullable: true),
                    input_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    cache_read_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    cache_write_short_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    cache_write_long_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    output_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    reasoning_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    web_searches = table.Column<long>(type: "INTEGER", nullable: false),
                    cost_nanos = table.Column<long>(type: "INTEGER", nullable: false),
                    delta_nanos = table.Column<long>(type: "INTEGER", nullable: false),
                    flags = table.Column<int>(type: "INTEGER", nullable: false),
                    status = table.Column<int>(type: "INTEGER", nullable: false),
                    end = table.Column<string>(type: "TEXT", nullable: false),
                    upstream_request_id = table.Column<string>(type: "TEXT", nullable: true),
                    duration_milliseconds = table.Column<int>(type: "INTEGER", nullable: false),
                    first_byte_milliseconds = table.Column<int>(type: "INTEGER", nullable: false),
                    at_milliseconds = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_corrections", x => x.id);
                });

            foreach (var verb in new[] { "UPDATE", "DELETE" })
            {
                migrationBuilder.Sql($"CREATE TRIGGER corrections_no_{verb.ToLowerInvariant()} BEFORE {verb} ON corrections BEGIN SELECT RAISE(ABORT, 'corrections is append-only'); END;");
            }
            migrationBuilder.Sql("CREATE TRIGGER corrections_no_replace BEFORE INSERT ON corrections WHEN EXISTS (SELECT 1 FROM corrections WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'corrections is append-only'); END;");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "corrections");
        }
    }
}
