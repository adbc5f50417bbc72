using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Governance.Migrations.Postgres
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
                    id = table.Column<long>(type: "bigint", nullable: false),
                    batch = table.Column<long>(type: "bigint", nullable: false),
                    outcome = table.Column<int>(type: "integer", nullable: false),
                    model_answered = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    input_tokens = table.Column<long>(type: "bigint", nullable: false),
                    cache_read_tokens = table.Column<long>(type: "bigint", nullable: false),
                    cache_write_short_tokens = table.Column<long>(type: "bigint", nullable: false),
                    cache_write_long_tokens = table.Column<long>(type: "bigint", nullable: false),
                    output_tokens = table.Column<long>(type: "bigint", nullable: false),
                    reasoning_tokens = table.Column<long>(type: "bigint", nullable: false),
                    web_searches = table.Column<long>(type: "bigint", nullable: false),
                    cost_nanos = table.Column<long>(type: "bigint", nullable: false),
                    delta_nanos = table.Column<long>(type: "bigint", nullable: false),
                    flags = table.Column<int>(type: "integer", nullable: false),
                    status = table.Column<int>(type: "integer", nullable: false),
                    end = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    upstream_request_id = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    duration_milliseconds = table.Column<int>(type: "integer", nullable: false),
                    first_byte_milliseconds = table.Column<int>(type: "integer", nullable: false),
                    at_milliseconds = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_corrections", x => x.id);
                });

            PostgresTables.AppendOnly(migrationBuilder, "corrections");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "corrections");
        }
    }
}
