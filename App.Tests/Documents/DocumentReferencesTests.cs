using Governance.Documents;
using Governance.Documents.Text;
using Governance.Members;

namespace Governance.Tests.Documents;

public sealed class DocumentReferencesTests
{
    static readonly GovernanceDocument Current = Examples.Read(Examples.Whole);

    [Theory]
    [InlineData("projects: [{ id: p, name: P, owner: nobody@lumen.test }]", "projects[0].owner", "there is no member 'nobody@lumen.test'")]
    [InlineData("projects: [{ id: p, name: P, upstreams: [main, far] }]", "projects[0].upstreams[1]", "there is no upstream 'far'")]
    [InlineData("projects: [{ id: p, name: P, keys: [{ id: night-shift }] }]", "projects[0].keys[0].id", "belongs to project 'help-desk'")]
    [InlineData("projects: [{ id: p, name: P, keys: [{ id: k, attribution: { tenant: other } }] }]", "projects[0].keys[0].attribution.tenant", "is not this workspace, which is 'lumen'")]
    [InlineData("rules: [{ id: r, type: deny_mode, scope: { project: far }, modes: [eco] }]", "rules[0].scope.project", "there is no project 'far'")]
    [InlineData("rules: [{ id: r, type: deny_mode, scope: { tenant: far }, modes: [eco] }]", "rules[0].scope.tenant", "'far' is not this workspace")]
    [InlineData("budgets: [{ id: b, scope: { project: far }, cap_usd: '1' }]", "budgets[0].scope.project", "there is no project 'far'")]
    [InlineData("budgets: [{ id: b, scope: { key: far }, cap_usd: '1' }]", "budgets[0].scope.key", "there is no key 'far'")]
    [InlineData("budgets: [{ id: b, scope: { tenant: far }, cap_usd: '1' }]", "budgets[0].scope.tenant", "'far' is not this workspace")]
    [InlineData("router: [{ project: far, mode: eco, task_type: code, model: m }]", "router[0].project", "there is no project 'far'")]
    [InlineData("workspace: { id: other, name: Other }", "workspace.id", "'other' is not this workspace")]
    [InlineData("members: [{ email: ADA@lumen.test, role: admin }]", "members", "without an owner")]
    public void NameOfNothingIsAFault(string text, string path, string says)
    {
        var problem = Assert.Single(Unresolved(text, Current));
        Assert.Equal(path, problem.Path);
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("projects: [{ id: p, name: P, owner: Ben@lumen.test, upstreams: [play] }]")]
    [InlineData("projects: [{ id: p, name: P, keys: [{ id: k }] }]\nbudgets: [{ id: b, scope: { project: p, key: k, employee: jo, model: any }, cap_usd: '1' }]")]
    [InlineData("rules: [{ id: r, type: deny_mode, scope: { tenant: lumen, project: help-desk }, modes: [eco] }]")]
    [InlineData("projects: [{ id: help-desk, name: P, keys: [{ id: night-shift }] }]")]
    [InlineData("members: [{ email: eve@lumen.test }]")]
    public void NameOfWhatTheDocumentOrTheStateHasIsFine(string text) => Assert.Empty(Unresolved(text, Current));

    [Fact]
    public void WholeExampleStandsOnItsOwn() => Assert.Empty(DocumentReferences.Problems((DocumentAccepted)DocumentReader.Read(Examples.Whole), new()));

    static IReadOnlyList<Problem> Unresolved(string text, GovernanceDocument current) =>
        DocumentReferences.Problems(Assert.IsType<DocumentAccepted>(DocumentReader.Read("apiVersion: governance/v1\n" + text)), current);
}
