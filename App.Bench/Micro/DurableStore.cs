using Governance.Audit;
using Governance.Audit.Checkpoints;
using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Gateway;
using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Ledger.Fences;
using Governance.Projects;
using Microsoft.Extensions.Logging.Abstractions;

namespace Governance.Bench.Micro;

/// <summary>The product's own store on a database of its own: the journal, three matching budgets, holds and settlements, with no HTTP around them.</summary>
sealed class DurableStore : IAsyncDisposable
{
    const string Project = "bench";

    readonly Database database;
    readonly JournalWriter journal;
    readonly SpendLedger ledger;
    readonly CallIds ids = new(TimeProvider.System);

    DurableStore(Database database, JournalWriter journal, SpendLedger ledger) => (this.database, this.journal, this.ledger) = (database, journal, ledger);

    public static async Task<DurableStore> StartAsync(string folder)
    {
        var settings = new JournalSettings($"Data Source={Path.Combine(folder, "governance.db")}");
        var database = Database.Take(settings);
        var journal = new JournalWriter(settings, TimeProvider.System, new Feed(TimeProvider.System), NullLogger<JournalWriter>.Instance);
        var shelf = new BudgetShelf();
        var balances = new BalanceTable(shelf, new LedgerSpend());
        var seal = new LedgerSeal();
        var ledger = new SpendLedger(journal, balances, seal, new UsageTable(), new CorrectionTable(), new LedgerInstance(journal), new FenceShelf(new LedgerMarkFile(settings), new CheckpointSettings(null, settings.Folder), TimeProvider.System, Microsoft.Extensions.Options.Options.Create(new StoreWatchSettings())), new SteadyClock(TimeProvider.System), NullLogger<SpendLedger>.Instance);
        journal.Start([shelf, balances, seal]);
        var edits = new BudgetEdits(journal, balances);
        ScopeTerm[][] scopes = [[], [new ScopeTerm(ScopeKind.Project, Project)], [new ScopeTerm(ScopeKind.Key, "key")]];
        foreach (var scope in scopes)
        {
            await edits.SaveAsync(new BudgetDefinition { Id = $"budget-{scope.Length}-{scope.FirstOrDefault().Kind}".ToLowerInvariant(), Scope = scope, Cap = Money.FromUsd(100_000_000m) }, Actor.System);
        }
        return new DurableStore(database, journal, ledger);
    }

    /// <summary>Holds at three budgets; returns when that is on disk. The settlement is queued behind it, as the gateway does.</summary>
    public async Task HoldAsync() => ledger.Settle(await ReserveAsync(), Result, null);

    /// <summary>Holds, waits, settles, waits: one caller that does this makes a commit of its own for every step.</summary>
    public async Task HoldAndSettleAsync() => await ledger.SettleAsync(await ReserveAsync(), Result);

    static CallResult Result => new() { Outcome = UsageOutcome.Posted, Cost = new Money(1_000_000), Status = 200, End = "Completed" };

    async Task<LedgerCall> ReserveAsync()
    {
        var call = new LedgerCall
        {
            Id = ids.Next(),
            For = new Attribution { Project = Project, Key = "key", Tenant = "bench", Model = "claude-sonnet-5", Vendor = "anthropic" },
            ModelAsked = "claude-sonnet-5",
            Upstream = "stub",
            Estimate = new Money(3_000_000),
            MaxTokens = 200,
        };
        var reservation = await ledger.ReserveAsync(call, null, enforce: true, (_, _) => throw new BenchException("The bench's own budget refuses."));
        return reservation.Remaining is null ? throw new BenchException("No budget matched.") : call;
    }

    public async ValueTask DisposeAsync()
    {
        await journal.DisposeAsync();
        database.Dispose();
    }
}
