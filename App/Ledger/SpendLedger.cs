using Governance.Audit;
using Governance.Budgets.Balances;
using Governance.Journal;
using Governance.Ledger.Entries;
using Governance.Ledger.Fences;
using Governance.Ledger.Holds;

namespace Governance.Ledger;

/// <summary>The ledger's verbs: reserve before a call, settle after it, record what was refused or answered from the cache.</summary>
sealed partial class SpendLedger(JournalWriter journal, BalanceTable balances, LedgerSeal seal, UsageTable usage, CorrectionTable corrections, LedgerInstance instance, FenceShelf fences, SteadyClock clock, ILogger<SpendLedger> logger, CallLog? log = null)
{
    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    internal BalanceTable Balances => balances;

    internal SteadyClock Clock => clock;

    internal FenceShelf Fences => fences;

    /// <summary>How long a hold may stay open in a living process: longer than any call is waited for.</summary>
    public TimeSpan HoldLifetime { get; set; } = TimeSpan.FromHours(3);

    /// <summary>
    /// Holds the call's estimate at every matching budget or at none; answered after the commit, so that what follows may be sent.
    /// A refusal is recorded in the same transaction, with <paramref name="refusal"/> telling the trail why; where that is null it is not recorded.
    /// </summary>
    /// <param name="patient">True where the caller will try again: a refusal for holds in flight only is then not recorded.</param>
    /// <param name="place">From <see cref="HoldQueue.Arrive"/> for a call that may wait.</param>
    public ValueTask<Reservation> ReserveAsync(LedgerCall call, AuditEvent? intervention, bool enforce, Func<LedgerCall, Reservation, AuditEvent?> refusal, bool patient = false, WaitingCall? place = null)
    {
        var work = new ReserveWork(this, call, intervention, enforce, refusal, patient, place);
        journal.Submit(work);
        CrashPoint.Reach("hold-queued");
        return work.Committed;
    }

    /// <summary>Ends the call's hold with what it came to. Whoever wants it durable awaits; the first result stands, and a repeat answers with it.</summary>
    public ValueTask<Money> SettleAsync(LedgerCall call, CallResult result, AuditEvent? told = null)
    {
        var work = new SettleWork(this, call, result, told, null);
        journal.Submit(work);
        return work.Committed;
    }

    /// <summary>As <see cref="SettleAsync"/> where nobody waits. What cannot be written (a full disk) is tried again until it can, or until the process ends and the next start assumes the hold.</summary>
    /// <param name="watch">Ended once the settlement is durable; null where nobody traces the call.</param>
    public void Settle(LedgerCall call, CallResult result, AuditEvent? told, SettlementWatch? watch = null)
    {
        watch?.BeginSettlement();
        Settle(call, result, told, watch, TimeSpan.FromSeconds(1));
    }

    /// <summary>Voids the hold of a call that was refused, and not sent, because nobody knew whether the hold was written; as soon as the store answers again.</summary>
    public void VoidUnsent(LedgerCall call) => Settle(call, new CallResult { Outcome = UsageOutcome.Voided, Status = 503, End = "not_sent" }, null, null, TimeSpan.FromSeconds(1), mayBeUnknown: true);

    void Settle(LedgerCall call, CallResult result, AuditEvent? told, SettlementWatch? watch, TimeSpan next, bool mayBeUnknown = false)
    {
        try
        {
            journal.Submit(new SettleWork(this, call, result, told, exception => _ = AgainAsync(exception), mayBeUnknown, watch));
            CrashPoint.Reach("settle-queued");
        }
        catch (JournalFullException exception)
        {
            // While the process stops the hold stays, and the next start assumes it.
            _ = exception.Closing ? Task.CompletedTask : AgainAsync(exception);
        }

        async Task AgainAsync(Exception exception)
        {
            if (mayBeUnknown)
            {
                LogUnknown(logger, call.Id, next.TotalSeconds);
            }
            else
            {
                LogUnsettled(logger, call.Id, next.TotalSeconds, exception);
            }
            await Task.Delay(next);
            Settle(call, result, told, watch, next < LongestWait ? next * 2 : LongestWait, mayBeUnknown);
        }
    }

    /// <summary>Records a call that held nothing: refused by the gate, or answered from the cache. Answered after the commit.</summary>
    public ValueTask<bool> RecordAsync(LedgerCall call, CallResult result, AuditEvent? told)
    {
        var work = new RecordWork(this, call, result, told);
        journal.Submit(work);
        return work.Committed;
    }

    /// <summary>Writes the hold inside the transaction, from whose commit on the call may be sent.</summary>
    /// <param name="body">The call as <see cref="HoldText"/> writes it.</param>
    internal void HoldInTransaction(JournalTransaction transaction, LedgerCall call, string body)
    {
        var written = transaction.Prepare("""
            INSERT INTO holds (id, held_nanos, dispatched, instance, call, expires_milliseconds, session)
            SELECT ?1, ?2, 1, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (SELECT 1 FROM usage WHERE usage.id = ?1)
            """)
            .Bind(1, call.Id.Value).Bind(2, call.Estimate.Nanos).Bind(3, instance.Id).Bind(4, body)
            .Bind(5, clock.NowMilliseconds + (long)HoldLifetime.TotalMilliseconds).Bind(6, call.For.Session ?? "").Run();
        if (written == 0)
        {
            // Possible only where a clock went back over a time for which ids were given already.
            throw new JournalUnavailableException("The call's id is another call's.");
        }
        transaction.NotBefore(call.Id.At);
    }

    /// <summary>Writes the entry inside the transaction and puts it under this commit's seal.</summary>
    internal void WriteInTransaction(JournalTransaction transaction, LedgerCall call, CallResult result)
    {
        seal.Add(call.Id.Value, usage.Write(transaction, LedgerSeal.Batch(transaction), call, result));
        log?.Add(call, result);
    }

    /// <summary>Ends a hold inside the transaction. Answers the cost that stands: an earlier entry's where there is one, unless that was only a bound and this one is to correct it.</summary>
    /// <param name="told">What the trail is told of this end; once, however often it is delivered.</param>
    internal Money SettleInTransaction(JournalTransaction transaction, LedgerCall call, CallResult result, AuditEvent? told = null)
    {
        if (call.FailOpen)
        {
            result = result with { Flags = result.Flags | UsageFlags.FailOpen };
        }
        // Before the hold goes and the entry comes: a balance that has to be computed anew must still see the hold, and not yet the entry.
        balances.Load(transaction, call.For, call.Id.At);
        if (transaction.Prepare("DELETE FROM holds WHERE id = ?1").Bind(1, call.Id.Value).Run() == 0)
        {
            return SettleUnheld(transaction, call, result, told);
        }
        WriteInTransaction(transaction, call, result);
        balances.Settle(transaction, call.For, call.Holds, result.Cost, call.Id.At);
        Tell(transaction, told);
        return result.Cost;
    }

    /// <summary>
    /// A settlement without a hold (I7). After the end of the call what was only assumed is corrected, once, in the period of the call, and everything
    /// else stands as it was first. Where the call has no end either, the provider's bill has it all the same: it is entered in full, past any cap, and the trail is told.
    /// </summary>
    Money SettleUnheld(JournalTransaction transaction, LedgerCall call, CallResult result, AuditEvent? told)
    {
        if (UsageTable.EndOf(transaction, call.Id) is not var (outcome, cost))
        {
            WriteInTransaction(transaction, call, result with { Flags = result.Flags | UsageFlags.Unheld });
            balances.Settle(transaction, call.For, default, result.Cost, call.Id.At);
            transaction.Append(LateSettlement.Unheld(call, result));
            Tell(transaction, told);
            return result.Cost;
        }
        if (CorrectionTable.CostOf(transaction, call.Id) is { } corrected)
        {
            return corrected;
        }
        if (!LateSettlement.Corrects(outcome, cost, result))
        {
            return cost;
        }
        var delta = result.Cost - cost;
        seal.AddCorrection(call.Id.Value, corrections.Write(transaction, LedgerSeal.Batch(transaction), call.Id, result, delta));
        usage.Counts?.Correct(call, delta);
        balances.Settle(transaction, call.For, default, delta, call.Id.At);
        transaction.Append(LateSettlement.Told(call, cost, result));
        Tell(transaction, told);
        return result.Cost;
    }

    static void Tell(JournalTransaction transaction, AuditEvent? told)
    {
        if (told is not null)
        {
            transaction.Append(told);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Call {Id} was refused and not sent; whether its hold was written is not known yet, and is asked again in {Seconds} s")]
    static partial void LogUnknown(ILogger logger, CallId id, double seconds);

    [LoggerMessage(LogLevel.Error, "Call {Id} could not be settled; tried again in {Seconds} s. Its hold stays.")]
    static partial void LogUnsettled(ILogger logger, CallId id, double seconds, Exception exception);
}

/// <summary>Which run of the process holds what; a new one at every start.</summary>
sealed class LedgerInstance(JournalWriter journal)
{
    public string Id => journal.Instance;
}
