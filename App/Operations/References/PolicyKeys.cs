namespace Governance.Operations.References;

/// <summary>What is written about rules, budgets, the router and prices.</summary>
[Pure]
static class PolicyKeys
{
    const string Left = "(what was there stays)";
    const string All = "(every one)";
    const string Shipped = "(as shipped)";
    const string Dollars = "US dollars";
    const string PerMillion = "US dollars for a million tokens";
    const string Tokens = "tokens";

    public static readonly IReadOnlyDictionary<string, KeyText> Texts = new Dictionary<string, KeyText>(StringComparer.Ordinal)
    {
        ["rules"] = new("What calls may and may not do.", "[{ id: no-opus, type: deny_model, scope: {}, models: [claude-opus] }]", Left),
        ["rules[].id"] = new("Identifies the rule for ever; its position never does.", "no-opus"),
        ["rules[].type"] = new("What kind of rule it is: each kind has parameters of its own.", "deny_model"),
        ["rules[].scope"] = new("Whom it is for; an empty mapping is the whole workspace.", "{ project: chat-widget }"),
        ["rules[].scope.project"] = new("Only calls of this project.", "chat-widget", All),
        ["rules[].scope.tenant"] = new("The workspace; says no more than leaving it out.", "acme", All),
        ["rules[].state"] = new("Only enforced rules bite; staged ones record what they would have done, the others do nothing.", "staged", "enforced"),
        ["rules[].models"] = new("The models that deny_model refuses.", "[claude-opus]", "(deny_model needs it)"),
        ["rules[].modes"] = new("The modes that deny_mode refuses.", "[sport]", "(deny_mode needs it)"),
        ["rules[].task_type"] = new("The kind of work that force_model is for.", "code", All),
        ["rules[].model"] = new("The model that force_model sends calls to.", "claude-sonnet-5", "(force_model needs it)"),
        ["rules[].tokens"] = new("How long a prompt max_input_tokens lets through.", "8000", "(max_input_tokens needs it)", Tokens),
        ["rules[].reason"] = new("Why there is this rule; stands in every refusal by it.", "\"5x the price\"", "(none)"),
        ["budgets"] = new("Caps on what is spent in a period.", "[{ id: monthly, scope: {}, cap_usd: \"50.00\" }]", Left),
        ["budgets[].id"] = new("Identifies the budget for ever.", "chat-widget-monthly"),
        ["budgets[].scope"] = new("Which calls it counts: all that is named must match; an empty mapping counts every call.", "{ project: chat-widget }"),
        ["budgets[].scope.tenant"] = new("The workspace; says no more than leaving it out.", "acme", All),
        ["budgets[].scope.department"] = new("Only calls for this department.", "marketing", All),
        ["budgets[].scope.employee"] = new("Only calls for this person.", "jo@acme.test", All),
        ["budgets[].scope.customer"] = new("Only calls for this customer.", "Initech", All),
        ["budgets[].scope.project"] = new("Only calls of this project.", "chat-widget", All),
        ["budgets[].scope.feature"] = new("Only calls for this feature.", "suggestions", All),
        ["budgets[].scope.workflow"] = new("Only calls for this workflow.", "checkout", All),
        ["budgets[].scope.key"] = new("Only calls with this key.", "checkout-bot", All),
        ["budgets[].scope.model"] = new("Only calls that this model, family or pattern serves.", "claude-opus", All),
        ["budgets[].scope.vendor"] = new("Only calls that this vendor serves.", "anthropic", All),
        ["budgets[].scope.session"] = new("Only calls of this session.", "nightly-import", All),
        ["budgets[].cap_usd"] = new("What may be spent in a period; 0 refuses everything that costs money.", "\"50.00\"", "", Dollars),
        ["budgets[].time_zone"] = new("Where its periods begin at midnight.", "Europe/Berlin", "UTC"),
        ["budgets[].hard_block"] = new("False only warns: calls go on past the cap.", "false", "true"),
        ["budgets[].hold"] = new("What is held before a call: worst_case never overspends, expected may overrun by what is in flight.", "expected", "worst_case"),
        ["budgets[].alert_email"] = new("Where its warnings go.", "finops@acme.test", "(the project's address)"),
        ["budgets[].retired"] = new("True ends its force: it counts and blocks nothing.", "true", "false"),
        ["budgets[].window"] = new("How long a period lasts.", "calendar_week", "calendar_month"),
        ["budgets[].window.rolling_days"] = new("A window of so many days, today and those before it.", "30", "(not rolling)", "days"),
        ["budgets[].window.from"] = new("The first day of fixed dates; goes together with to.", "2026-11-01", "(no fixed dates)"),
        ["budgets[].window.to"] = new("The last day of fixed dates, included.", "2026-12-31", "(no fixed dates)"),
        ["budgets[].thresholds"] = new("Points on the way to the cap at which people are told, once a period.", "[{ percent: 50 }]", "[{ percent: 80 }]"),
        ["budgets[].thresholds[].percent"] = new("So much of the cap is spent.", "80", "", "percent of the cap"),
        ["budgets[].thresholds[].severity"] = new("How loud the warning is.", "critical", "warning"),
        ["budgets[].thresholds[].channels"] = new("How people are told: by mail, on the dashboard; an empty list only notes it in the trail.", "[email]", "[email, in_app]"),
        ["router"] = new("Which model serves a call that asks for the model auto.", "[{ mode: eco, task_type: simple, model: claude-haiku-4-5 }]", Left),
        ["router[].project"] = new("Only calls of this project; its lines win over those for all.", "chat-widget", All),
        ["router[].mode"] = new("Calls in this mode.", "eco"),
        ["router[].task_type"] = new("Calls of this kind of work.", "simple"),
        ["router[].model"] = new("The model that serves them.", "claude-haiku-4-5"),
        ["prices"] = new("Corrections to the shipped price list; what one leaves out stays as it is shipped.", "[{ model: claude-haiku-4-5, vendor: anthropic, batch: \"0.5\" }]", Left),
        ["prices[].usd_per_million"] = new("Rates; a model that is not shipped needs input and output.", "{ input: \"0.50\", output: \"1.50\" }", Shipped, PerMillion),
        ["prices[].usd_per_million.input"] = new("Tokens of the prompt.", "\"0.50\"", Shipped, PerMillion),
        ["prices[].usd_per_million.output"] = new("Tokens of the answer.", "\"1.50\"", Shipped, PerMillion),
        ["prices[].usd_per_million.cache_read"] = new("Tokens that are read from the provider's prompt cache; the input where nothing says otherwise.", "\"0.05\"", Shipped, PerMillion),
        ["prices[].usd_per_million.cache_write_short"] = new("Tokens that are written into it for five minutes; 1.25 times the input where nothing says otherwise.", "\"0.625\"", Shipped, PerMillion),
        ["prices[].usd_per_million.cache_write_long"] = new("Tokens that are written into it for an hour; twice the input where nothing says otherwise.", "\"1.00\"", Shipped, PerMillion),
        ["prices[].model"] = new("The model as its provider writes it; an alias and its dated id are one.", "claude-haiku-4-5"),
        ["prices[].vendor"] = new("Whose price it is.", "anthropic"),
        ["prices[].effective_from"] = new("The first instant at which the correction holds.", "2026-11-01", "(since always)"),
        ["prices[].effective_until"] = new("The first instant at which it holds no more.", "2027-01-01", "(for ever)"),
        ["prices[].tiers"] = new("Other rates for long prompts.", "[{ above_prompt_tokens: 200000, usd_per_million: { input: \"1\", output: \"3\" } }]", Shipped),
        ["prices[].tiers[].above_prompt_tokens"] = new("Holds for prompts longer than this.", "200000", "", Tokens),
        ["prices[].tiers[].usd_per_million"] = new("The rates for such prompts, input and output at least.", "{ input: \"1\", output: \"3\" }", "", PerMillion),
        ["prices[].tiers[].usd_per_million.input"] = new("Tokens of the prompt.", "\"1\"", "", PerMillion),
        ["prices[].tiers[].usd_per_million.output"] = new("Tokens of the answer.", "\"3\"", "", PerMillion),
        ["prices[].tiers[].usd_per_million.cache_read"] = new("Tokens that are read from the prompt cache.", "\"0.1\"", "(the input's)", PerMillion),
        ["prices[].tiers[].usd_per_million.cache_write_short"] = new("Tokens that are written into it for five minutes.", "\"1.25\"", "(1.25 times the input)", PerMillion),
        ["prices[].tiers[].usd_per_million.cache_write_long"] = new("Tokens that are written into it for an hour.", "\"2\"", "(twice the input)", PerMillion),
        ["prices[].context"] = new("How long a prompt and its answer may be together.", "200000", Shipped, Tokens),
        ["prices[].max_output"] = new("How long an answer may be; bounds the worst case.", "32000", Shipped, Tokens),
        ["prices[].geo_us"] = new("By how much calls that must stay in the US cost more.", "\"1.1\"", Shipped, "factor"),
        ["prices[].fast"] = new("By how much the fast mode costs more.", "\"6\"", Shipped, "factor"),
        ["prices[].batch"] = new("By how much calls in a batch cost less.", "\"0.5\"", Shipped, "factor"),
        ["prices[].web_search_usd"] = new("What one web search costs.", "\"0.01\"", Shipped, Dollars),
    };
}
