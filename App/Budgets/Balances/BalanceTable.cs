using System.Diagnostics;
using Governance.Audit;
using Governance.Journal;
using Governance.Projects;

namespace Governance.Budgets.Balances;

/// <summary>
/// The balances of all budgets. Used on the journal's thread only. A group's effects are added up here and written once for
/// each balance before the commit, with the version that was read as the condition: if any other writer had touched the row,
/// no row is changed and the whole group fails. So the database decides every admission, at one statement a balance and commit.
/// </summary>
sealed partial class BalanceTable(BudgetShelf shelf, SpendSource spend) : JournalListener
{
    /// <summary>Sessions come and go: what is kept of them is dropped at this many, and read again where it is needed.</summary>
    const int Most = 20_000;

    readonly Dictionary<(string Budget, string Period), Balance> balances = [];
    readonly List<Balance> dirty = [];
    readonly List<Balance> counting = [];
    readonly Dictionary<CompiledBudget, Balance> newest = new(ReferenceEqualityComparer.Instance);
    bool freed;

    public override JournalPhase Phase => JournalPhase.Balances;

    /// <summary>Called after a commit that gave back what calls had held. On the journal's thread: must not wait.</summary>
    public Action? Freed { get; set; }

    /// <summary>Who waits for room: nobody is admitted past an earlier call that waits for the same budget.</summary>
    public WaitingCalls Waiting { get; } = new();

    /// <summary>Admits the call at all matching budgets or at none, each holding by its own measure. A refusal names the budget with the smallest remainder.</summary>
    /// <param name="enforce">False where the plan has no policy stage: everything is admitted, held and counted.</param>
    /// <param name="place">The call's place among those that wait; null for a call that does not wait.</param>
    /// <param name="waits">True where a call that only holds in flight keep out takes its place in the line and tries again.</param>
    public Reservation Reserve(JournalTransaction transaction, Attribution call, HoldAmounts amounts, DateTimeOffset at, bool enforce, WaitingCall? place = null, bool waits = false)
    {
        Count(transaction, call, at);
        List<BudgetRefusal>? refusals = null;
        Money? remaining = null;
        string? remainingOf = null;
        var remainingStops = false;
        foreach (var balance in counting)
        {
            var budget = balance.Budget;
            var amount = amounts.Of(budget.Definition.Hold);
            Heal(transaction, balance);
            if (enforce && BudgetRefusal.Of(budget, balance.Period, balance.Posted, balance.Held, amount, Waiting.IsAwaited(balance, place)) is { } refusal)
            {
                (refusals ??= []).Add(refusal);
            }
            var left = Money.Nearest((Int128)budget.Definition.Cap.Nanos - balance.Posted.Nanos - balance.Held.Nanos - amount.Nanos);
            // A budget that only warns decides nothing; it is named only where no other matches.
            if (remaining is not { } least || (budget.Definition.HardBlock == remainingStops ? left < least : budget.Definition.HardBlock))
            {
                (remaining, remainingOf, remainingStops) = (left, budget.Definition.Id, budget.Definition.HardBlock);
            }
        }
        if (refusals is not null)
        {
            var decisive = BudgetRefusal.Decisive(refusals)!;
            if (waits && place is not null && decisive.DenyCode == BudgetRefusal.InFlight)
            {
                Waiting.Wait(place, counting.Find(balance => balance.Budget.Definition.Id == decisive.BudgetId && balance.Period.Key == decisive.PeriodKey)!);
            }
            return new Reservation(decisive, null);
        }
        if (place is not null)
        {
            // What it waited for it has now: whoever comes behind it in this very group need not wait for it.
            Waiting.Leave(place);
        }
        foreach (var balance in counting)
        {
            balance.Held += amounts.Of(balance.Budget.Definition.Hold);
            Touch(balance);
        }
        return new Reservation(null, remaining, remainingOf);
    }

    /// <summary>Makes sure that the balances of all matching budgets are known as they stand now.</summary>
    public void Load(JournalTransaction transaction, Attribution call, DateTimeOffset at) => Count(transaction, call, at);

    /// <summary>Ends a hold: takes it off every balance that counts the instant of the reservation, and posts the cost there. The hold is gone and the entry is written when this is called.</summary>
    public void Settle(JournalTransaction transaction, Attribution call, HoldAmounts held, Money cost, DateTimeOffset reservedAt)
    {
        Count(transaction, call, reservedAt);
        foreach (var balance in counting)
        {
            balance.Held -= held.Of(balance.Budget.Definition.Hold);
            balance.Posted = Money.Nearest((Int128)balance.Posted.Nanos + cost.Nanos);
            Heal(transaction, balance);
            Touch(balance);
            ThresholdClaims.Claim(transaction, balance);
        }
        freed = true;
    }

    /// <summary>
    /// A row that holds less than nothing was wrong before. The ledger knows what is right, with everything in it that this group has written so far:
    /// one wrong row must neither keep calls from ending nor give them more room than there is.
    /// </summary>
    void Heal(JournalTransaction transaction, Balance balance)
    {
        if (balance.Held >= Money.Zero)
        {
            return;
        }
        var before = (balance.Posted, balance.Held);
        (balance.Posted, balance.Held) = spend.Recompute(transaction, balance.Budget.Definition, balance.Period);
        transaction.Append(spend.Corrected(balance.Budget.Definition, balance.Period, before, (balance.Posted, balance.Held)));
        Touch(balance);
        ThresholdClaims.Claim(transaction, balance);
    }

    /// <summary>Sets a balance to what the ledger comes to. Answers what it said before, or null where it was right.</summary>
    public (Money Posted, Money Held)? Correct(JournalTransaction transaction, CompiledBudget budget, BudgetPeriod period)
    {
        var balance = Find(transaction, budget, period);
        var (posted, held) = spend.Recompute(transaction, budget.Definition, period);
        if (balance.Posted == posted && balance.Held == held)
        {
            return null;
        }
        var before = (balance.Posted, balance.Held);
        (balance.Posted, balance.Held) = (posted, held);
        Touch(balance);
        ThresholdClaims.Claim(transaction, balance);
        freed = true;
        return before;
    }

    /// <summary>Makes sure that every budget has its balance of the current period, and that thresholds that a lower cap has reached are told.</summary>
    public void Open(JournalTransaction transaction, BudgetBook book)
    {
        foreach (var budget in book.All)
        {
            if (budget.PeriodAt(transaction.Now) is { } period)
            {
                ThresholdClaims.Claim(transaction, Find(transaction, budget, period));
            }
        }
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

    public override void AfterCommit()
    {
        if (balances.Count > Most)
        {
            Clear();
        }
        if (freed)
        {
            freed = false;
            CrashPoint.Reach("settle-committed");
            Freed?.Invoke();
        }
    }

    /// <summary>Another instance may have given back something as well.</summary>
    public override void AfterForeignCommit()
    {
        Clear();
        Freed?.Invoke();
    }

    public override void AfterRollback()
    {
        freed = false;
        Clear();
    }

    internal void Clear()
    {
        balances.Clear();
        newest.Clear();
        dirty.Clear();
    }

    /// <summary>Puts every balance that counts a call of that instant into <see cref="counting"/>, by budget and then by day, always in this order.</summary>
    void Count(JournalTransaction transaction, Attribution call, DateTimeOffset at)
    {
        counting.Clear();
        foreach (var budget in shelf.Current.Matching(call))
        {
            if (budget.IsSingle && newest.TryGetValue(budget, out var latest) && latest.Period.Starts <= at && at < latest.Period.Ends)
            {
                counting.Add(latest);
            }
            else if (budget.PeriodAt(at, call.Session) is { } period)
            {
                counting.Add(Find(transaction, budget, period));
                if (budget.Definition.Window is BudgetWindow.RollingDays)
                {
                    foreach (var later in BalanceRows.Later(transaction, budget, at, period))
                    {
                        counting.Add(Find(transaction, budget, later));
                    }
                }
            }
        }
    }

    Balance Find(JournalTransaction transaction, CompiledBudget budget, BudgetPeriod period)
    {
        if (balances.TryGetValue((budget.Definition.Id, period.Key), out var balance) && ReferenceEquals(balance.Budget, budget))
        {
            return Newest(balance);
        }
        if (balance is { Dirty: true })
        {
            throw new UnreachableException("A budget changed inside a group.");
        }
        balance = BalanceRows.Read(transaction, budget, period);
        if (balance is null)
        {
            BalanceRows.Insert(transaction, budget, period, Begin(transaction, budget, period));
            CrashPoint.Reach("balance-created");
            balance = BalanceRows.Read(transaction, budget, period) ?? throw new UnreachableException("A balance was not written.");
        }
        balances[(budget.Definition.Id, period.Key)] = balance;
        return Newest(balance);
    }

    Balance Newest(Balance balance) => balance.Budget.IsSingle ? newest[balance.Budget] = balance : balance;

    /// <summary>A balance is born with what the ledger already has for it, so that a cap set in mid-month counts the whole month. A rolling one goes on from the day before: only the day that drops out is read again.</summary>
    (Money Posted, Money Held) Begin(JournalTransaction transaction, CompiledBudget budget, BudgetPeriod period)
    {
        var definition = budget.Definition;
        if (definition.Window is not BudgetWindow.RollingDays
            || BudgetPeriod.Before(definition, budget.Zone, period.Ends.AddMilliseconds(-1)) is not { } before
            || (balances.GetValueOrDefault((definition.Id, before.Key)) ?? BalanceRows.Read(transaction, budget, before)) is not { } yesterday
            || !ReferenceEquals(yesterday.Budget, budget) || yesterday.Posted > BudgetValidation.MaxCap)
        {
            return spend.Recompute(transaction, definition, period);
        }
        var dropped = spend.Recompute(transaction, definition, new BudgetPeriod("", before.Starts, period.Starts));
        var added = spend.Recompute(transaction, definition, new BudgetPeriod("", before.Ends, period.Ends));
        RemoveOld(transaction, budget, before);
        return (yesterday.Posted - dropped.Posted + added.Posted, yesterday.Held - dropped.Held + added.Held);
    }

    void Touch(Balance balance)
    {
        if (!balance.Dirty)
        {
            balance.Dirty = true;
            dirty.Add(balance);
        }
    }
}
