using Governance.Audit.Timeline;
using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Journal;
using Governance.Ledger;
using Governance.Projects;
using Microsoft.EntityFrameworkCore;

namespace Governance.Overview;

/// <summary>Reads the overview's figures, once for all open pages.</summary>
sealed class OverviewQueries : IDisposable
{
    const int LatestEntries = 5;

    readonly Reads reads;
    readonly SpendTally tally;
    readonly DirectoryShelf directories;
    readonly BudgetShelf budgets;
    readonly SpendSource spend;
    readonly AuditQueries trail;
    readonly TimeProvider time;
    readonly Shared<OverviewFigures> shared;

    public OverviewQueries(Reads reads, SpendTally tally, DirectoryShelf directories, BudgetShelf budgets, SpendSource spend, AuditQueries trail, TimeProvider time)
    {
        (this.reads, this.tally, this.directories, this.budgets, this.spend, this.trail, this.time) = (reads, tally, directories, budgets, spend, trail, time);
        shared = new Shared<OverviewFigures>(ReadAsync, TimeSpan.FromMilliseconds(250), time);
    }

    /// <summary>For a page that opens: figures of at most a second ago.</summary>
    public Task<OverviewFigures> RecentAsync() => shared.ReadAsync(TimeSpan.FromSeconds(1));

    /// <summary>After a commit: figures that have it.</summary>
    public Task<OverviewFigures> FreshAsync() => shared.ReadAsync(TimeSpan.Zero);

    public void Dispose() => shared.Dispose();

    async Task<OverviewFigures> ReadAsync()
    {
        var now = time.GetUtcNow();
        var directory = directories.Current;
        var book = budgets.Current;
        var month = tally.Read();
        await using var db = reads.Open();
        var caps = await CapsAsync(db, book, now);
        var workspace = caps.FirstOrDefault(cap => cap.Budget.Scope.Count == 0);
        var tiles = directory.Projects.Values.OrderBy(project => project.Name, StringComparer.OrdinalIgnoreCase).Select(project => new SpendTile(
            project.Id, project.Name, project.Owner, project.Stopped || directory.Workspace.Stopped,
            caps.FirstOrDefault(cap => cap.Budget.Scope is [{ Kind: ScopeKind.Project, Id: var id }] && id == project.Id),
            month.Projects.GetValueOrDefault(project.Id)));
        return new OverviewFigures(
            month,
            [.. workspace is null ? [] : new[] { new SpendTile(null, directory.Workspace.Name, null, directory.Workspace.Stopped, workspace, month.All) }, .. tiles],
            [.. (await trail.PageAsync(new AuditFilter(), now.AddDays(-Plans.AuditDays(directory.Workspace.Plan)))).Entries.Take(LatestEntries)],
            new FirstSteps(
                directory.Keys.Values.Any(key => !key.Definition.Revoked),
                month.All.Calls > 0 || await db.Usage.AnyAsync(),
                book.All.Count > 0,
                directory.Projects.Values.Any(project => project.AlertEmail is not null) || book.All.Any(budget => budget.Definition.AlertEmail is not null)),
            now);
    }

    /// <summary>Every budget with its balance of the current period; the month's first where a scope has several.</summary>
    async Task<List<CapState>> CapsAsync(GovernanceDb db, BudgetBook book, DateTimeOffset now)
    {
        var from = now.ToUnixTimeMilliseconds();
        var balances = (await db.Balances.Where(row => row.StartsMilliseconds <= from && row.EndsMilliseconds > from && !row.Period.StartsWith(BudgetPeriod.SessionPrefix)).ToListAsync())
            .ToDictionary(row => (row.BudgetId, row.Period));
        var caps = new List<CapState>();
        foreach (var budget in book.All.OrderBy(budget => budget.Definition.Window))
        {
            if (budget.PeriodAt(now) is { } period)
            {
                var balance = balances.GetValueOrDefault((budget.Definition.Id, period.Key));
                // A period begins without a row; only a rolling one has something in it by then.
                var posted = balance is not null ? new Money(balance.PostedNanos)
                    : budget.Definition.Window is BudgetWindow.RollingDays ? await spend.SpentAsync(db, budget.Definition, period) : Money.Zero;
                caps.Add(new CapState(budget.Definition, period, posted, new Money(balance?.HeldNanos ?? 0)));
            }
        }
        return caps;
    }
}
