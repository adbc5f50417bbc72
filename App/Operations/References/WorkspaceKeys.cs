namespace Governance.Operations.References;

/// <summary>What is written about the document itself, the workspace, its members, upstreams, projects and keys.</summary>
[Pure]
static class WorkspaceKeys
{
    const string Left = "(what was there stays)";
    const string None = "(none)";

    public static readonly IReadOnlyDictionary<string, KeyText> Texts = new Dictionary<string, KeyText>(StringComparer.Ordinal)
    {
        ["apiVersion"] = new("The version of this form; there is one.", "governance/v1"),
        ["prune"] = new("True puts out of force what the sections that are there do not name; history stays.", "true", "false"),
        ["workspace"] = new("The one customer of this installation.", "{ id: acme, name: Acme, plan: team }", Left),
        ["workspace.id"] = new("Identifies the workspace for ever; rules and budgets name it as tenant.", "acme"),
        ["workspace.name"] = new("Stands above every page.", "Acme"),
        ["workspace.plan"] = new("What was subscribed to: with free and paid no rule and no cap bites, team shows a year of the trail instead of 30 days.", "pro", "team"),
        ["workspace.stopped"] = new("The kill switch: true refuses every call of the workspace, false lets them through again.", "true", Left),
        ["members"] = new("People who sign in; each is known by the e-mail address.", "[{ email: maria@acme.test, role: owner }]", Left),
        ["members[].email"] = new("The address with which the member signs in.", "maria@acme.test"),
        ["members[].role"] = new("What the member may do; an auditor sees everything and changes nothing.", "owner", "developer"),
        ["members[].password_env"] = new("The variable that holds the first password; without it a member gets a one-time link on the console or in the answer.", "MARIA_PASSWORD", None),
        ["upstreams"] = new("Where calls are sent.", "[{ id: sandbox, kind: sandbox }]", Left),
        ["upstreams[].id"] = new("Identifies the upstream for ever.", "anthropic"),
        ["upstreams[].kind"] = new("What it speaks; sandbox is the built-in provider that nobody bills.", "anthropic"),
        ["upstreams[].base_url"] = new("Scheme, host and what stands before /v1; needed for kind anthropic.", "https://api.anthropic.com", None),
        ["upstreams[].api_key_env"] = new("The variable that holds the provider's key; the host must list it for this address.", "ANTHROPIC_API_KEY", "(the key that was entered on the settings page)"),
        ["upstreams[].allow_private_network"] = new("True allows an address on this machine or in a private network.", "true", "false"),
        ["projects"] = new("The units that own keys, rules and caps.", "[{ id: chat-widget, name: Chat widget }]", Left),
        ["projects[].id"] = new("Identifies the project for ever.", "chat-widget"),
        ["projects[].name"] = new("How people call it.", "Chat widget"),
        ["projects[].owner"] = new("The member who gets its warnings where alert_email is not set.", "maria@acme.test", None),
        ["projects[].alert_email"] = new("Where warnings about its budgets go.", "finops@acme.test", "(the owner)"),
        ["projects[].department"] = new("Counted in budgets by department, for calls that say no other.", "marketing", None),
        ["projects[].customer"] = new("Counted in budgets by customer, for calls that say no other.", "Initech", None),
        ["projects[].default_mode"] = new("The mode of calls that name none; rules and the router look at it.", "eco", "balanced"),
        ["projects[].upstreams"] = new("Ids of the upstreams that serve it, in order of preference.", "[anthropic]", "(the workspace's first upstream)"),
        ["projects[].environment"] = new("A word for people, such as production or test.", "production", None),
        ["projects[].cache"] = new("True answers exact repeats of a call from memory, at no cost.", "true", "false"),
        ["projects[].stopped"] = new("The kill switch of the project: true refuses its calls, false lets them through again.", "true", Left),
        ["projects[].allow_unbounded"] = new("True lets calls through whose cost has no upper bound, such as server tools without max_uses.", "true", "false"),
        ["projects[].wait_for_holds_ms"] = new("How long a call may wait where only calls in flight leave no room below a cap; 0 refuses at once.", "2000", "0", "milliseconds"),
        ["projects[].on_ledger_failure"] = new("What becomes of its calls while the ledger cannot be written.", "{ mode: fail_open, allowance_usd: \"5.00\" }", "(every call is refused)"),
        ["projects[].on_ledger_failure.mode"] = new("fail_closed refuses every call then; fail_open lets calls through up to an allowance.", "fail_open"),
        ["projects[].on_ledger_failure.allowance_usd"] = new("How much may be spent then in a UTC day, by worst cases; belongs to fail_open, which needs it.", "\"5.00\"", None, "US dollars"),
        ["projects[].keys"] = new("The project's virtual keys; with prune, keys that are not listed are revoked.", "[{ id: checkout-bot }]", Left),
        ["projects[].keys[].id"] = new("Identifies the key for ever; the secret never stands here.", "checkout-bot"),
        ["projects[].keys[].secret_env"] = new("The variable that holds the key's secret: `sk-gov-<id>-<at least 32 characters>`, where `<id>` is a public word of your choice that no other secret has (not the key's id), and what follows it has no hyphen.", "CHECKOUT_KEY", "(a secret is generated and told once)"),
        ["projects[].keys[].attribution"] = new("Whom and what its calls are counted for.", "{ employee: jo@acme.test, feature: checkout }", "(the project's)"),
        ["projects[].keys[].attribution.tenant"] = new("The workspace.", "acme", None),
        ["projects[].keys[].attribution.department"] = new("The department that its calls count for.", "sales", "(the project's)"),
        ["projects[].keys[].attribution.employee"] = new("The person that its calls count for.", "jo@acme.test", None),
        ["projects[].keys[].attribution.customer"] = new("The customer that its calls count for.", "Initech", "(the project's)"),
        ["projects[].keys[].attribution.feature"] = new("The feature that its calls count for.", "suggestions", None),
        ["projects[].keys[].attribution.workflow"] = new("The workflow that its calls count for.", "checkout", None),
        ["projects[].keys[].attribution_override"] = new("How far headers of a call may say otherwise: not at all, only what the key leaves open, or anything.", "deny", "restricted"),
        ["projects[].keys[].default_mode"] = new("The mode of calls that name none.", "sport", "(the project's)"),
        ["projects[].keys[].expires_at"] = new("From then on its calls are refused; null says never.", "2027-01-01", Left),
        ["projects[].keys[].stopped"] = new("The kill switch of the key: true refuses its calls, false lets them through again.", "true", Left),
        ["projects[].keys[].revoked"] = new("True ends the key for ever; nothing brings it back.", "true", "false"),
    };
}
