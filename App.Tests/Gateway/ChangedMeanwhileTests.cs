using Governance.Ledger;
using Governance.Tests.Proofs;
using Microsoft.Data.Sqlite;

namespace Governance.Tests.Gateway;

/// <summary>What is stopped, revoked or denied while a call waits for others' holds does not go out, and what changed otherwise counts as it is now.</summary>
[Collection(SharedProduct.Collection)]
public sealed class ChangedMeanwhileTests(SharedProduct shared)
{
    readonly Product _product = shared.Product;
    readonly FakeProvider _provider = shared.FreshProvider();

    [Theory]
    [InlineData("wait-project", "projects:\n  - { id: wait-project, name: wait-project, upstreams: [fake], wait_for_holds_ms: 5000, stopped: true }\n", 403, "STOPPED")]
    [InlineData("wait-key", "projects:\n  - { id: wait-key, name: wait-key, upstreams: [fake], wait_for_holds_ms: 5000, keys: [{ id: wait-key-key, stopped: true }] }\n", 403, "STOPPED")]
    [InlineData("wait-revoked", "projects:\n  - { id: wait-revoked, name: wait-revoked, upstreams: [fake], wait_for_holds_ms: 5000, keys: [{ id: wait-revoked-key, revoked: true }] }\n", 401, "authentication_error")]
    [InlineData("wait-expired", "projects:\n  - { id: wait-expired, name: wait-expired, upstreams: [fake], wait_for_holds_ms: 5000, keys: [{ id: wait-expired-key, expires_at: \"2026-01-01T00:00:00Z\" }] }\n", 401, "authentication_error")]
    [InlineData("wait-denied", "rules:\n  - { id: wait-denied, type: deny_model, scope: { project: wait-denied }, models: [proof-cents], state: enforced }\n", 403, "MODEL_DENIED")]
    [InlineData("wait-workspace", "workspace: { id: proofs, name: Proofs, plan: team, stopped: true }\n", 403, "STOPPED")]
    public async Task WhatIsStoppedWhileACallWaitsDoesNotGoOut(string project, string change, int status, string end)
    {
        var (first, second, release, before) = await WaitingAsync(project);
        try
        {
            await _product.ApplyAsync(change);
            var refused = await second;
            Assert.Equal(status, refused.Status);
            Assert.Equal(before + 1, _provider.Requests.Count);
            var row = await _product.UsageOfAsync(refused);
            Assert.Equal((0L, (long)status, end), (row.Number("cost_nanos"), row.Number("status"), row.Text("end")));
            Assert.Equal("call.refused", Assert.Single(_product.AuditOf(refused)).Text("action"));
            release.SetResult();
            (await first).Passed();
            await Eventually.ReadAsync(() => _product.Balance($"{project}-monthly").HeldNanos, held => held == 0);
            Assert.Equal((10_000_000, 0), _product.Balance($"{project}-monthly"));
        }
        finally
        {
            release.TrySetResult();
            await _product.ApplyAsync("workspace: { id: proofs, name: Proofs, plan: team, stopped: false }\n");
        }
        Assert.Equal(before + 1, _provider.Requests.Count);
    }

    /// <summary>The rules of the moment in which it goes out: what they now make of the call is what is held, sent and named.</summary>
    [Fact]
    public async Task AModelThatIsForcedMeanwhileIsTheOneThatServes()
    {
        var (first, second, release, _) = await WaitingAsync("wait-forced");
        await _product.ApplyAsync("rules:\n  - { id: wait-forced, type: force_model, scope: { project: wait-forced }, model: proof-other, state: enforced }\n");
        release.SetResult();
        (await first).Passed();
        var reply = (await second).Passed();
        Assert.Equal("proof-other", reply.Header("x-governance-model"));
        Assert.Equal("proof-other", _provider.Requests[^1].Model);
        Assert.Equal("proof-other", (await _product.UsageOfAsync(reply)).Text("model"));
    }

    /// <summary>A commit may take its time as well: what is held then is given back, and the call is not sent.</summary>
    [Fact]
    public async Task AKeyThatRunsOutWhileItsHoldIsWrittenSendsNothing()
    {
        var expires = DateTimeOffset.UtcNow.AddSeconds(4);
        var key = await _product.ProjectAsync("slow-commit", key: $", expires_at: \"{expires:yyyy-MM-ddTHH:mm:ss.fffZ}\"", sections: "budgets:\n  - { id: slow-commit-monthly, scope: { project: slow-commit }, cap_usd: \"1.00\" }\n");
        var before = _provider.Requests.Count;
        Task<Reply> waiting;
        await using (var connection = new SqliteConnection($"Data Source={_product.App.DatabasePath};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var blocked = connection.BeginTransaction(deferred: false);
            waiting = _product.CallAsync(Answers.Call("proof-cents", 60), key);
            while (DateTimeOffset.UtcNow <= expires)
            {
                Assert.False(waiting.IsCompleted);
                await Task.Delay(20);
            }
        }
        var refused = (await waiting).Refused(401, "authentication_error");
        Assert.Contains("expired at", refused.Message, StringComparison.Ordinal);
        var row = await _product.UsageOfAsync(refused);
        Assert.Equal((UsageOutcome.Voided, 0L, 401L, "authentication_error"), ((UsageOutcome)row.Number("outcome"), row.Number("cost_nanos"), row.Number("status"), row.Text("end")));
        Assert.Equal("call.refused", Assert.Single(_product.AuditOf(refused)).Text("action"));
        Assert.Equal((0, 0), _product.Balance("slow-commit-monthly"));
        Assert.Equal(before, _provider.Requests.Count);
    }

    /// <summary>One call in flight that holds the budget, and one behind it that waits.</summary>
    async Task<(Task<Reply> First, Task<Reply> Second, TaskCompletionSource Release, int Before)> WaitingAsync(string project)
    {
        var key = await _product.ProjectAsync(project, ", wait_for_holds_ms: 5000", sections: $"budgets:\n  - {{ id: {project}-monthly, scope: {{ project: {project} }}, cap_usd: \"1.00\" }}\n");
        var release = new TaskCompletionSource();
        _provider.Answer = request => Answers.Message(request, 0, 1) with { Play = async (context, body) => { await release.Task; await context.Response.Body.WriteAsync(body); } };
        var before = _provider.Requests.Count;
        var first = _product.CallAsync(Answers.Call("proof-cents", 60), key);
        await Eventually.ReadAsync(() => _provider.Requests.Count, count => count > before);
        var second = _product.CallAsync(Answers.Call("proof-cents", 60), key);
        await Task.Delay(600);
        Assert.False(second.IsCompleted);
        return (first, second, release, before);
    }
}
