using System.Globalization;

namespace Governance.Tests.Proofs;

public abstract class ConcurrencyTests(Store store) : IAsyncLifetime
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("governance-concurrency-");

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>The provider answers nobody before everybody has been decided, so that only holds stand between the calls and the cap.</summary>
    [Fact]
    public async Task OfAThousandCallsAtOnceExactlyAsManyReachTheUpstreamAsFitBelowTheCap()
    {
        const int Calls = 1000;
        await using var provider = await FakeProvider.StartAsync();
        await using var product = await Product.StartAsync(provider.Url, dataFolder: folder.FullName, environment: store is Store.Postgres
            ? [(Product.ConnectionVariable, PostgresServer.Shared.NewDatabase()), ("Governance__Journal__Folder", folder.FullName)]
            : []);
        var body = Answers.Call(maxTokens: 100);
        var probe = (await product.CallAsync(body)).Passed();
        Assert.True(Money.TryParse(probe.Header("x-governance-estimate-usd"), out var estimate));
        var seed = Random.Shared.Next();
        var random = new Random(seed);

        for (var round = 0; round < Effort.Times(store is Store.Postgres ? 1 : 2, 100); round++)
        {
            var fit = random.Next(1, 200);
            // One nano-dollar above: meeting the cap refuses.
            var cap = new Money((estimate.Nanos * fit) + 1);
            var project = string.Create(CultureInfo.InvariantCulture, $"rush-{round}");
            var key = await product.ProjectAsync(project, sections: $"budgets:\n  - {{ id: {project}-cap, scope: {{ project: {project} }}, cap_usd: \"{cap.ToPlain()}\" }}\n  - {{ id: {project}-key, scope: {{ key: {project}-key }}, cap_usd: \"1000\" }}\n");
            var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            provider.Answer = request => Answers.Message(request) with { Play = async (context, answer) => { await release.Task; await context.Response.Body.WriteAsync(answer); } };
            var before = provider.Requests.Count;
            var refused = 0;

            var calls = Enumerable.Range(0, Calls).Select(_ => Task.Run(async () =>
            {
                var reply = await product.CallAsync(body, key);
                if (reply.Status == 402)
                {
                    Interlocked.Increment(ref refused);
                }
                return reply;
            })).ToList();
            await Eventually.ReadAsync(() => Volatile.Read(ref refused) + provider.Requests.Count - before, decided => decided >= Calls);
            var reached = provider.Requests.Count - before;
            var held = product.Balance(project + "-cap");
            release.SetResult();
            var replies = await Task.WhenAll(calls);

            Assert.True((fit, Calls - fit) == (reached, Volatile.Read(ref refused)), $"seed {seed}, round {round}: {fit} fit, {reached} reached the upstream, {refused} were refused");
            Assert.Equal(fit, replies.Count(reply => reply.Status == 200));
            Assert.All(replies.Where(reply => reply.Status != 200), reply => Assert.Equal("BUDGET_HELD", reply.Refused(402, "budget_exceeded").Error.GetProperty("deny_code").GetString()));
            Assert.Equal((0, estimate.Nanos * fit), held);
            var settled = await Eventually.ReadAsync(() => product.Balance(project + "-cap"), balance => balance.HeldNanos == 0);
            Assert.Equal((Answers.Bill(Answers.Model, 10, 5) * fit, 0), settled);
            Assert.Equal(settled, product.Balance(project + "-key"));
            Progress.Say($"a cap of exactly so many calls on {store}: round {round + 1}");
        }
    }
}

[Collection(AloneCollection.Name)]
public sealed class ConcurrencyTestsOnSqlite() : ConcurrencyTests(Store.Sqlite);

[Collection(AloneCollection.Name)]
public sealed class ConcurrencyTestsOnPostgres() : ConcurrencyTests(Store.Postgres);
