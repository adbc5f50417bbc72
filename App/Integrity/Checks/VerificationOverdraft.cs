using System.Text.Json;
using Governance.Audit;
using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Ledger.Holds;
using Governance.Projects;

namespace Governance.Integrity.Checks;

/// <summary>Why a hard cap may have been exceeded: only what I1 allows, and only where the trail or the ledger has it within the period.</summary>
static class VerificationOverdraft
{
    /// <summary>A call that was decided on just before an edit came into force has an id from just before.</summary>
    static readonly TimeSpan margin = TimeSpan.FromSeconds(1);

    static readonly string[] counting = ["scope", "window", "rolling_days", "from", "to", "time_zone", "hold", "retired"];

    /// <summary>A reason that is on record, or null; and by how much all that is on record may have exceeded the cap, null where no bound is known.</summary>
    public static (string? Why, Money? Most) Explain(LedgerSnapshot snapshot, BudgetDefinition budget, BudgetPeriod period)
    {
        if (budget.Hold is HoldKind.Expected)
        {
            return ("it holds the expected cost of a call, so that calls in flight may overrun it", null);
        }
        if (PlanSkips(snapshot))
        {
            return ("the workspace is on a plan that stops nothing", null);
        }
        var told = Newer(Told(snapshot, "budget", budget.Id, period.Starts, OfBudget), Told(snapshot, "workspace", null, period.Starts, OfWorkspace));
        var from = told is null ? CallId.FirstAt(period.Starts) : After(snapshot, told);
        var (why, most) = Counted(snapshot, budget, period, from);
        if (told is null)
        {
            return (why, Money.Nearest(most));
        }
        // What was admitted before that was admitted by other rules; from then on the cap holds again.
        var before = Before(snapshot, budget, period, from) - budget.Cap.Nanos;
        if (before > 0)
        {
            return (told.Why, Money.Nearest(before + most));
        }
        // Below the cap at that time, calls of before may still have come to more than they held when they ended after it, on top of what was admitted meanwhile.
        var (whyLate, mostLate) = Counted(snapshot, budget, period, from, SealBefore(snapshot, told.Id));
        return (why ?? whyLate ?? told.Why, Money.Nearest(mostLate));
    }

    /// <summary>
    /// What came on top without being admitted. A call is admitted only while everything spent and held stays below the cap, so that from then
    /// on nothing but these can take it above, and not by more than their sum.
    /// </summary>
    /// <param name="from">Entries and holds from this id on; corrections of all, because they may have come at any time.</param>
    /// <param name="afterSeal">Entries of earlier ids too where a later seal than this one covers them.</param>
    static (string? Why, Int128 Most) Counted(LedgerSnapshot snapshot, BudgetDefinition budget, BudgetPeriod period, CallId from, long afterSeal = long.MaxValue)
    {
        string? first = null;
        Int128 sum = 0;
        foreach (var (by, why) in Entries(snapshot, budget, period, from, afterSeal).Concat(Corrections(snapshot, budget, period)).Concat(Holds(snapshot, budget, period, from)))
        {
            first ??= why;
            sum += by;
        }
        return (first, sum);
    }

    /// <summary>The first id that nothing can have which was admitted before the event: by its instant, or because that has its entry already, should a clock have been set.</summary>
    static CallId After(LedgerSnapshot snapshot, Event told) => new(Math.Max(CallId.FirstAt(told.At + margin).Value, SealedBefore(snapshot, told.Id) + 1));

    /// <summary>The largest id that had its entry before that event.</summary>
    public static long SealedBefore(LedgerSnapshot snapshot, long auditId)
    {
        var last = snapshot.Prepare("SELECT COALESCE(MAX(id), 0) FROM usage WHERE batch <= ?1").Bind(1, SealBefore(snapshot, auditId));
        last.Step();
        var sealedBefore = last.Integer(0);
        last.Reset();
        return sealedBefore;
    }

    /// <summary>The last seal before that event.</summary>
    static long SealBefore(LedgerSnapshot snapshot, long auditId)
    {
        var last = snapshot.Prepare($"SELECT COALESCE(MAX(sequence), 0) FROM audit WHERE chain = '{AuditEvent.LedgerChain}' AND id < ?1").Bind(1, auditId);
        last.Step();
        var sequence = last.Integer(0);
        last.Reset();
        return sequence;
    }

    /// <summary>What everything comes to that may have been admitted before that id.</summary>
    static Int128 Before(LedgerSnapshot snapshot, BudgetDefinition budget, BudgetPeriod period, CallId from)
    {
        var until = Math.Min(CallId.FirstAt(period.Ends).Value, from.Value);
        var entries = snapshot.Prepare("""
            SELECT project, key, tenant, department, employee, customer, feature, workflow, session, model, vendor, cost_nanos FROM usage WHERE id >= ?1 AND id < ?2 AND cost_nanos <> 0
            """).Bind(1, CallId.FirstAt(period.Starts).Value).Bind(2, until);
        Int128 sum = 0;
        while (entries.Step())
        {
            sum += Counts(budget, period, UsageTable.ReadAttribution(entries)) ? entries.Integer(11) : 0;
        }
        var holds = snapshot.Prepare("SELECT call FROM holds WHERE id >= ?1 AND id < ?2").Bind(1, CallId.FirstAt(period.Starts).Value).Bind(2, until);
        while (holds.Step())
        {
            sum += HoldText.Read(holds.Text(0)) is { } call && Counts(budget, period, call.For) ? call.Estimate.Nanos : 0;
        }
        return sum;
    }

    /// <summary>True where everything was admitted at some time since then, because of the plan.</summary>
    public static bool PlanStoppedNothing(LedgerSnapshot snapshot, DateTimeOffset since) =>
        PlanSkips(snapshot) || Told(snapshot, "workspace", null, since, OfWorkspace) is not null;

    /// <summary>The last event since then that is a reason.</summary>
    static Event? Told(LedgerSnapshot snapshot, string kind, string? id, DateTimeOffset since, Func<string, JsonElement, string?> reason)
    {
        var rows = snapshot.Prepare("SELECT action, body, sequence, chain, id, at_milliseconds FROM audit WHERE target_kind = ?1 AND target_id = COALESCE(?2, target_id) AND at_milliseconds >= ?3 ORDER BY id")
            .Bind(1, kind).Bind(2, id).Bind(3, since.ToUnixTimeMilliseconds());
        Event? found = null;
        while (rows.Step())
        {
            try
            {
                using var body = JsonDocument.Parse(rows.Blob(1));
                found = reason(rows.Text(0), body.RootElement) is { } why
                    ? new Event($"{why} (event {rows.Text(3)} {rows.Integer(2)})", rows.Integer(4), DateTimeOffset.FromUnixTimeMilliseconds(rows.Integer(5))) : found;
            }
            catch (JsonException)
            {
                // Named where the chains are checked.
            }
        }
        return found;
    }

    static Event? Newer(Event? left, Event? right) => left is null || right?.Id > left.Id ? right : left;

    static string? OfBudget(string action, JsonElement body)
    {
        if (action == Drift.Action)
        {
            return "the balance was corrected by reconciliation";
        }
        if (action == "budget.created")
        {
            return "the cap was set when the period had already begun";
        }
        if (!body.TryGetProperty("before", out var before) || !body.TryGetProperty("after", out var after) || !after.TryGetProperty("cap", out _))
        {
            return null;
        }
        if (Cap(after) < Cap(before))
        {
            return "the cap was lowered";
        }
        if (Text(before, "hard_block") != Text(after, "hard_block"))
        {
            return "the hard block was turned on or off within the period";
        }
        return counting.Any(field => Text(before, field) != Text(after, field)) ? "what the budget counts was changed" : null;
    }

    /// <summary>Free and Paid admit everything, and count it.</summary>
    static string? OfWorkspace(string action, JsonElement body) =>
        body.TryGetProperty("after", out var after) && Skips(after) || body.TryGetProperty("before", out var before) && Skips(before)
            ? "the workspace was on a plan that stops nothing" : null;

    static bool Skips(JsonElement workspace) =>
        workspace.ValueKind is JsonValueKind.Object && workspace.TryGetProperty("plan", out var plan) && Enum.TryParse<Plan>(plan.GetString(), ignoreCase: true, out var known) && Plans.SkipPolicy(known);

    static IEnumerable<(long By, string Why)> Entries(LedgerSnapshot snapshot, BudgetDefinition budget, BudgetPeriod period, CallId from, long afterSeal)
    {
        const UsageFlags Past = UsageFlags.FailOpen | UsageFlags.Unheld;
        var rows = snapshot.Prepare($"""
            SELECT project, key, tenant, department, employee, customer, feature, workflow, session, model, vendor, id, cost_nanos, estimate_nanos, flags, outcome
            FROM usage WHERE id >= ?1 AND id < ?2 AND (id >= ?4 OR batch > ?5) AND (flags & ?3 <> 0 OR cost_nanos > estimate_nanos OR outcome = {(int)UsageOutcome.Adjusted}) ORDER BY id
            """).Bind(1, CallId.FirstAt(period.Starts).Value).Bind(2, CallId.FirstAt(period.Ends).Value).Bind(3, (long)Past).Bind(4, from.Value).Bind(5, afterSeal);
        while (rows.Step())
        {
            if (!Counts(budget, period, UsageTable.ReadAttribution(rows)))
            {
                continue;
            }
            var (id, cost, flags) = (new CallId(rows.Integer(11)), rows.Integer(12), (UsageFlags)rows.Integer(14));
            yield return (UsageOutcome)rows.Integer(15) is UsageOutcome.Adjusted ? (cost, $"spend was entered by hand (entry {id})")
                : flags.HasFlag(UsageFlags.FailOpen) ? (cost, $"call {id} was let through while the ledger could not be written")
                : flags.HasFlag(UsageFlags.Unheld) ? (cost, $"call {id} ended when its hold was gone")
                : (cost - rows.Integer(13), $"call {id} cost more than was held for it");
        }
    }

    static IEnumerable<(long By, string Why)> Corrections(LedgerSnapshot snapshot, BudgetDefinition budget, BudgetPeriod period)
    {
        var rows = snapshot.Prepare("""
            SELECT project, key, tenant, department, employee, customer, feature, workflow, session, model, vendor, corrections.id, delta_nanos
            FROM corrections INNER JOIN usage ON usage.id = corrections.id WHERE corrections.id >= ?1 AND corrections.id < ?2 AND delta_nanos > 0 ORDER BY corrections.id
            """).Bind(1, CallId.FirstAt(period.Starts).Value).Bind(2, CallId.FirstAt(period.Ends).Value);
        while (rows.Step())
        {
            if (Counts(budget, period, UsageTable.ReadAttribution(rows)))
            {
                yield return (rows.Integer(12), $"call {new CallId(rows.Integer(11))} was settled late, at more than had been assumed");
            }
        }
    }

    /// <summary>Calls of an open window that have not ended yet.</summary>
    static IEnumerable<(long By, string Why)> Holds(LedgerSnapshot snapshot, BudgetDefinition budget, BudgetPeriod period, CallId from)
    {
        var rows = snapshot.Prepare("SELECT call FROM holds WHERE id >= ?1 AND id < ?2 ORDER BY id").Bind(1, Math.Max(CallId.FirstAt(period.Starts).Value, from.Value)).Bind(2, CallId.FirstAt(period.Ends).Value);
        while (rows.Step())
        {
            if (HoldText.Read(rows.Text(0)) is { FailOpen: true } call && Counts(budget, period, call.For))
            {
                yield return (call.Estimate.Nanos, $"call {call.Id} was let through while the ledger could not be written");
            }
        }
    }

    static bool Counts(BudgetDefinition budget, BudgetPeriod period, Attribution call) => (period.Session is null || call.Session == period.Session) && BudgetMatch.Matches(budget, call);

    static bool PlanSkips(LedgerSnapshot snapshot)
    {
        var row = snapshot.Prepare("SELECT definition FROM workspaces LIMIT 1");
        var skips = row.Step() && AuditJson.Read<WorkspaceDefinition>(row.Text(0)) is { } workspace && Plans.SkipPolicy(workspace.Plan);
        row.Reset();
        return skips;
    }

    static Money Cap(JsonElement budget) => Money.TryParse(Text(budget, "cap"), out var cap) ? cap : Money.Zero;

    static string? Text(JsonElement parent, string field) =>
        parent.ValueKind is not JsonValueKind.Object || !parent.TryGetProperty(field, out var value) ? null
        : value.ValueKind is JsonValueKind.String ? value.GetString() : value.GetRawText();

    /// <summary>What the trail has, and where.</summary>
    sealed record Event(string Why, long Id, DateTimeOffset At);
}
