using System.Diagnostics;
using Governance.Audit;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Budgets;

/// <summary>A balance in memory, as the open transaction has it.</summary>
sealed class Balance
{
    public required CompiledBudget Budget { get; init; }
    public required BudgetPeriod Period { get; init; }
    public long Id { get; init; }
    public Money Posted { get; set; }
    public Money Held { get; set; }
    public long Version { get; set; }
    public bool Dirty { get; set; }
    /// <summary>The highest percentage that is claimed already, so that the database is asked only at a crossing.</summary>
    public int ClaimedPercent { get; set; }
}

/// <summary>
/// The balances of all budgets. Used on the journal's thread only. A group's effects are added up here and written once for
/// each balance before the commit, with the version that was read as the condition: if any other writer had touched the row,
/// no row is changed and the whole group fails. So the database decides every admission, at one statement a balance and commit.
/// </summary>
sealed class BalanceTable(BudgetShelf shelf, SpendSource spend) : JournalListener
{
    readonly Dictionary<(string Budget, string Period), Balance> balances = [];
    readonly List<Balance> dirty = [];
    readonly Dictionary<CompiledBudget, Balance> newest = new(ReferenceEqualityComparer.Instance);

    /// <summary>Admits the call at all matching budgets or at none. A refusal names the budget with the smallest remainder.</summary>
    /// <param name="enforce">False where the plan has no policy stage: everything is admitted, held and counted.</param>
    public Reservation Reserve(JournalTransaction transaction, Attribution call, Money amount, DateTimeOffset at, bool enforce)
    {
        var matching = shelf.Current.Matching(call);
        List<BudgetRefusal>? refusals = null;
        Money? remaining = null;
        foreach (var budget in matching)
        {
            var balance = Find(transaction, budget, at);
            if (enforce && BudgetRefusal.Of(budget, balance.Period, balance.Posted, balance.Held, amount) is { } refusal)
            {
                (refusals ??= []).Add(refusal);
            }
            var left = Money.Nearest((Int128)budget.Definition.Cap.Nanos - balance.Posted.Nanos - balance.Held.Nanos - amount.Nanos);
            remaining = remaining is { } least ? Money.Min(least, left) : left;
        }
        if (refusals is not null)
        {
            return new Reservation(BudgetRefusal.Decisive(refusals), null);
        }
        foreach (var budget in matching)
        {
            var balance = Find(transaction, budget, at);
            balance.Held += amount;
            Touch(balance);
        }
        return new Reservation(null, remaining);
    }

    /// <summary>Makes sure that the balances of all matching budgets are known as they stand now.</summary>
    public void Load(JournalTransaction transaction, Attribution call, DateTimeOffset at)
    {
        foreach (var budget in shelf.Current.Matching(call))
        {
            Find(transaction, budget, at);
        }
    }

    /// <summary>Ends a hold: takes it off every matching budget of the reservation's period and posts the cost there.</summary>
    public void Settle(JournalTransaction transaction, Attribution call, Money held, Money cost, DateTimeOffset reservedAt)
    {
        foreach (var budget in shelf.Current.Matching(call))
        {
            var balance = Find(transaction, budget, reservedAt);
            balance.Held -= held;
            balance.Posted = Money.Nearest((Int128)balance.Posted.Nanos + cost.Nanos);
            if (balance.Held < Money.Zero)
            {
                throw new UnreachableException($"Budget {budget.Definition.Id} would hold less than nothing in {balance.Period.Key}.");
            }
            Touch(balance);
            ClaimThresholds(transaction, balance);
        }
    }

    /// <summary>Sets a balance to what the ledger comes to. Answers what it said before, or null where it was right.</summary>
    public (Money Posted, Money Held)? Correct(JournalTransaction transaction, CompiledBudget budget, DateTimeOffset at)
    {
        var balance = Find(transaction, budget, at);
        var (posted, held) = spend.Recompute(transaction, budget.Definition, balance.Period);
        if (balance.Posted == posted && balance.Held == held)
        {
            return null;
        }
        var before = (balance.Posted, balance.Held);
        (balance.Posted, balance.Held) = (posted, held);
        Touch(balance);
        ClaimThresholds(transaction, balance);
        return before;
    }

    /// <summary>Makes sure that every budget has its balance of the current period, and that thresholds that a lower cap has reached are told.</summary>
    public void Open(JournalTransaction transaction, BudgetBook book)
    {
        foreach (var budget in book.All)
        {
            ClaimThresholds(transaction, Find(transaction, budget, transaction.Now));
        }
    }

    /// <summary>Drops what is kept of a budget, whose scope, window or zone has changed: its balances are computed anew from the ledger.</summary>
    public void Forget(JournalTransaction transaction, string budgetId)
    {
        transaction.Prepare("DELETE FROM balances WHERE budget_id = ?1").Bind(1, budgetId).Run();
        Clear();
    }

    /// <summary>The balances of changed budgets are there, and right, as soon as the change is.</summary>
    public override Action? Prepare(Change change)
    {
        Open(change.Transaction, BudgetShelf.Load(change.Db));
        // Compiled anew with every change: what was kept for the old ones would only pile up.
        return newest.Clear;
    }

    public override void BeforeCommit(JournalTransaction transaction)
    {
        foreach (var balance in dirty)
        {
            var rows = transaction.Prepare("UPDATE balances SET posted_nanos = ?2, held_nanos = ?3, version = ?4 + 1 WHERE id = ?1 AND version = ?4")
                .Bind(1, balance.Id).Bind(2, balance.Posted.Nanos).Bind(3, balance.Held.Nanos).Bind(4, balance.Version).Run();
            if (rows != 1)
            {
                throw new InvalidOperationException($"The balance of {balance.Budget.Definition.Id} in {balance.Period.Key} was changed by another writer.");
            }
            balance.Version++;
            balance.Dirty = false;
        }
        dirty.Clear();
    }

    public override void AfterForeignCommit() => Clear();

    public override void AfterRollback() => Clear();

    internal void Clear()
    {
        balances.Clear();
        newest.Clear();
        dirty.Clear();
    }

    static bool IsDue(Balance balance)
    {
        var thresholds = balance.Budget.Definition.Thresholds;
        for (var i = 0; i < thresholds.Count; i++)
        {
            if (thresholds[i].Percent > balance.ClaimedPercent && Thresholds.IsCrossed(thresholds[i].Percent, balance.Posted, balance.Budget.Definition.Cap))
            {
                return true;
            }
        }
        return false;
    }

    Balance Find(JournalTransaction transaction, CompiledBudget budget, DateTimeOffset at)
    {
        if (newest.TryGetValue(budget, out var latest) && latest.Period.Starts <= at && at < latest.Period.Ends)
        {
            return latest;
        }
        var period = budget.PeriodAt(at);
        if (balances.TryGetValue((budget.Definition.Id, period.Key), out var balance) && ReferenceEquals(balance.Budget, budget))
        {
            return newest[budget] = balance;
        }
        if (balance is { Dirty: true })
        {
            throw new UnreachableException("A budget changed inside a group.");
        }
        balances[(budget.Definition.Id, period.Key)] = balance = Read(transaction, budget, period) ?? Create(transaction, budget, period);
        return newest[budget] = balance;
    }

    static Balance? Read(JournalTransaction transaction, CompiledBudget budget, BudgetPeriod period)
    {
        var row = transaction.Prepare("""
            SELECT id, posted_nanos, held_nanos, version,
              (SELECT COALESCE(MAX(percent), 0) FROM threshold_claims c WHERE c.budget_id = b.budget_id AND c.period = b.period)
            FROM balances b WHERE budget_id = ?1 AND period = ?2
            """).Bind(1, budget.Definition.Id).Bind(2, period.Key);
        if (!row.Step())
        {
            return null;
        }
        var balance = new Balance
        {
            Budget = budget,
            Period = period,
            Id = row.Integer(0),
            Posted = new Money(row.Integer(1)),
            Held = new Money(row.Integer(2)),
            Version = row.Integer(3),
            ClaimedPercent = (int)row.Integer(4),
        };
        row.Reset();
        return balance;
    }

    /// <summary>A balance is born with what the ledger already has for it, so that a cap set in mid-month counts the whole month.</summary>
    Balance Create(JournalTransaction transaction, CompiledBudget budget, BudgetPeriod period)
    {
        var (posted, held) = spend.Recompute(transaction, budget.Definition, period);
        transaction.Prepare("""
            INSERT INTO balances (budget_id, period, starts_milliseconds, ends_milliseconds, posted_nanos, held_nanos, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)
            """)
            .Bind(1, budget.Definition.Id).Bind(2, period.Key).Bind(3, period.Starts.ToUnixTimeMilliseconds()).Bind(4, period.Ends.ToUnixTimeMilliseconds())
            .Bind(5, posted.Nanos).Bind(6, held.Nanos).Run();
        CrashPoint.Reach("balance-created");
        return Read(transaction, budget, period) ?? throw new UnreachableException("A balance was not written.");
    }

    void Touch(Balance balance)
    {
        if (!balance.Dirty)
        {
            balance.Dirty = true;
            dirty.Add(balance);
        }
    }

    /// <summary>One claim row for each threshold and period; only who inserts it tells the trail, in the same transaction.</summary>
    static void ClaimThresholds(JournalTransaction transaction, Balance balance)
    {
        var definition = balance.Budget.Definition;
        if (!IsDue(balance))
        {
            return;
        }
        foreach (var threshold in definition.Thresholds)
        {
            if (threshold.Percent <= balance.ClaimedPercent || !Thresholds.IsCrossed(threshold.Percent, balance.Posted, definition.Cap))
            {
                continue;
            }
            var claimed = transaction.Prepare("INSERT INTO threshold_claims (budget_id, period, percent, at_milliseconds, audit_id) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING")
                .Bind(1, definition.Id).Bind(2, balance.Period.Key).Bind(3, threshold.Percent).Bind(4, transaction.NowMilliseconds).Bind(5, transaction.LastAuditId + 1).Run();
            if (claimed == 1)
            {
                transaction.Append(ThresholdNotice.Of(balance, threshold));
                CrashPoint.Reach("threshold-claimed");
            }
        }
        balance.ClaimedPercent = definition.Thresholds
            .Where(threshold => Thresholds.IsCrossed(threshold.Percent, balance.Posted, definition.Cap))
            .Select(threshold => threshold.Percent).Append(balance.ClaimedPercent).Max();
    }
}

/// <summary>What a reservation came to.</summary>
/// <param name="Refusal">Null where every matching budget admitted the call and holds its amount.</param>
/// <param name="Remaining">The smallest remainder after the hold; null where no budget matches, or the call was refused.</param>
readonly record struct Reservation(BudgetRefusal? Refusal, Money? Remaining);
