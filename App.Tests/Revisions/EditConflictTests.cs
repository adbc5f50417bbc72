using Governance.Audit;
using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Journal;
using Governance.Policies;
using Governance.Projects;
using Governance.Revisions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Tests.Revisions;

/// <summary>Two people at one definition, on the real journal and tables: the slower one is told, and nothing is written over.</summary>
public abstract class EditConflictTests(Store store) : IAsyncLifetime
{
    static readonly Actor maria = new(ActorKind.Member, "maria@acme.test");
    static readonly Actor jo = new(ActorKind.Member, "jo@acme.test");
    static readonly RuleDefinition rule = new() { Id = "no-opus", Type = RuleType.DenyModel, Models = ["claude-opus"] };
    static readonly BudgetDefinition budget = new() { Id = "b", Cap = Money.FromUsd(50m), Thresholds = [new Threshold(80)] };

    readonly DirectoryInfo folder = System.IO.Directory.CreateTempSubdirectory("governance-");
    ServiceProvider services = null!;
    Database database = null!;

    public Task InitializeAsync()
    {
        var settings = new JournalSettings(store is Store.Postgres ? PostgresServer.Shared.NewDatabase() : $"Data Source={Path.Combine(folder.FullName, "governance.db")}");
        database = Database.Take(settings);
        services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddJournal(settings).AddAudit().AddPolicies().AddBudgets().AddSingleton<SpendSource, FixedSpend>().BuildServiceProvider();
        services.GetRequiredService<JournalWriter>().Start(services.GetServices<JournalListener>());
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await services.DisposeAsync();
        database.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task TheSlowerEditOfARuleIsToldWhoWasFaster()
    {
        var edits = services.GetRequiredService<PolicyEdits>();
        Assert.Equal((EditOutcome.Saved, 1), Told(await edits.SaveAsync(rule, 0, maria)));
        Assert.Equal((EditOutcome.Saved, 2), Told(await edits.SaveAsync(rule with { Reason = "dear" }, 1, jo)));
        var slow = await edits.SaveAsync(rule with { Models = ["claude-haiku"] }, 1, maria);
        Assert.Equal((EditOutcome.Conflict, 2), Told(slow));
        Assert.Equal("jo@acme.test", slow.UpdatedBy);
        var standing = Assert.Single(await services.GetRequiredService<PolicyQueries>().RulesAsync());
        Assert.Equal(("dear", "claude-opus", 2, "jo@acme.test"), (standing.Definition.Reason, standing.Definition.Models[0], standing.Version, standing.UpdatedBy));
        Assert.Equal((EditOutcome.Unchanged, 2), Told(await edits.SaveAsync(standing.Definition, 2, maria)));
        Assert.Equal((EditOutcome.Conflict, 2), Told(await edits.SaveAsync(rule, 0, maria)));
    }

    [Fact]
    public async Task CellsOfTheRouterAreSavedTogetherOrNotAtAll()
    {
        var edits = services.GetRequiredService<PolicyEdits>();
        var queries = services.GetRequiredService<PolicyQueries>();
        var code = new RouteDefinition { Mode = Mode.Eco, TaskType = TaskType.Code, Model = "claude-sonnet-5" };
        var simple = code with { TaskType = TaskType.Simple };
        Assert.Null(await edits.SaveAsync([new RouteEdit(code, 0, false)], maria));
        Assert.NotNull(await edits.SaveAsync([new RouteEdit(simple, 0, false), new RouteEdit(code, 0, false)], jo));
        Assert.Equal(TaskType.Code, Assert.Single(await queries.RoutesAsync()).Definition.TaskType);
        Assert.Null(await edits.SaveAsync([new RouteEdit(simple, 0, false), new RouteEdit(code, 1, true)], jo));
        Assert.Equal(TaskType.Simple, Assert.Single(await queries.RoutesAsync()).Definition.TaskType);
    }

    [Fact]
    public async Task ABudgetIsReadWithTheBalanceOfItsPeriodAndWhatWasTold()
    {
        var edits = services.GetRequiredService<BudgetEdits>();
        Assert.Equal((EditOutcome.Saved, 1), Told(await edits.SaveAsync(budget, 0, maria)));
        Assert.Equal((EditOutcome.Conflict, 1), Told(await edits.SaveAsync(budget with { Cap = Money.Zero }, 0, jo)));
        var standing = Assert.Single(await services.GetRequiredService<BudgetQueries>().AllAsync());
        Assert.Equal(FixedSpend.Posted, standing.Posted);
        Assert.Equal(FixedSpend.Held, standing.Held);
        Assert.Equal(Money.FromUsd(8.5m), standing.Remaining);
        Assert.Equal([80], standing.Told.Keys);
        Assert.InRange(DateTimeOffset.UtcNow, standing.Period!.Value.Starts, standing.Period.Value.Ends);
    }

    static (EditOutcome, int) Told(EditResult result) => (result.Outcome, result.Version);

    /// <summary>A ledger that always comes to the same.</summary>
    sealed class FixedSpend : SpendSource
    {
        public static readonly Money Posted = Money.FromUsd(41m);
        public static readonly Money Held = Money.FromUsd(0.5m);

        public override (Money Posted, Money Held) Recompute(JournalTransaction transaction, BudgetDefinition budget, BudgetPeriod period) => (Posted, Held);

        public override AuditEvent Corrected(BudgetDefinition budget, BudgetPeriod period, (Money Posted, Money Held) before, (Money Posted, Money Held) after) => throw new NotSupportedException();

        public override Task<Money> SpentAsync(GovernanceDb db, BudgetDefinition budget, BudgetPeriod period) => Task.FromResult(Posted);

        public override Task<(int Calls, Money WorstCase)> InFlightAsync(GovernanceDb db, BudgetDefinition budget, BudgetPeriod period) => Task.FromResult((1, Held));
    }
}

public sealed class EditConflictTestsOnSqlite() : EditConflictTests(Store.Sqlite);

public sealed class EditConflictTestsOnPostgres() : EditConflictTests(Store.Postgres);
