using System.Diagnostics;
using System.Globalization;
using System.Text;
using Governance.Policies;

namespace Governance.Bench.Comparison;

/// <summary>The configuration that the product is measured with: <see cref="ProductRules"/>, and three budgets that every call must reserve in.</summary>
static class ProductDocument
{
    public const string KeyEnv = "BENCH_KEY";
    public const string UpstreamKeyEnv = "BENCH_UPSTREAM_KEY";
    public const string OwnerPasswordEnv = "BENCH_OWNER_PASSWORD";

    const string Key = "bench-key";
    const string Owner = "owner@bench.test";

    /// <param name="stub">The upstream.</param>
    /// <param name="withOwner">False leaves it to the first visitor to become the owner.</param>
    public static string Yaml(Uri stub, bool withOwner = true)
    {
        var yaml = new StringBuilder();
        yaml.Append(CultureInfo.InvariantCulture, $$"""
            apiVersion: governance/v1
            workspace: { id: bench, name: Bench, plan: team }
            {{(withOwner ? $"members: [{{ email: {Owner}, role: owner, password_env: {OwnerPasswordEnv} }}]" : "members: []")}}
            upstreams:
              - id: stub
                kind: anthropic
                base_url: {{stub.GetLeftPart(UriPartial.Authority)}}
                api_key_env: {{UpstreamKeyEnv}}
                allow_private_network: true
            projects:
              - id: {{ProductRules.Project}}
                name: Bench project
                {{(withOwner ? $"owner: {Owner}" : "owner: null")}}
                default_mode: balanced
                upstreams: [stub]
                keys:
                  - id: {{Key}}
                    secret_env: {{KeyEnv}}
                    attribution: { tenant: bench, employee: {{Owner}}, workflow: bench, feature: load }
            rules:

            """);
        foreach (var rule in ProductRules.All)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"  - {{ id: {rule.Id}, {Condition(rule)}, scope: {{ project: {rule.Project} }}, state: enforced }}\n");
        }
        yaml.Append("budgets:\n");
        string[] scopes = [$"{{ project: {ProductRules.Project} }}", "{ tenant: bench }", $"{{ key: {Key} }}"];
        for (var index = 0; index < scopes.Length; index++)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"  - {{ id: cap-{index + 1}, scope: {scopes[index]}, cap_usd: \"100000000.00\", window: calendar_month, hard_block: true, hold: worst_case }}\n");
        }
        return yaml.ToString();
    }

    static string Condition(RuleDefinition rule) => rule.Type switch
    {
        RuleType.DenyModel => $"type: deny_model, models: [{string.Join(", ", rule.Models)}]",
        RuleType.DenyMode => $"type: deny_mode, modes: [{string.Join(", ", rule.Modes.Select(mode => Word(mode.ToString())))}]",
        RuleType.ForceModel => $"type: force_model, task_type: {Word(rule.TaskType.ToString()!)}, model: {rule.Model}",
        RuleType.MaxInputTokens => string.Create(CultureInfo.InvariantCulture, $"type: max_input_tokens, tokens: {rule.Tokens}"),
        _ => throw new UnreachableException(),
    };

    // Every word of these enums is one word, so that lower case is how the document spells it.
    static string Word(string name) => name.ToLower(CultureInfo.InvariantCulture);
}
