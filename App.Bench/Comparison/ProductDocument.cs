using System.Globalization;
using System.Text;
using Governance.Bench.Upstream;

namespace Governance.Bench.Comparison;

/// <summary>The configuration that the product is measured with: 20 rules that are all looked at and refuse nothing, and three budgets that every call must reserve in.</summary>
static class ProductDocument
{
    public const string KeyEnv = "BENCH_KEY";
    public const string UpstreamKeyEnv = "BENCH_UPSTREAM_KEY";
    public const string OwnerPasswordEnv = "BENCH_OWNER_PASSWORD";

    const string Project = "bench-project";
    const string Key = "bench-key";

    static readonly string[] DeniedModels = ["claude-opus", "claude-3-opus", "claude-haiku-3", "claude-fable", "gpt-5", "gpt-6", "gemini", "grok"];
    static readonly string[] ForcedTasks = ["simple", "code", "reasoning", "complex"];
    static readonly int[] InputLimits = [150_000, 160_000, 170_000, 180_000];

    public static string Yaml(Uri stub)
    {
        var yaml = new StringBuilder();
        yaml.Append(CultureInfo.InvariantCulture, $$"""
            apiVersion: governance/v1
            workspace: { id: bench, name: Bench, plan: team }
            members:
              - { email: owner@bench.test, role: owner, password_env: {{OwnerPasswordEnv}} }
            upstreams:
              - id: stub
                kind: anthropic
                base_url: {{stub.GetLeftPart(UriPartial.Authority)}}
                api_key_env: {{UpstreamKeyEnv}}
                allow_private_network: true
            projects:
              - id: {{Project}}
                name: Bench project
                owner: owner@bench.test
                default_mode: balanced
                upstreams: [stub]
                keys:
                  - id: {{Key}}
                    secret_env: {{KeyEnv}}
                    attribution: { tenant: bench-tenant, employee: owner@bench.test, workflow: bench, feature: load }
            rules:

            """);
        foreach (var rule in Rules())
        {
            yaml.Append(CultureInfo.InvariantCulture, $"  - {{ {rule}, scope: {{ project: {Project} }}, state: enforced }}\n");
        }
        yaml.Append("budgets:\n");
        string[] scopes = [$"{{ project: {Project} }}", "{ tenant: bench-tenant }", $"{{ key: {Key} }}"];
        for (var index = 0; index < scopes.Length; index++)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"  - {{ id: cap-{index + 1}, scope: {scopes[index]}, cap_usd: \"100000000.00\", window: calendar_month, hard_block: true, hold: worst_case }}\n");
        }
        return yaml.ToString();
    }

    /// <summary>Eight denied models, four denied modes, four forced models, four limits.</summary>
    static IEnumerable<string> Rules()
    {
        for (var index = 0; index < DeniedModels.Length; index++)
        {
            yield return $"id: deny-model-{index + 1}, type: deny_model, models: [{DeniedModels[index]}]";
        }
        for (var index = 0; index < 4; index++)
        {
            yield return $"id: deny-mode-{index + 1}, type: deny_mode, modes: [{(index % 2 == 0 ? "sport" : "eco")}]";
        }
        for (var index = 0; index < ForcedTasks.Length; index++)
        {
            // The model that is asked for anyway, so that the body goes out unchanged whatever the task is taken for.
            yield return $"id: force-model-{index + 1}, type: force_model, task_type: {ForcedTasks[index]}, model: {StubAnswers.Model}";
        }
        for (var index = 0; index < InputLimits.Length; index++)
        {
            yield return $"id: max-input-{index + 1}, type: max_input_tokens, tokens: {InputLimits[index]}";
        }
    }
}
