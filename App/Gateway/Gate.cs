using System.Text.Json.Nodes;
using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Decisions;
using Governance.Gateway.Surfaces;
using Governance.Gateway.Upstreams;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Policies;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Gateway;

/// <summary>
/// The enforcement point up to the hold: (1) stopped by hand? (2) what kind of work? (3) what do the rules say? (4) what does the model cost?
/// (5) what may this call cost? Everything is answered from immutable snapshots; nothing waits.
/// </summary>
sealed class Gate(PolicyShelf policies, PriceShelf prices, UpstreamShelf upstreams, BudgetShelf budgets)
{
    /// <summary>What is decided from now. Another value later means that a call that waited has to be decided again.</summary>
    public DecisionBasis Basis => new(policies.Current, prices.Current, upstreams.Current, budgets.Current);

    /// <summary>The call ready to be held, or why it is refused.</summary>
    /// <param name="isFree">True where only a count is asked for: then no budget has a say.</param>
    public (GatedCall? Call, GateRefusal? Refusal) Decide(CallId id, Caller caller, RequestFacts facts, DateTimeOffset now, bool isFree = false)
    {
        var asked = new LedgerCall
        {
            Id = id,
            For = caller.For with { Model = facts.Model.Length == 0 ? null : facts.Model, Session = caller.For.Session ?? CallerIdentity.SessionOf(facts.UserId) },
            ModelAsked = facts.Model,
            Mode = caller.Mode,
            ExpectedInputTokens = WorstCase.Expected(facts),
            MaxTokens = facts.MaxTokens ?? 0,
            Streamed = facts.Stream,
            ClientRequestId = caller.RequestId,
            TraceParent = caller.TraceParent,
        };
        if (CallerIdentity.Stopped(caller) is { } stopped)
        {
            return Refuse(GateRefusals.Stopped(stopped), asked);
        }
        if (CallLimits.TooManyModels(facts) is { } many)
        {
            return Refuse(Refusal.Malformed(many), asked);
        }
        var type = TaskOf(caller, facts);
        if (type is { } known)
        {
            asked = asked with { TaskType = PolicyWords.Of(known) };
        }
        var decision = Policy(caller, facts, CallLimits.JudgedInput(facts, AskedPrice(caller, facts, now)), type);
        if (decision?.Denial is { } denial)
        {
            return (null, GateRefusals.Denied(denial, decision, asked));
        }
        var (call, refusal) = Price(caller, facts, decision, asked, now);
        return call is not null && !isFree && Uncounted(call, call.Ledger.For) is { } uncounted ? Refuse(uncounted, call.Ledger) : (call, refusal);
    }

    (GatedCall? Call, GateRefusal? Refusal) Price(Caller caller, RequestFacts facts, PolicyDecision? decision, LedgerCall asked, DateTimeOffset now)
    {
        var served = decision?.ServedModel ?? facts.Model;
        if (UpstreamOf(caller.Project) is not { } upstream)
        {
            return Refuse(Refusal.Plain(503, "api_error", $"Project '{caller.Project.Id}' has no upstream. Add one on /dashboard/settings.", "no_upstream"), asked);
        }
        var book = prices.Current;
        if (Find(book, upstream, served, now) is not { } price)
        {
            return Refuse(GateRefusals.UnknownPrice(served), asked);
        }
        var others = new List<ModelPrice>(facts.OtherModels.Count);
        foreach (var other in facts.OtherModels)
        {
            if (Find(book, upstream, other, now) is not { } known)
            {
                return Refuse(GateRefusals.UnknownPrice(other), asked);
            }
            others.Add(known);
        }
        var estimate = WorstCase.Of(facts, price, others, caller.Project.AllowUnbounded);
        if (estimate.InvalidBecause is { } invalid)
        {
            return Refuse(Refusal.Malformed(invalid), asked);
        }
        if (estimate.Unbounded is { } unbounded)
        {
            return Refuse(GateRefusals.Unbounded(unbounded), asked);
        }
        var ledger = asked with
        {
            For = asked.For with { Model = served, Vendor = price.Vendor },
            Upstream = upstream.Definition.Id,
            Estimate = estimate.Amount,
            Expected = estimate.Expected,
            RuleId = decision?.Intervention?.RuleId,
            RuleVersion = decision?.Intervention?.RuleVersion ?? 0,
            PriceVersion = book.Version,
            PricedAs = string.Equals(price.Model, served, StringComparison.Ordinal) ? null : price.Model,
        };
        return (new GatedCall
        {
            Ledger = ledger,
            Caller = caller,
            Facts = facts,
            Upstream = upstream,
            Price = price,
            OtherPrices = others,
            Estimate = estimate,
            Decision = decision,
            Prices = book,
            Intervention = decision is null ? null : GateRefusals.Intervened(decision, ledger),
        }, null);
    }

    /// <summary>A call counts for the model that it is sent to. Where a hard cap on another model that it names would not see it, that cap could be passed by.</summary>
    /// <param name="sent">For whom and to which model.</param>
    Refusal? Uncounted(GatedCall call, Attribution sent)
    {
        if (call.OtherPrices.Count == 0 || Plans.SkipPolicy(call.Caller.Workspace.Plan))
        {
            return null;
        }
        var counted = budgets.Current.Matching(sent);
        for (var i = 0; i < call.OtherPrices.Count; i++)
        {
            var other = call.Facts.OtherModels[i];
            var by = budgets.Current.Matching(sent with { Model = other, Vendor = call.OtherPrices[i].Vendor })
                .FirstOrDefault(budget => budget.Definition.HardBlock && !counted.Contains(budget) && budget.PeriodAt(call.Ledger.Id.At, sent.Session) is not null);
            if (by is not null)
            {
                return GateRefusals.Uncounted(other, by.Definition.Id, sent.Model!);
            }
        }
        return null;
    }

    /// <summary>Looked up before the rules only where they need its window: what cannot be measured counts as that.</summary>
    ModelPrice? AskedPrice(Caller caller, RequestFacts facts, DateTimeOffset now) =>
        !CallLimits.IsMeasured(facts) && UpstreamOf(caller.Project) is { } upstream ? Find(prices.Current, upstream, facts.Model, now) : null;

    /// <summary>Null where the plan has no policy stage.</summary>
    PolicyDecision? Policy(Caller caller, RequestFacts facts, long expectedInputTokens, TaskType? type) =>
        Plans.SkipPolicy(caller.Workspace.Plan) ? null : PolicyEvaluator.Decide(policies.Current, new PolicyQuestion
        {
            Project = caller.Project.Id,
            AskedModel = facts.Model,
            OtherModels = facts.OtherModels,
            Mode = caller.Mode,
            ModeStated = caller.ModeStated,
            TaskType = type ?? TaskType.Simple,
            TaskTypeSource = caller.TaskType is null ? TaskTypeSource.Classified : TaskTypeSource.Header,
            ExpectedInputTokens = expectedInputTokens,
            Stream = facts.Stream,
            Thinking = facts.Thinking,
            Tools = facts.Tools,
        });

    /// <summary>As the client stated it; else read from the text, where a rule or a route asks for it.</summary>
    TaskType? TaskOf(Caller caller, RequestFacts facts) =>
        caller.TaskType ?? (policies.Current.For(caller.Project.Id).ReadsTaskType || PolicyEvaluator.AsksRouter(facts.Model) ? TaskClassifier.Classify(facts) : null);

    /// <summary>The project's first upstream that exists; where it names none, the workspace's first.</summary>
    public UpstreamEntry? UpstreamOf(ProjectDefinition project)
    {
        var known = upstreams.Current;
        foreach (var id in project.Upstreams)
        {
            if (known.TryGetValue(id, out var upstream))
            {
                return upstream;
            }
        }
        return project.Upstreams.Count > 0 ? null : known.Values.OrderBy(upstream => upstream.Definition.Id, StringComparer.Ordinal).FirstOrDefault();
    }

    /// <summary>The vendor's own price first; an address that speaks Anthropic's protocol may serve others' models by their exact names.</summary>
    static ModelPrice? Find(PriceBook book, UpstreamEntry upstream, string model, DateTimeOffset at) => book.FindFor(upstream.Vendor, model, at);

    /// <summary>What would have fitted where a budget refused; null where nothing would.</summary>
    public JsonObject? WouldPass(GatedCall call, BudgetRefusal budget) => BudgetAdvice.WouldPass(call, budget, prices.Current.Current(call.Ledger.Id.At)
        .Where(price => price.Vendor == call.Price.Vendor && price.Rates.Output < call.Price.Rates.Output)
        .OrderBy(price => price.Rates.Output).ThenBy(price => price.Model, StringComparer.Ordinal)
        .Where(price => Uncounted(call, call.Ledger.For with { Model = price.Model, Vendor = price.Vendor }) is null)
        .Where(price => Policy(call.Caller, call.Facts with { Model = price.Model }, CallLimits.JudgedInput(call.Facts, price), TaskOf(call.Caller, call.Facts)) is null or { Denial: null, Intervention: null }));

    static (GatedCall? Call, GateRefusal? Refusal) Refuse(Refusal refusal, LedgerCall call) => (null, GateRefusals.Told(refusal, call));
}

/// <summary>The snapshots that a decision rests on; the same only where none was replaced.</summary>
readonly struct DecisionBasis(PolicySet policies, PriceBook prices, object upstreams, BudgetBook budgets)
{
    readonly PolicySet policies = policies;
    readonly PriceBook prices = prices;
    readonly object upstreams = upstreams;
    readonly BudgetBook budgets = budgets;

    public bool Is(DecisionBasis other) => ReferenceEquals(policies, other.policies) && ReferenceEquals(prices, other.prices)
        && ReferenceEquals(upstreams, other.upstreams) && ReferenceEquals(budgets, other.budgets);
}
