using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Governance.Audit;
using Governance.Journal;
using Governance.Ledger.Fences;
using Governance.Tests.Ledger;

namespace Governance.Tests.Proofs;

/// <summary>Three processes of the product on one PostgreSQL server, in front of one provider.</summary>
[Collection(AloneCollection.Name)]
public sealed class InstancesTests : IAsyncLifetime
{
    readonly string _connection = PostgresServer.Shared.NewDatabase();
    readonly string _key = Product.NewKey("main");
    readonly List<Product> _products = [];
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("governance-instances-");
    FakeProvider _provider = null!;

    public async Task InitializeAsync()
    {
        _provider = await FakeProvider.StartAsync();
        _products.AddRange(await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => StartAsync())));
    }

    public async Task DisposeAsync()
    {
        foreach (var product in _products)
        {
            await product.DisposeAsync();
        }
        await _provider.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task OfThreeHundredCallsAtOnceExactlyAsManyReachTheUpstreamAsFitBelowTheCap()
    {
        const int Calls = 300;
        var body = Answers.Call(maxTokens: 100);
        var probe = (await _products[0].CallAsync(body)).Passed();
        Assert.True(Money.TryParse(probe.Header("x-governance-estimate-usd"), out var estimate));
        for (var round = 0; round < Effort.Times(2, 20); round++)
        {
            var fit = Random.Shared.Next(10, 150);
            var project = string.Create(CultureInfo.InvariantCulture, $"rush-{round}");
            var cap = new Money((estimate.Nanos * fit) + 1);
            var key = await _products[round % 3].ProjectAsync(project, sections: $"budgets:\n  - {{ id: {project}-cap, scope: {{ project: {project} }}, cap_usd: \"{cap.ToPlain()}\" }}\n");
            await InForceAsync(key);
            var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _provider.Answer = request => Answers.Message(request) with { Play = async (context, answer) => { await release.Task; await context.Response.Body.WriteAsync(answer); } };
            var before = _provider.Requests.Count;
            var refused = 0;
            var calls = Enumerable.Range(0, Calls).Select(i => Task.Run(async () =>
            {
                var reply = await _products[i % 3].CallAsync(body, key);
                if (reply.Status == 402)
                {
                    Interlocked.Increment(ref refused);
                }
                return reply;
            })).ToList();
            await Eventually.ReadAsync(() => Volatile.Read(ref refused) + _provider.Requests.Count - before, decided => decided >= Calls);
            var reached = _provider.Requests.Count - before;
            release.SetResult();
            var replies = await Task.WhenAll(calls);
            _provider.Answer = Answers.Message;
            Assert.Equal((fit, Calls - fit), (reached, refused));
            Assert.Equal(fit, replies.Count(reply => reply.Status == 200));
            var settled = await Eventually.ReadAsync(() => _products[0].Balance(project + "-cap"), balance => balance.HeldNanos == 0);
            Assert.Equal((Answers.Bill(Answers.Model, 10, 5) * fit, 0), settled);
        }
        await CleanAsync();
    }

    [Fact]
    public async Task AKeyThatIsRevokedOnOneInstanceIsRefusedOnAllWithinASecond()
    {
        var body = Answers.Call();
        for (var round = 0; round < Effort.Times(3, 30); round++)
        {
            var project = string.Create(CultureInfo.InvariantCulture, $"revoked-{round}");
            var key = await _products[0].ProjectAsync(project);
            await InForceAsync(key);
            var clock = Stopwatch.StartNew();
            await _products[round % 3].ApplyAsync($"projects:\n  - {{ id: {project}, name: {project}, upstreams: [fake], keys: [{{ id: {project}-key, revoked: true }}] }}\n");
            await InForceWithinASecondAsync(clock, product => product.CallAsync(body, key), reply => reply.Status == 401);
        }
    }

    [Fact]
    public async Task ARuleThatIsEditedOnOneInstanceIsInForceOnAllWithinASecond()
    {
        var body = Answers.Call();
        var key = await _products[0].ProjectAsync("ruled");
        await InForceAsync(key);
        for (var round = 0; round < Effort.Times(4, 40); round++)
        {
            var denied = round % 2 == 0;
            var clock = Stopwatch.StartNew();
            await _products[round % 3].ApplyAsync($"rules:\n  - {{ id: ruled-rule, type: deny_model, scope: {{ project: ruled }}, models: [proof-model], state: {(denied ? "enforced" : "staged")} }}\n");
            await InForceWithinASecondAsync(clock, product => product.CallAsync(body, key), reply => reply.Status == (denied ? 403 : 200));
        }
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task HoldsOfAKilledInstanceAreAssumedByAnotherAndThoseOfTheLivingAreLeftAlone()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _provider.Answer = request => Answers.Message(request) with { Play = async (context, answer) => { await release.Task; await context.Response.Body.WriteAsync(answer); } };
        var calls = Enumerable.Range(0, 30).Select(i => Task.Run(async () =>
        {
            try
            {
                return (i % 3, (await _products[i % 3].CallAsync(Answers.Call())).Status);
            }
            catch (HttpRequestException)
            {
                return (i % 3, 0);
            }
        })).ToList();
        await Eventually.ReadAsync(() => _products[1].Rows("SELECT id FROM holds").Count, count => count == 30);
        var clock = Stopwatch.StartNew();
        await _products[0].App.KillAsync();
        for (var open = 30; open > 20 && clock.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(200))
        {
            open = _products[1].Rows("SELECT id FROM holds").Count;
        }
        Assert.InRange(clock.Elapsed.TotalSeconds, 8, 40);
        // Longer than a lease: the living are not taken for dead.
        await Task.Delay(TimeSpan.FromSeconds(6));
        Assert.Equal(20, _products[1].Rows("SELECT id FROM holds").Count);
        Assert.Equal(10, _products[1].Rows("SELECT id FROM usage WHERE outcome = 2 AND \"end\" = 'process_ended'").Count);
        release.SetResult();
        var ends = await Task.WhenAll(calls);
        Assert.All(ends, end => Assert.Equal(end.Item1 == 0 ? 0 : 200, end.Item2));
        await Eventually.ReadAsync(() => _products[1].Rows("SELECT id FROM holds").Count, count => count == 0);
        Assert.Equal(20, _products[1].Rows("SELECT id FROM usage WHERE outcome = 0").Count);
        await CleanAsync();
    }

    /// <summary>What it remembers is out of date when it wakes up: it must not admit a call by it.</summary>
    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task AnInstanceThatWasPausedAndDeclaredDeadAdmitsNothingByWhatItRemembersAndGoesOnAsANewOne()
    {
        var key = await _products[1].ProjectAsync("paused");
        await InForceAsync(key);
        string? Living() => string.Join(' ', _products[1].Rows("SELECT id FROM instances WHERE ended_milliseconds IS NULL ORDER BY id").Select(row => row.Text("id")));
        var before = Living();
        _products[0].App.Pause();
        try
        {
            await _products[1].ApplyAsync("projects:\n  - { id: paused, name: paused, upstreams: [fake], keys: [{ id: paused-key, revoked: true }] }\n");
            await Eventually.IsTrueAsync(() => Living() != before);
        }
        finally
        {
            _products[0].App.Resume();
        }
        var requests = _provider.Requests.Count;
        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _products[0].CallAsync(Answers.Call(), key)));
        Assert.All(replies, reply => Assert.Contains(reply.Status, (int[])[401, 503]));
        Assert.Equal(requests, _provider.Requests.Count);
        await Eventually.IsTrueAsync(async () => (await _products[0].CallAsync(Answers.Call())).Status == 200);
        Assert.Equal(3, Living()!.Split(' ').Length);
        await CleanAsync();
    }

    [Fact]
    public async Task ACallWhoseBodyStillComesWhenTheFenceFallsIsNotTaken()
    {
        var (product, requests) = (_products[0], _provider.Requests.Count);
        var body = Answers.Call();
        using var client = new TcpClient();
        await client.ConnectAsync(product.App.Url.Host, product.App.Url.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"POST /v1/messages HTTP/1.1\r\nhost: localhost\r\nx-api-key: {_key}\r\ncontent-type: application/json\r\ncontent-length: {body.Length}\r\nconnection: close\r\n\r\n{body[..10]}"));
        await Task.Delay(100);
        await using var rig = new LedgerRig(now: DateTimeOffset.UtcNow, connection: _connection);
        await rig.Get<JournalWriter>().ChangeAsync(change => FenceTable.Raise(change.Transaction, "a test.", null, Actor.System));
        await Eventually.ReadAsync(() => product.CallAsync(body).GetAwaiter().GetResult().Status, status => status == 503);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(body[10..]));
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.StartsWith("HTTP/1.1 503", answer, StringComparison.Ordinal);
        Assert.Contains("older state of its ledger", answer, StringComparison.Ordinal);
        Assert.InRange(_provider.Requests.Count - requests, 0, product.Rows("SELECT id FROM usage").Count);
    }

    /// <summary>Load on all, one of them killed again and again: what the provider billed is on the books once, and nothing stays held.</summary>
    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task NoCallThatReachedTheUpstreamIsLostByKillsOfSingleInstances()
    {
        await _products[0].ApplyAsync("""
            budgets:
              - { id: all, scope: {}, cap_usd: "100000.00" }
              - { id: key, scope: { key: main-key }, cap_usd: "100000.00", window: calendar_day }
            """);
        var number = 0;
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 24).Select(worker => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var call = string.Create(CultureInfo.InvariantCulture, $"kill-{Interlocked.Increment(ref number)}");
                try
                {
                    using var response = await _products[worker % 3].StreamAsync(Answers.Call(more: $",\"stream\":{(worker % 2 == 0 ? "true" : "false")},\"metadata\":{{\"user_id\":\"{call}\"}}"));
                    await response.Content.CopyToAsync(Stream.Null);
                }
                catch (Exception exception) when (exception is HttpRequestException or IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
                {
                    // Killed; another one takes its place.
                    await Task.Delay(50);
                }
            }
        })).ToList();
        for (var round = 0; round < Effort.Times(3, 30); round++)
        {
            await Task.Delay(Random.Shared.Next(200, 1200));
            var victim = _products[round % 3];
            await victim.App.KillAsync();
            _products[round % 3] = await StartAsync();
            await victim.DisposeAsync();
        }
        await stop.CancelAsync();
        await Task.WhenAll(load);
        await Eventually.IsTrueAsync(() => _products[0].Rows("SELECT id FROM holds").Count == 0);
        var bills = _provider.ReadBooks();
        Books.TrailIsLinked(_products[0]);
        Books.EveryBilledCallHasItsEntry(_products[0], bills);
        Assert.All(["all", "key"], budget => Books.BalanceIsEntries(_products[0], budget, bills.Sum(bill => bill.BillNanos)));
        Assert.NotEmpty(_products[0].Rows("SELECT id FROM usage WHERE outcome = 2"));
        await CleanAsync();
    }

    Task<Product> StartAsync() => Product.StartAsync(_provider.Url, key: _key, environment: [(Product.ConnectionVariable, _connection), ("Governance__Journal__Folder", _folder.FullName)]);

    /// <summary>Waits until every instance knows the key; asks with what is refused before it costs anything.</summary>
    async Task InForceAsync(string key)
    {
        foreach (var product in _products)
        {
            for (var clock = Stopwatch.StartNew(); (await product.CallAsync("{}", key)).Status == 401; await Task.Delay(20))
            {
                Assert.True(clock.Elapsed < s_within, $"A new key was not known everywhere within {s_within}.");
            }
        }
    }

    /// <summary>A second on a machine of its own, which the long proofs have; a busy one may be held up by others for longer than that.</summary>
    static readonly TimeSpan s_within = TimeSpan.FromSeconds(Effort.Full ? 1 : 10);

    async Task InForceWithinASecondAsync(Stopwatch clock, Func<Product, Task<Reply>> ask, Predicate<Reply> wanted)
    {
        await Task.WhenAll(_products.Select(async product =>
        {
            Reply reply;
            TimeSpan asked;
            do
            {
                asked = clock.Elapsed;
                reply = await ask(product);
            }
            while (!wanted(reply) && asked < s_within);
            Assert.True(wanted(reply), $"After {asked}: {reply.Status} {reply.Text}");
        }));
    }

    async Task CleanAsync()
    {
        var (code, output) = await VerifyCommand.OnAsync(_connection, _folder.FullName);
        Assert.True(code == 0, output);
    }
}
