using System.Globalization;

namespace Governance.Tests.Proofs;

[Collection(AloneCollection.Name)]
public sealed class KillTests
{
    const string Budgets = """
        budgets:
          - { id: all, scope: {}, cap_usd: "100000.00" }
          - { id: project, scope: { project: main }, cap_usd: "100000.00", window: calendar_day }
          - { id: key, scope: { key: main-key }, cap_usd: "100000.00", window: calendar_week }
        """;

    /// <summary>The process ends as in a power cut, in the middle of JSON and streams, again and again on one database.</summary>
    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task NoCallThatReachedTheUpstreamIsLostByAKill()
    {
        var folder = Directory.CreateTempSubdirectory("governance-kill-");
        var key = Product.NewKey("main");
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        await using var provider = await FakeProvider.StartAsync();
        provider.Answer = request => Answers.Message(request, 1 + (request.Number % 50), Math.Min(request.MaxTokens, 1 + (request.Number % 90)));
        try
        {
            for (var round = 1; round <= Effort.Times(3, 20); round++)
            {
                await using (var product = await StartAsync(provider, folder, key))
                {
                    await CheckAsync(product, provider);
                    await LoadUntilKilledAsync(product, provider, round, TimeSpan.FromMilliseconds(random.Next(50, 900)), 40);
                }
            }
            await using var last = await StartAsync(provider, folder, key);
            await CheckAsync(last, provider);
            Assert.True(last.Rows("SELECT id FROM usage WHERE outcome = 2").Count > 0, $"seed {seed}: no call was open at any kill, so nothing was shown");
            Assert.True(last.Rows("SELECT id FROM usage WHERE outcome = 0").Count > 0, $"seed {seed}: no call was settled before any kill");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static Task<Product> StartAsync(FakeProvider provider, DirectoryInfo folder, string key) =>
        Product.StartAsync(provider.Url, Answers.PriceRows + "\n" + Budgets, folder.FullName, key);

    static async Task CheckAsync(Product product, FakeProvider provider)
    {
        var bills = provider.ReadBooks();
        Assert.Empty(product.Rows("SELECT id FROM holds"));
        Books.TrailIsLinked(product);
        Books.EntriesAreSealed(product);
        Books.EveryBilledCallHasItsEntry(product, bills);
        Assert.All(["all", "project", "key"], budget => Books.BalanceIsEntries(product, budget, bills.Sum(bill => bill.BillNanos)));
        var (code, output) = await VerifyCommand.RunAsync(product.App.DataFolder);
        Assert.True(code == 0, output);
        Assert.Equal("ok", product.Rows("PRAGMA integrity_check").Single().Text("integrity_check"));
    }

    /// <summary>Kills a while after the load has begun to reach the provider, and while calls are under way.</summary>
    static async Task LoadUntilKilledAsync(Product product, FakeProvider provider, int round, TimeSpan after, int workers)
    {
        var before = provider.Requests.Count;
        var number = 0;
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, workers).Select(worker => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var call = string.Create(CultureInfo.InvariantCulture, $"kill-{round}-{Interlocked.Increment(ref number)}");
                try
                {
                    using var response = await product.StreamAsync(Answers.Call(maxTokens: 100, more: $",\"stream\":{(worker % 2 == 0 ? "true" : "false")},\"metadata\":{{\"user_id\":\"{call}\"}}"));
                    Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
                    await response.Content.CopyToAsync(Stream.Null);
                }
                catch (Exception exception) when (exception is HttpRequestException or IOException)
                {
                    // The process is gone.
                    return;
                }
            }
        })).ToList();
        await Eventually.ReadAsync(() => provider.Requests.Count, count => count > before + workers);
        await Task.Delay(after);
        await product.App.KillAsync();
        await stop.CancelAsync();
        await Task.WhenAll(load);
    }
}
