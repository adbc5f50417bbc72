using Governance.Audit;
using Governance.Budgets.Balances;
using Governance.Journal;
using Governance.Ledger.Holds;

namespace Governance.Ledger;

/// <summary>Reserves: all matching budgets or none, the hold row, and what the trail is told, in one transaction.</summary>
sealed class ReserveWork(SpendLedger ledger, LedgerCall call, AuditEvent? intervention, bool enforce, Func<LedgerCall, Reservation, AuditEvent?> refusal, bool patient = false, WaitingCall? place = null)
    : JournalWork<Reservation>
{
    readonly string body = HoldText.Write(call);

    /// <summary>What would have passed is worked out for whoever is refused, behind those who may go on.</summary>
    public override bool IsAnsweredLast => Result.Refusal is not null;

    public override void Execute(JournalTransaction transaction)
    {
        if (ledger.Fences.Current is not null)
        {
            // The fence fell since the call was let in: while it waited for others' holds, or in this very group.
            Result = new Reservation(null, null, IsFenced: true);
            return;
        }
        if (call.Id.At.ToUnixTimeMilliseconds() < transaction.DecidedFromMilliseconds)
        {
            throw new JournalUnavailableException("The call was decided before this instance took part anew.");
        }
        if (call.Id.At - transaction.Now > transaction.MaxAhead)
        {
            throw new JournalUnavailableException("The call's instant lies ahead of the ledger's clock.");
        }
        var reservation = ledger.Balances.Reserve(transaction, call.For, call.Holds, call.Id.At, enforce, place, waits: patient);
        Result = reservation;
        if (reservation.Refusal is { } budget)
        {
            if (patient && reservation.IsHeld)
            {
                return;
            }
            if (refusal(call, reservation) is not { } told)
            {
                Result = reservation with { IsCounted = true };
                return;
            }
            ledger.WriteInTransaction(transaction, call, new CallResult { Outcome = UsageOutcome.Refused, Status = 402, End = budget.DenyCode });
            transaction.Append(told);
            return;
        }
        ledger.HoldInTransaction(transaction, call, body);
        if (intervention is not null)
        {
            transaction.Append(intervention);
        }
        CrashPoint.Reach("hold-executed");
    }
}

/// <summary>Settles: removes the hold, writes the entry, moves the balances.</summary>
/// <param name="failed">Called instead of whoever waits, where nobody does.</param>
/// <param name="mayBeUnknown">True where nobody knows whether the call was ever held: then what the ledger does not know is left so.</param>
/// <param name="watch">Ended with it; null where nobody traces the call.</param>
sealed class SettleWork(SpendLedger ledger, LedgerCall call, CallResult result, AuditEvent? told, Action<Exception>? failed, bool mayBeUnknown = false, SettlementWatch? watch = null) : JournalWork<Money>
{
    public override void Execute(JournalTransaction transaction)
    {
        if (mayBeUnknown && !IsUnsent(transaction))
        {
            return;
        }
        Result = ledger.SettleInTransaction(transaction, call, result, told);
        CrashPoint.Reach("settle-executed");
    }

    public override bool IsAwaited => failed is null || watch is not null;

    public override void Complete()
    {
        base.Complete();
        watch?.EndSettlement();
    }

    public override void Fail(Exception exception)
    {
        if (failed is null)
        {
            base.Fail(exception);
            return;
        }
        failed(exception);
    }

    /// <summary>True where the ledger has the call, and it did not go out past the ledger after all.</summary>
    bool IsUnsent(JournalTransaction transaction)
    {
        var hold = transaction.Prepare("SELECT call FROM holds WHERE id = ?1").Bind(1, call.Id.Value);
        bool? isUnsent = hold.Step() ? HoldText.Read(hold.Text(0), call.Id.Value) is { FailOpen: false } : null;
        hold.Reset();
        if (isUnsent is { } known)
        {
            return known;
        }
        // Another instance may have taken this one for dead meanwhile, and assumed what it held.
        var entry = transaction.Prepare("SELECT outcome, flags FROM usage WHERE id = ?1").Bind(1, call.Id.Value);
        var isAssumed = entry.Step() && (UsageOutcome)entry.Integer(0) is UsageOutcome.Assumed && ((UsageFlags)entry.Integer(1) & UsageFlags.FailOpen) == 0;
        entry.Reset();
        return isAssumed;
    }
}

/// <summary>Writes an entry that held nothing.</summary>
sealed class RecordWork(SpendLedger ledger, LedgerCall call, CallResult result, AuditEvent? told) : JournalWork<bool>
{
    public override void Execute(JournalTransaction transaction)
    {
        ledger.WriteInTransaction(transaction, call, result);
        if (told is not null)
        {
            transaction.Append(told);
        }
        Result = true;
        CrashPoint.Reach("record-executed");
    }
}
