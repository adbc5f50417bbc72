using System.Text.RegularExpressions;
using Governance.Alerts;
using Governance.Audit;
using Governance.Budgets;
using Governance.Gateway.Upstreams;
using Governance.Journal.Postgres;
using Governance.Ledger.Entries;
using Governance.Ledger.Fences;
using Governance.Ledger.Holds;
using Governance.Members;
using Governance.Policies;
using Governance.Pricing;
using Governance.Projects;
using Governance.Projects.KeyRing;
using Governance.Revisions;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Governance;

/// <summary>The list of tables. Pages and jobs read through it; what is written goes through the journal, but for ASP.NET Identity's own columns.</summary>
abstract partial class GovernanceDb(DbContextOptions options) : IdentityUserContext<Member>(options)
{
    /// <summary>Taken while this context writes, so that ASP.NET Identity and the journal never write at once. Null where the journal itself writes, or nobody does.</summary>
    internal SemaphoreSlim? WriteGate { get; set; }

    public DbSet<WorkspaceRow> Workspaces => Set<WorkspaceRow>();
    public DbSet<ProjectRow> Projects => Set<ProjectRow>();
    public DbSet<KeyRow> Keys => Set<KeyRow>();
    public DbSet<ManagementKeyRow> ManagementKeys => Set<ManagementKeyRow>();
    public DbSet<RuleRow> Rules => Set<RuleRow>();
    public DbSet<RouteRow> Routes => Set<RouteRow>();
    public DbSet<PriceRow> Prices => Set<PriceRow>();
    public DbSet<UpstreamRow> Upstreams => Set<UpstreamRow>();
    public DbSet<BudgetRow> Budgets => Set<BudgetRow>();
    public DbSet<BalanceRow> Balances => Set<BalanceRow>();
    public DbSet<ThresholdClaimRow> ThresholdClaims => Set<ThresholdClaimRow>();
    public DbSet<HoldRow> Holds => Set<HoldRow>();
    public DbSet<UsageRow> Usage => Set<UsageRow>();
    public DbSet<CorrectionRow> Corrections => Set<CorrectionRow>();
    public DbSet<AuditRow> Audit => Set<AuditRow>();
    public DbSet<FenceRow> Fences => Set<FenceRow>();
    public DbSet<MailRow> Mail => Set<MailRow>();
    public DbSet<BookmarkRow> Bookmarks => Set<BookmarkRow>();
    public DbSet<InstanceRow> Instances => Set<InstanceRow>();
    public DbSet<LeaseRow> Leases => Set<LeaseRow>();
    public DbSet<KeyRingRow> KeyRing => Set<KeyRingRow>();

    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        if (WriteGate is null)
        {
            return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        }
        await WriteGate.WaitAsync(cancellationToken);
        try
        {
            return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        }
        finally
        {
            WriteGate.Release();
        }
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configuration) =>
        configuration.Properties<DateTimeOffset>().HaveConversion<DateTimeOffsetToMilliseconds>();

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        Definition<WorkspaceRow, WorkspaceDefinition>(builder, "workspaces");
        Definition<ProjectRow, ProjectDefinition>(builder, "projects");
        Definition<KeyRow, KeyDefinition>(builder, "keys");
        Definition<ManagementKeyRow, ManagementKeyDefinition>(builder, "management_keys");
        Definition<RuleRow, RuleDefinition>(builder, "rules");
        Definition<RouteRow, RouteDefinition>(builder, "routes");
        Definition<PriceRow, PriceOverlay>(builder, "prices");
        Definition<UpstreamRow, UpstreamDefinition>(builder, "upstreams");
        Definition<BudgetRow, BudgetDefinition>(builder, "budgets");
        builder.Entity<KeyRow>().HasIndex(row => row.LookupId).IsUnique();
        builder.Entity<BalanceRow>().ToTable("balances").HasIndex(row => new { row.BudgetId, row.Period }).IsUnique();
        builder.Entity<ThresholdClaimRow>().ToTable("threshold_claims").HasKey(row => new { row.BudgetId, row.Period, row.Percent });
        builder.Entity<HoldRow>(holds =>
        {
            holds.ToTable("holds").Property(row => row.Id).ValueGeneratedNever();
            holds.HasIndex(row => row.Session);
        });
        builder.Entity<FenceRow>().ToTable("fences").Property(row => row.Id).ValueGeneratedNever();
        builder.Entity<UsageRow>(usage =>
        {
            usage.ToTable("usage").Ignore(row => row.CallId).Ignore(row => row.Correction).Ignore(row => row.Cost).Ignore(row => row.Warnings);
            usage.Property(row => row.Id).ValueGeneratedNever();
            usage.HasIndex(row => row.Session).HasFilter("session IS NOT NULL");
        });
        builder.Entity<CorrectionRow>().ToTable("corrections").Property(row => row.Id).ValueGeneratedNever();
        builder.Entity<AuditRow>(audit =>
        {
            audit.ToTable("audit").Ignore(row => row.At);
            audit.Property(row => row.Id).ValueGeneratedNever();
            audit.HasIndex(row => new { row.Chain, row.Sequence }).IsUnique();
            audit.HasIndex(row => row.RequestId).HasFilter("request_id IS NOT NULL");
        });
        builder.Entity<MailRow>().ToTable("mail").HasIndex(row => row.MessageId).IsUnique();
        builder.Entity<BookmarkRow>().ToTable("bookmarks").HasKey(row => row.Reader);
        builder.Entity<InstanceRow>().ToTable("instances").HasKey(row => row.Id);
        builder.Entity<LeaseRow>().ToTable("leases").HasKey(row => row.Name);
        builder.Entity<KeyRingRow>().ToTable("key_ring").HasKey(row => row.Name);
        UseSnakeCase(builder);
    }

    static void Definition<TRow, T>(ModelBuilder builder, string table)
        where TRow : DefinitionRow<T>
        where T : class
    {
        builder.Entity<TRow>().ToTable(table).HasKey(row => row.Id);
        builder.Entity<TRow>().Property(row => row.Definition)
            .HasConversion(definition => AuditJson.Text(definition), text => AuditJson.Read<T>(text));
    }

    /// <summary>Names in the database are snake_case, so that statements written by hand need no quotes on either database.</summary>
    static void UseSnakeCase(ModelBuilder builder)
    {
        foreach (var entity in builder.Model.GetEntityTypes())
        {
            entity.SetTableName(Snake(entity.GetTableName() ?? entity.ShortName()));
            foreach (var property in entity.GetProperties())
            {
                property.SetColumnName(Snake(property.Name));
            }
        }
    }

    static string Snake(string name) => WordStart().Replace(name, "_$1").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z0-9])([A-Z])")]
    private static partial Regex WordStart();

    sealed class DateTimeOffsetToMilliseconds() : ValueConverter<DateTimeOffset, long>(
        instant => instant.ToUnixTimeMilliseconds(), milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
}
