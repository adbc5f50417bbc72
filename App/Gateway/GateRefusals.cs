using System.Text.Json.Nodes;
using Governance.Audit;
using Governance.Budgets.Balances;
using Governance.Decisions;
using Governance.Gateway.Surfaces;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Policies;

namespace Governance.Gateway;

/// <summary>The gate's refusals as the client sees them and as the trail is told them.</summary>
static class GateRefusals
{
    public const string PolicyUrl = "/dashboard/policy";
    public const string RefusedAction = "call.refused";

    /// <summary>The brief's keys first and to the letter, everything else added around them.</summary>
    public static GateRefusal Denied(Denial denial, PolicyDecision decision, LedgerCall call)
    {
        var error = new JsonObject
        {
            ["type"] = "policy_rule",
            ["rule"] = denial.RuleName,
            ["message"] = denial.Message,
            ["denied_value"] = denial.DeniedValue,
            ["policy_url"] = PolicyUrl,
            ["code"] = "policy_rule",
            ["param"] = null,
            ["deny_code"] = denial.DenyCode,
            ["retryable"] = false,
            ["recovery"] = denial.Recovery,
            ["rule_id"] = denial.RuleId,
            ["rule_version"] = denial.RuleVersion,
            ["model"] = denial.Model,
            ["limit"] = denial.Limit,
            ["actual"] = denial.Actual,
            ["audit_url"] = AuditUrl(call.Id),
            ["details"] = new JsonObject { ["error_code"] = "policy_rule" },
        };
        RemoveUnsaid(error, "model", "limit", "actual");
        var refused = call with { RuleId = denial.RuleId, RuleVersion = denial.RuleVersion ?? 0 };
        return new GateRefusal(new Refusal(403, error), refused, Event(refused, denial.Message, denial.DenyCode, new
        {
            deny_code = denial.DenyCode,
            rule = denial.RuleName,
            rule_id = denial.RuleId,
            rule_version = denial.RuleVersion,
            denied_value = denial.DeniedValue,
            limit = denial.Limit,
            actual = denial.Actual,
            asked = call.ModelAsked,
            mode = call.Mode,
            task_type = call.TaskType,
            steps = decision.Steps,
        }));
    }

    public static Refusal Stopped(string what) => PolicyRule("kill_switch", $"Calls are stopped for {what}.", "STOPPED", "Ask an owner to start it again on /dashboard/settings or /dashboard/keys.");

    public static Refusal UnknownPrice(string model) => model.Length == 0
        ? Refusal.Malformed("model: name the model (a route for 'auto' needs a plan with policies).")
        : PolicyRule("unknown_price", $"Model '{model}' has no known price, so what it costs cannot be bounded.", "PRICE_UNKNOWN", "Check the spelling, or enter its price on /dashboard/settings?tab=prices.");

    /// <summary>Whose cost would be on a budget's bill, but not in its balance.</summary>
    public static Refusal Uncounted(string other, string budget, string served) => PolicyRule("other_model_uncounted",
        $"The call names {other}, which may serve it too, and budget '{budget}' counts calls of {other} but not this one of {served}.", "MODEL_UNCOUNTED",
        $"Ask for {other} itself, leave it out of the body's fallbacks and tools, or have the budget's scope widened on {PolicyUrl}?tab=budgets.");

    public static Refusal Unbounded(Unbounded unbounded) => PolicyRule("unbounded_cost", $"The cost of this call has no bound: {unbounded.Reason}.", "COST_UNBOUNDED",
        unbounded.MayBeAllowed ? $"{unbounded.Remedy} Or let the project allow unbounded calls." : unbounded.Remedy);

    /// <summary>402, or the same with a short wait where only calls in flight leave no room.</summary>
    public static Refusal Budget(BudgetRefusal budget, CallId id, JsonNode? wouldPass)
    {
        var held = budget.DenyCode == BudgetRefusal.InFlight;
        return new Refusal(402, new JsonObject
        {
            ["type"] = "budget_exceeded",
            ["message"] = budget.Message,
            ["monthly_cap_usd"] = Number(budget.Cap.Usd),
            ["current_spend_usd"] = Number(budget.Posted.Usd),
            ["policy_url"] = PolicyUrl,
            ["code"] = "budget_exceeded",
            ["param"] = null,
            ["held_usd"] = Number(budget.Held.Usd),
            ["estimate_usd"] = Number(budget.Estimate.Usd),
            ["scope"] = budget.Scope,
            ["budget_id"] = budget.BudgetId,
            ["cap_usd"] = Number(budget.Cap.Usd),
            ["window"] = budget.Window,
            ["period"] = budget.PeriodKey,
            ["resets_at"] = budget.ResetsAt?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture),
            ["deny_code"] = budget.DenyCode,
            ["retryable"] = held,
            ["recovery"] = budget.RecoveryBy(Change(wouldPass)),
            ["would_pass"] = wouldPass,
            ["audit_url"] = AuditUrl(id),
            ["details"] = new JsonObject { ["error_code"] = "budget_exceeded" },
        }, held ? 3 : null);
    }

    static string? Change(JsonNode? wouldPass) =>
        wouldPass?["max_tokens"] is { } most ? $"lower max_tokens to {most}" : wouldPass?["model"] is { } model ? $"use {model}" : null;

    public static AuditEvent OverBudget(BudgetRefusal budget, LedgerCall call) => Event(call, budget.Message, budget.DenyCode, new
    {
        deny_code = budget.DenyCode,
        budget = budget.BudgetId,
        budget_version = budget.BudgetVersion,
        scope = budget.Scope,
        period = budget.PeriodKey,
        cap_usd = budget.Cap.ToPlain(),
        posted_usd = budget.Posted.ToPlain(),
        held_usd = budget.Held.ToPlain(),
        estimate_usd = budget.Estimate.ToPlain(),
        window = budget.Window,
        hold = budget.Hold,
        resets_at = budget.ResetsAt,
        model = call.For.Model,
        asked = call.ModelAsked,
    });

    /// <summary>What cannot be recorded is not done.</summary>
    /// <param name="allowance">Why the project's allowance for such times does not help; null where it has none.</param>
    public static Refusal Unwritable(string? trouble, string? allowance = null) => Refusal.Plain(503, "api_error",
        $"The ledger cannot be written at the moment{(trouble is null ? "" : $" ({trouble.TrimEnd('.')})")}, so nothing was sent and nothing is charged.{(allowance is null ? "" : $" {allowance}.")} Try again shortly.",
        allowance is null ? "ledger_unavailable" : "fail_open_allowance_used", retryAfterSeconds: 5, shouldRetry: true);

    /// <summary>A refusal that has a ledger row and an event but no rule of its own.</summary>
    public static GateRefusal Told(Refusal refusal, LedgerCall call) =>
        new(refusal, call, Event(call, refusal.Message, (string?)refusal.Error["deny_code"] ?? refusal.Code, new { deny_code = (string?)refusal.Error["deny_code"] ?? refusal.Code, asked = call.ModelAsked }));

    /// <summary>An override that lets the call go on, or what staged rules would have done; null where nothing intervened.</summary>
    public static AuditEvent? Intervened(PolicyDecision decision, LedgerCall call)
    {
        if (decision.Intervention is not { } intervention)
        {
            return decision.StagedFindings.Count == 0 ? null
                : Of(call, "call.staged", $"Staged rules would have acted on a call of {call.For.Model}.", new { findings = decision.StagedFindings, steps = decision.Steps });
        }
        var how = intervention.Kind == InterventionKind.Forced ? $"forced from {intervention.From} to {intervention.To} by {intervention.RuleId}" : $"routed to {intervention.To}";
        return Of(call, intervention.Kind == InterventionKind.Forced ? "call.forced" : "call.routed", $"A call was {how}.", new
        {
            from = intervention.From,
            to = intervention.To,
            rule_id = intervention.RuleId,
            rule_version = intervention.RuleVersion,
            task_type = call.TaskType,
            mode = call.Mode,
            steps = decision.Steps,
        });
    }

    static AuditEvent Of(LedgerCall call, string action, string sentence, object details) =>
        Event(call, sentence, action, details) with { Category = AuditCategory.Intervened, Action = action };

    static AuditEvent Event(LedgerCall call, string sentence, string target, object details) => new()
    {
        Chain = call.For.Project,
        Category = AuditCategory.Blocked,
        Action = RefusedAction,
        Actor = new Actor(ActorKind.Key, call.For.Key),
        Project = call.For.Project,
        TargetKind = "call",
        TargetId = target,
        Sentence = sentence,
        RequestId = call.Id.ToString(),
        Details = AuditJson.Element(details),
    };

    static Refusal PolicyRule(string rule, string message, string denyCode, string recovery) => new(403, new JsonObject
    {
        ["type"] = "policy_rule",
        ["rule"] = rule,
        ["message"] = message,
        ["policy_url"] = PolicyUrl,
        ["code"] = "policy_rule",
        ["param"] = null,
        ["deny_code"] = denyCode,
        ["retryable"] = false,
        ["recovery"] = recovery,
        ["details"] = new JsonObject { ["error_code"] = "policy_rule" },
    });

    static string AuditUrl(CallId id) => $"/dashboard/usage?tab=audit&request={id}";

    /// <summary>Dollars as a JSON number with two decimals at least: 50.00, 0.000486.</summary>
    static JsonNode? Number(decimal usd) => JsonNode.Parse(usd.ToString("0.00#######", System.Globalization.CultureInfo.InvariantCulture));

    static void RemoveUnsaid(JsonObject error, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (error[name] is null)
            {
                error.Remove(name);
            }
        }
    }
}
