using System.Text.Json;
using Governance.Audit;
using Governance.Budgets;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Ledger;

/// <summary>Why a hard cap may have been exceeded: only what I1 allows, and only where the trail or the ledger has it within the period.</summary>
static class VerificationOverdraft
{
    static readonly string[] counting = ["scope", "window", "rolling_days", "from", "to", "time_zone", "hold", "retired"];

    /// <summary>The first reason that is on record, or null.</summary>
    public static string? Explain(LedgerSnapshot snapshot, BudgetDefinition budget, BudgetPeriod period) =>
        Told(snapshot, "budget", budget.Id, period, OfBudget)
        ?? Overrun(snapshot, budget, period)
        ?? (budget.Hold is HoldKind.Expected ? "it holds the expected cost of a call, so that calls in flight may overrun it" : null)
        ?? Told(snapshot, "workspace", null, period, OfWorkspace)
        ?? (PlanSkips(snapshot) ? "the workspace is on a plan that stops nothing" : null);

    static string? Told(LedgerSnapshot snapshot, string kind, string? id, BudgetPeriod period, Func<string, JsonElement, string?> reason)
    {
        var rows = snapshot.Prepare("SELECT action, body, sequence, chain FROM audit WHERE target_kind = ?1 AND target_id = COALESCE(?2, target_id) AND at_milliseconds >= ?3 ORDER BY id")
            .Bind(1, kind).Bind(2, id).Bind(3, period.Starts.ToUnixTimeMilliseconds());
        string? found = null;
        while (found is null && rows.Step())
        {
            try
            {
                using var body = JsonDocument.Parse(rows.Blob(1));
                found = reason(rows.Text(0), body.RootElement) is { } why ? $"{why} (event {rows.Text(3)} {rows.Integer(2)})" : null;
            }
            catch (JsonException)
            {
                // Named where the chains are checked.
            }
        }
        rows.Reset();
        return found;
    }

    static string? OfBudget(string action, JsonElement body)
    {
        if (action == Reconciliation.DriftAction)
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

    static string? Overrun(LedgerSnapshot snapshot, BudgetDefinition budget, BudgetPeriod period)
    {
        var rows = snapshot.Prepare("""
            SELECT project, key, tenant, department, employee, customer, feature, workflow, session, model, vendor, id
            FROM usage WHERE id >= ?1 AND id < ?2 AND (flags & ?3 <> 0 OR cost_nanos > estimate_nanos) ORDER BY id
            """).Bind(1, CallId.FirstAt(period.Starts).Value).Bind(2, CallId.FirstAt(period.Ends).Value).Bind(3, (long)UsageFlags.Overrun);
        string? found = null;
        while (found is null && rows.Step())
        {
            found = BudgetMatch.Matches(budget, UsageTable.ReadAttribution(rows)) ? $"call {new CallId(rows.Integer(11))} cost more than was held for it" : null;
        }
        rows.Reset();
        return found;
    }

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
}
