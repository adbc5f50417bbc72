using Governance.Budgets;
using Governance.Documents;
using Governance.Documents.Text;
using Governance.Policies;

namespace Governance.Tests.Documents;

/// <summary>Documents that several tests start from.</summary>
static class Examples
{
    /// <summary>Every section, in the shape of the contract.</summary>
    public const string Whole = """
        apiVersion: governance/v1
        workspace: { id: lumen, name: Lumen Labs, plan: pro }   # one workspace
        members:
          - { email: ada@lumen.test, role: owner, password_env: ADA_PASSWORD }
          - { email: ben@lumen.test, role: auditor }
        upstreams:
          - id: main
            kind: anthropic
            base_url: https://api.anthropic.com
            api_key_env: ANTHROPIC_API_KEY
            allow_private_network: false
          - { id: play, kind: sandbox }
        projects:
          - id: help-desk
            name: Help desk
            owner: ada@lumen.test
            alert_email: money@lumen.test
            department: support
            customer: null
            default_mode: eco
            upstreams: [main, play]
            environment: production
            keys:
              - id: night-shift
                secret_env: NIGHT_KEY
                attribution: { employee: cy@lumen.test, workflow: triage, feature: answers }
                attribution_override: allow
                expires_at: null
        rules:
          - { id: no-opus,  type: deny_model,       scope: { project: help-desk }, models: [claude-opus], state: enforced, reason: "costs too much" }
          - { id: no-sport, type: deny_mode,        scope: {}, modes: [sport], state: enforced }
          - { id: code,     type: force_model,      scope: { tenant: lumen }, task_type: code, model: claude-sonnet-5, state: enforced }
          - { id: short,    type: max_input_tokens, scope: { project: help-desk }, tokens: 8000, state: staged }
        budgets:
          - id: help-desk-monthly
            scope: { project: help-desk, department: support }
            cap_usd: "50.00"
            window: calendar_month
            time_zone: Europe/Berlin
            hard_block: true
            hold: worst_case
            thresholds:
              - { percent: 90, severity: critical, channels: [email] }
              - { percent: 50, severity: info, channels: [] }
        router:
          - { project: help-desk, mode: eco, task_type: simple, model: claude-haiku-4-5 }
        prices:
          - { model: my-model, vendor: compatible, effective_from: 2026-11-01, usd_per_million: { input: "0.50", output: "1.50", cache_read: "0.05" }, context: 200000, max_output: 32000 }
        """;

    public static GovernanceDocument Read(string text) =>
        DocumentReader.Read(text) is DocumentAccepted accepted ? accepted.Document
        : throw new Xunit.Sdk.XunitException(string.Join('\n', Faults(text)));

    public static IReadOnlyList<string> Faults(string text) =>
        DocumentReader.Read(text) is DocumentRejected rejected ? [.. rejected.Problems.Select(problem => $"{problem.Path}: {problem.Message}")] : [];

    /// <summary>The document with these lines in place of, or after, the version.</summary>
    public static GovernanceDocument Part(string text) => Read("apiVersion: governance/v1\n" + text);

    public static RuleDefinition Rule(string id, RuleState state = RuleState.Enforced) =>
        new() { Id = id, Type = RuleType.DenyModel, Models = ["claude-opus"], State = state };

    public static BudgetDefinition Budget(string id, string cap) =>
        new() { Id = id, Cap = Money.TryParse(cap, out var money) ? money : throw new ArgumentException(cap, nameof(cap)) };
}
