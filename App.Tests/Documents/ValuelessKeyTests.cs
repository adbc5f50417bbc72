using Governance.Documents;

namespace Governance.Tests.Documents;

public sealed class ValuelessKeyTests
{
    static readonly string[] s_nothing = ["", " ~", " null", " Null", " NULL"];

    /// <summary>Where leaving the key out means something wider, or something else, than what was begun to be written.</summary>
    public static TheoryData<string, string> Wider() => new()
    {
        { "rules: [{ id: r, type: deny_mode, modes: [eco], scope: { project:? } }]", "rules[0].scope.project" },
        { "rules: [{ id: r, type: deny_mode, modes: [eco], scope: { tenant:? } }]", "rules[0].scope.tenant" },
        { "rules: [{ id: r, type: deny_mode, modes: [eco], scope: { department:? } }]", "rules[0].scope.department" },
        { "rules: [{ id: r, type: deny_mode, modes: [eco], scope:? }]", "rules[0].scope" },
        { "rules: [{ id: r, type: deny_model, scope: {}, models:? }]", "rules[0].models" },
        { "rules: [{ id: r, type: deny_mode, scope: {}, modes:? }]", "rules[0].modes" },
        { "rules: [{ id: r, type: force_model, scope: {}, model: a, task_type:? }]", "rules[0].task_type" },
        { "rules: [{ id: r, type: force_model, scope: {}, model:? }]", "rules[0].model" },
        { "rules: [{ id: r, type: max_input_tokens, scope: {}, tokens:? }]", "rules[0].tokens" },
        { "rules: [{ id: r, type: deny_mode, scope: {}, modes: [eco], state:? }]", "rules[0].state" },
        { "budgets: [{ id: b, cap_usd: '1', scope: { project:? } }]", "budgets[0].scope.project" },
        { "budgets: [{ id: b, cap_usd: '1', scope: { customer:? } }]", "budgets[0].scope.customer" },
        { "budgets: [{ id: b, cap_usd: '1', scope: { key:? } }]", "budgets[0].scope.key" },
        { "budgets: [{ id: b, cap_usd: '1', scope: { model:? } }]", "budgets[0].scope.model" },
        { "budgets: [{ id: b, cap_usd: '1', scope: { vendor:? } }]", "budgets[0].scope.vendor" },
        { "budgets: [{ id: b, cap_usd: '1', scope: { session:? } }]", "budgets[0].scope.session" },
        { "budgets: [{ id: b, cap_usd: '1', scope:? }]", "budgets[0].scope" },
        { "budgets: [{ id: b, scope: {}, cap_usd:? }]", "budgets[0].cap_usd" },
        { "budgets: [{ id: b, scope: {}, cap_usd: '1', window:? }]", "budgets[0].window" },
        { "budgets: [{ id: b, scope: {}, cap_usd: '1', window: { rolling_days:? } }]", "budgets[0].window.rolling_days" },
        { "budgets: [{ id: b, scope: {}, cap_usd: '1', hard_block:? }]", "budgets[0].hard_block" },
        { "budgets: [{ id: b, scope: {}, cap_usd: '1', hold:? }]", "budgets[0].hold" },
        { "budgets: [{ id: b, scope: {}, cap_usd: '1', retired:? }]", "budgets[0].retired" },
        { "budgets: [{ id: b, scope: {}, cap_usd: '1', thresholds:? }]", "budgets[0].thresholds" },
        { "budgets: [{ id: b, scope: {}, cap_usd: '1', thresholds: [{ percent: 5, channels:? }] }]", "budgets[0].thresholds[0].channels" },
        { "router: [{ project:?, mode: eco, task_type: code, model: m }]", "router[0].project" },
        { "members: [{ email: a@b.test, role:? }]", "members[0].role" },
        { "members: [{ email: a@b.test, password_env:? }]", "members[0].password_env" },
        { "upstreams: [{ id: u, kind: sandbox, allow_private_network:? }]", "upstreams[0].allow_private_network" },
        { "upstreams: [{ id: u, kind: anthropic, base_url: 'https://a.example', api_key_env:? }]", "upstreams[0].api_key_env" },
        { "projects: [{ id: p, name: P, upstreams:? }]", "projects[0].upstreams" },
        { "projects: [{ id: p, name: P, stopped:? }]", "projects[0].stopped" },
        { "projects: [{ id: p, name: P, keys: [{ id: k, revoked:? }] }]", "projects[0].keys[0].revoked" },
        { "projects: [{ id: p, name: P, keys: [{ id: k, secret_env:? }] }]", "projects[0].keys[0].secret_env" },
        { "projects: [{ id: p, name: P, keys: [{ id: k, attribution:? }] }]", "projects[0].keys[0].attribution" },
        { "projects: [{ id: p, name: P, keys: [{ id: k, attribution: { employee:? } }] }]", "projects[0].keys[0].attribution.employee" },
        { "projects: [{ id: p, name: P, keys: [{ id: k, attribution_override:? }] }]", "projects[0].keys[0].attribution_override" },
        { "projects: [{ id: p, name: P, on_ledger_failure: { mode: fail_open, allowance_usd:? } }]", "projects[0].on_ledger_failure.allowance_usd" },
        { "workspace: { id: w, name: W, stopped:? }", "workspace.stopped" },
        { "prune:?", "prune" },
    };

    [Theory]
    [MemberData(nameof(Wider))]
    public void AKeyWithoutAValueIsAFaultThatNamesItsPath(string text, string path)
    {
        foreach (var nothing in s_nothing)
        {
            var written = text.Replace("?", nothing + (nothing.Length == 0 ? " " : ""), StringComparison.Ordinal);
            Assert.Equal(path, Assert.Single(Examples.Faults("apiVersion: governance/v1\n" + written)).Split(": ")[0]);
        }
    }

    [Theory]
    [InlineData("rules: [{ id: r, type: deny_mode, modes: [eco], scope: { project: ? } }]", "rules[0].scope.project")]
    [InlineData("budgets: [{ id: b, cap_usd: '1', scope: { vendor: ? } }]", "budgets[0].scope.vendor")]
    [InlineData("budgets: [{ id: b, cap_usd: '1', scope: { customer: ? } }]", "budgets[0].scope.customer")]
    [InlineData("router: [{ project: ?, mode: eco, task_type: code, model: m }]", "router[0].project")]
    [InlineData("projects: [{ id: p, name: P, keys: [{ id: k, attribution: { customer: ? } }] }]", "projects[0].keys[0].attribution.customer")]
    public void ATextOfNothingIsAFaultToo(string text, string path)
    {
        foreach (var nothing in (string[])["''", "\"\"", "' '", "\"\\t\"", "\"\\u200b\"", "\"\\u00a0\"", "[]", "{}"])
        {
            Assert.Equal(path, Assert.Single(Examples.Faults("apiVersion: governance/v1\n" + text.Replace("?", nothing, StringComparison.Ordinal))).Split(": ")[0]);
        }
    }

    [Fact]
    public void AProjectWithAnEmptyListOfUpstreamsIsAFaultBecauseAnyWouldServeIt() =>
        Assert.StartsWith("projects[0].upstreams: names none", Assert.Single(Examples.Faults("apiVersion: governance/v1\nprojects: [{ id: p, name: P, upstreams: [] }]")), StringComparison.Ordinal);

    [Fact]
    public void JsonIsReadTheSameWay() => Assert.Equal(
        ["rules[0].scope.project", "budgets[0].scope.vendor"],
        Examples.Faults("""
            {"apiVersion":"governance/v1",
             "rules":[{"id":"r","type":"deny_mode","modes":["eco"],"scope":{"project":null}}],
             "budgets":[{"id":"b","cap_usd":"1","scope":{"vendor":null}}]}
            """).Select(fault => fault.Split(": ")[0]));

    [Theory]
    [InlineData("projects: [{ id: p, name: P, owner: null, alert_email: ~, department: null, customer: null, environment: null, on_ledger_failure: null, keys: [{ id: k, expires_at: null, attribution: {} }] }]")]
    [InlineData("rules: [{ id: r, type: deny_mode, scope: {}, modes: [eco], reason: null }]")]
    [InlineData("budgets: [{ id: b, scope: {}, cap_usd: '1', alert_email: null, thresholds: [] }]")]
    [InlineData("members: []\nupstreams:\nprojects: ~\nrules: null\nprune: true")]
    public void WhereNothingIsDocumentedAsAValueItIsOne(string text) => Assert.Empty(Examples.Faults("apiVersion: governance/v1\n" + text));

    [Fact]
    public void ADayOnWhichAKeyRunsOutStaysUnlessTheDocumentSaysNull()
    {
        var current = Examples.Part("projects: [{ id: p, name: P, keys: [{ id: k, expires_at: 2027-01-01 }] }]");
        Assert.Empty(ConfigurationPlan.Between(current, Examples.Part("projects: [{ id: p, name: P, keys: [{ id: k }] }]")));
        Assert.Equal([new("expires_at", "2027-01-01", null)], Assert.Single(ConfigurationPlan.Between(current, Examples.Part("projects: [{ id: p, name: P, keys: [{ id: k, expires_at: null }] }]"))).Fields);
    }
}
