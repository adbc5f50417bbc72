using Governance.Audit;
using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Journal;
using Governance.Ledger.Entries;
using Governance.Ledger.Holds;
using Governance.Pricing;
using Governance.Projects;
using Microsoft.EntityFrameworkCore;

namespace Governance.Ledger;

/// <summary>Adds up entries and open holds for a budget, by the same matching that admission uses. One absurd entry makes a budget full, never uncomputable.</summary>
sealed class LedgerSpend : SpendSource
{
    const string AttributionColumns = "project, key, tenant, department, employee, customer, feature, workflow, session, model, vendor";
    /// <summary>Entries that are in memory at once while they are added up.</summary>
    internal const int PageRows = 5000;

    /// <summary>Of one session, by its index: however many calls of others are open, a session's first call costs what its next one does.</summary>
    internal const string SessionHolds = "SELECT call, held_nanos FROM holds WHERE (session = ?3 OR session IS NULL) AND id >= ?1 AND id < ?2";

    /// <summary>Of one session, from its entries to their corrections and not the other way round: CROSS JOIN is how SQLite is told.</summary>
    internal const string SessionCorrections = $"SELECT {CallColumns}, delta_nanos FROM usage CROSS JOIN corrections WHERE corrections.id = usage.id AND usage.session = ?3 AND usage.id >= ?1 AND usage.id < ?2";

    const string CallColumns = "usage.project, usage.key, usage.tenant, usage.department, usage.employee, usage.customer, usage.feature, usage.workflow, usage.session, usage.model, usage.vendor";

    public override (Money Posted, Money Held) Recompute(JournalTransaction transaction, BudgetDefinition budget, BudgetPeriod period) =>
        Recompute(transaction.Prepare, budget, period);

    public override AuditEvent Corrected(BudgetDefinition budget, BudgetPeriod period, (Money Posted, Money Held) before, (Money Posted, Money Held) after) =>
        CorrectionWork.Told(new Drift(budget.Id, period.Key, before.Posted, after.Posted, before.Held, after.Held), budget, Actor.System);

    /// <summary>The same sum over any connection: the journal's, or a snapshot that only reads.</summary>
    public static (Money Posted, Money Held) Recompute(Func<string, Statement> prepare, BudgetDefinition budget, BudgetPeriod period)
    {
        var from = CallId.FirstAt(period.Starts).Value;
        var until = CallId.FirstAt(period.Ends).Value;
        return (Posted(prepare, budget, period.Session, from, until), Held(prepare, budget, period.Session, from, until));
    }

    /// <summary>The database adds up by model, everything else that a scope names being compared there; a model is matched here.</summary>
    public override async Task<Money> SpentAsync(GovernanceDb db, BudgetDefinition budget, BudgetPeriod period)
    {
        var from = CallId.FirstAt(period.Starts).Value;
        var until = CallId.FirstAt(period.Ends).Value;
        var entries = db.Usage.Where(row => row.Id >= from && row.Id < until && row.CostNanos != 0);
        if (period.Session is { } session)
        {
            entries = entries.Where(row => row.Session == session);
        }
        foreach (var (kind, id) in budget.Scope)
        {
            entries = kind switch
            {
                ScopeKind.Tenant => entries.Where(row => row.Tenant == id),
                ScopeKind.Department => entries.Where(row => row.Department == id),
                ScopeKind.Employee => entries.Where(row => row.Employee == id),
                ScopeKind.Customer => entries.Where(row => row.Customer == id),
                ScopeKind.Project => entries.Where(row => row.Project == id),
                ScopeKind.Feature => entries.Where(row => row.Feature == id),
                ScopeKind.Workflow => entries.Where(row => row.Workflow == id),
                ScopeKind.Key => entries.Where(row => row.Key == id),
                ScopeKind.Vendor => entries.Where(row => row.Vendor == id),
                ScopeKind.Session => entries.Where(row => row.Session == id),
                _ => entries,
            };
        }
        var models = budget.Scope.Where(term => term.Kind is ScopeKind.Model).Select(term => term.Id).ToArray();
        var parts = await entries.GroupBy(row => row.Model).Select(group => new { Model = group.Key, Cost = group.Sum(row => row.CostNanos) }).ToListAsync();
        var spent = parts.Where(part => models.All(model => ModelName.Matches(model, part.Model))).Aggregate((Int128)0, (sum, part) => sum + part.Cost);
        return Money.Nearest(spent + await CorrectedAsync(db, budget, period.Session, from, until));
    }

    /// <summary>Corrections are few: each is looked at beside its call.</summary>
    static async Task<Int128> CorrectedAsync(GovernanceDb db, BudgetDefinition budget, string? session, long from, long until)
    {
        var corrections = await db.Corrections.Where(row => row.Id >= from && row.Id < until)
            .Join(db.Usage, correction => correction.Id, call => call.Id, (correction, call) => new { correction.DeltaNanos, Call = call }).ToListAsync();
        return corrections.Where(row => Counts(budget, session, row.Call.AttributedTo())).Aggregate((Int128)0, (sum, row) => sum + row.DeltaNanos);
    }

    public override async Task<(int Calls, Money WorstCase)> InFlightAsync(GovernanceDb db, BudgetDefinition budget, BudgetPeriod period)
    {
        var from = CallId.FirstAt(period.Starts).Value;
        var until = CallId.FirstAt(period.Ends).Value;
        var holds = await db.Holds.Where(hold => hold.Id >= from && hold.Id < until).Select(hold => new { hold.Call, hold.HeldNanos }).ToListAsync();
        var matching = holds.Where(hold => HoldText.Read(hold.Call) is not { } call || Counts(budget, period.Session, call.For)).ToList();
        return (matching.Count, Money.Nearest(matching.Aggregate((Int128)0, (sum, hold) => sum + hold.HeldNanos)));
    }

    static Money Posted(Func<string, Statement> prepare, BudgetDefinition budget, string? session, long from, long until)
    {
        Int128 sum = 0;
        const string Sum = $"SELECT {AttributionColumns}, cost_nanos, id FROM usage WHERE id >= ?1 AND id < ?2 AND cost_nanos <> 0";
        var (next, count) = (from, 0);
        do
        {
            // Page by page, because a store may answer a statement with all of its rows at once. Of a session there are few, and its index is not in the order of the ids.
            var rows = session is null ? prepare(Sum + " ORDER BY id LIMIT ?3").Bind(1, next).Bind(2, until).Bind(3, PageRows) : prepare(Sum + " AND session = ?3").Bind(1, from).Bind(2, until).Bind(3, session);
            for (count = 0; rows.Step(); count++)
            {
                next = rows.Integer(12) + 1;
                if (BudgetMatch.Matches(budget, UsageTable.ReadAttribution(rows)))
                {
                    sum += rows.Integer(11);
                }
            }
        }
        while (session is null && count == PageRows);
        var corrections = session is null
            ? prepare($"SELECT {CallColumns}, delta_nanos FROM corrections INNER JOIN usage ON usage.id = corrections.id WHERE corrections.id >= ?1 AND corrections.id < ?2").Bind(1, from).Bind(2, until)
            : prepare(SessionCorrections).Bind(1, from).Bind(2, until).Bind(3, session);
        while (corrections.Step())
        {
            if (Counts(budget, session, UsageTable.ReadAttribution(corrections)))
            {
                sum += corrections.Integer(11);
            }
        }
        return Money.Nearest(sum);
    }

    /// <summary>Of each hold what the budget holds by its own measure. One that cannot be read may be anybody's: it is held everywhere, so that no cap is overspent by it.</summary>
    static Money Held(Func<string, Statement> prepare, BudgetDefinition budget, string? session, long from, long until)
    {
        Int128 sum = 0;
        var rows = session is null ? prepare("SELECT call, held_nanos FROM holds WHERE id >= ?1 AND id < ?2").Bind(1, from).Bind(2, until) : prepare(SessionHolds).Bind(1, from).Bind(2, until).Bind(3, session);
        while (rows.Step())
        {
            if (HoldText.Read(rows.Text(0)) is not { } call)
            {
                sum += rows.Integer(1);
            }
            else if (Counts(budget, session, call.For))
            {
                sum += budget.Hold is HoldKind.Expected ? call.Holds.Expected.Nanos : rows.Integer(1);
            }
        }
        return Money.Nearest(sum);
    }

    static bool Counts(BudgetDefinition budget, string? session, Attribution call) => (session is null || call.Session == session) && BudgetMatch.Matches(budget, call);
}
