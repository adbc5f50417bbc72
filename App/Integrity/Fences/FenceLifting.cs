using Governance.Audit;
using Governance.Audit.Checkpoints;
using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Ledger.Fences;
using Governance.Projects;

namespace Governance.Integrity.Fences;

/// <summary>What somebody says a project spent while the ledger did not look, with what is known of all of its calls. There is no spend without a project: no project's cap would count it.</summary>
[Pure]
sealed record SpentSince(Money Amount, string Project)
{
    public string? Department { get; init; }
    public string? Customer { get; init; }
    public string? Vendor { get; init; }

    /// <summary>Whether a budget can count it where it names the dimension: what only a call knows (who made it, with which key and model) is not known.</summary>
    public static bool Knows(ScopeKind kind) => kind is ScopeKind.Tenant or ScopeKind.Project or ScopeKind.Department or ScopeKind.Customer or ScopeKind.Vendor;
}

/// <summary>Lifts a fence: enters what was spent since the older state, so that budgets count it, and moves the mark on to the new epoch.</summary>
sealed class FenceLifting(JournalWriter journal, SpendLedger ledger, FenceShelf shelf, LedgerMarkFile marks, LedgerMarkKeeper keeper, CheckpointSettings checkpoints)
{
    /// <summary>Answers the sentence that the trail was told, or null where no fence stands; then nothing was entered.</summary>
    /// <param name="spent">Empty for: nothing was spent.</param>
    /// <param name="next">Makes the ids of the entries.</param>
    /// <param name="forClock">Lifts a fence that stands for the clock alone, and no other.</param>
    public async Task<string?> LiftAsync(IReadOnlyList<SpentSince> spent, string workspace, Actor actor, Func<CallId> next, bool forClock = false)
    {
        var entries = spent.Where(one => one.Amount > Money.Zero).Select(one => (Call: Entry(one, workspace, next()), one.Amount)).ToList();
        // Read before, because everybody waits for a transaction; that it cannot be read matters only where a new epoch has to name it.
        var lastCheckpoint = Task.Run(new CheckpointFolder(checkpoints.Folder).Last);
        await Task.WhenAny(lastCheckpoint);
        var work = new LiftWork(ledger, shelf, entries, marks.Read()?.Epoch ?? 1, lastCheckpoint, actor, forClock);
        journal.Submit(work);
        var sentence = await work.Committed;
        if (sentence is not null)
        {
            await keeper.TryKeepAsync();
        }
        return sentence;
    }

    static LedgerCall Entry(SpentSince spent, string workspace, CallId id) => new()
    {
        Id = id,
        For = new Attribution
        {
            Project = spent.Project, Key = SpentElsewhere.Key, Tenant = workspace, Department = spent.Department, Customer = spent.Customer, Vendor = spent.Vendor,
        },
        ModelAsked = "",
        Estimate = spent.Amount,
    };
}

/// <summary>The names under which spend is entered that no call of this ledger stands for. No key can be called so.</summary>
static class SpentElsewhere
{
    public const string Action = "ledger.spend_entered";
    public const string Key = "_acknowledged";
    public const string End = "spent_since_backup";
}

/// <summary>Lifts the fence that stands, alone in its transaction.</summary>
sealed class LiftWork(SpendLedger ledger, FenceShelf shelf, IReadOnlyList<(LedgerCall Call, Money Amount)> entries, long knownEpoch, Task<WrittenCheckpoint?> lastCheckpoint, Actor actor, bool forClock) : JournalWork<string?>
{
    long epoch;

    public override bool Alone => true;

    public override void Execute(JournalTransaction transaction)
    {
        Result = null;
        if (FenceTable.Standing(transaction) is not { } fence || (forClock && !ClockGap.IsReason(fence.Reason)))
        {
            return;
        }
        foreach (var (call, amount) in entries)
        {
            ledger.Balances.Load(transaction, call.For, call.Id.At);
            ledger.WriteInTransaction(transaction, call, new CallResult { Outcome = UsageOutcome.Adjusted, Cost = amount, End = SpentElsewhere.End });
            ledger.Balances.Settle(transaction, call.For, default, amount, call.Id.At);
            transaction.Append(Told(call, amount, fence, actor));
        }
        var sum = entries.Aggregate(Money.Zero, (sum, entry) => sum + entry.Amount);
        var spent = entries.Count == 0 ? ClockGap.IsReason(fence.Reason) ? "the clock was said to be right" : "nothing was spent since the older state" : $"{sum} that was spent since the older state counts now";
        epoch = AuditEpochs.Newest(transaction);
        if (epoch <= knownEpoch)
        {
            // The mark was moved since the fence was raised: what it stands for is lost as well.
            epoch = AuditEpochs.Begin(transaction, fence.Reason, lastCheckpoint.GetAwaiter().GetResult(), actor, knownEpoch).Epoch;
        }
        Result = $"Calls are admitted again, in epoch {epoch}: {spent}.";
        FenceTable.Lift(transaction, fence, epoch, actor, Result, entries.Select(entry => new { call = entry.Call.Id.ToString(), usd = entry.Amount.ToPlain(), project = entry.Call.For.Project }));
    }

    /// <summary>For the project's own chain, and under the entry's id, so that its details explain it.</summary>
    static AuditEvent Told(LedgerCall entry, Money amount, Fence fence, Actor actor) => new()
    {
        Chain = entry.For.Project,
        Category = AuditCategory.System,
        Action = SpentElsewhere.Action,
        Actor = actor,
        Project = entry.For.Project,
        TargetKind = "call",
        TargetId = entry.Id.ToString(),
        Sentence = $"{amount} counts as spent by {entry.For.Project} from now on: it was spent since the older state that the ledger goes on from.",
        RequestId = entry.Id.ToString(),
        Details = AuditJson.Element(new { usd = amount.ToPlain(), fence = fence.Id, counted_at = entry.Id.At }),
    };

    public override void Committing()
    {
        if (Result is not null)
        {
            shelf.Lifted(epoch);
        }
    }
}
