using System.Diagnostics;
using Governance.Ledger;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;

namespace Governance.Tests.Proofs;

/// <summary>The failure matrix: the store cannot be written. Closed for all, but for the allowance of projects that fail open.</summary>
[Collection(AloneCollection.Name)]
public sealed class OutageTests
{
    const string Budgets = "\nbudgets:\n  - { id: all, scope: {}, cap_usd: \"100000.00\" }\n";

    [Theory]
    [Trait(Effort.Trait, Effort.Lengthy)]
    [InlineData("locked")]
    [InlineData("gone")]
    public async Task AStoreThatCannotBeWrittenRefusesCallsAndEditsSaysWhyAndGoesOnByItself(string how)
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var product = await Product.StartAsync(provider.Url, Answers.PriceRows + Budgets);
        await product.UsageOfAsync((await product.CallAsync(Answers.Call())).Passed());
        Assert.Equal(200, (await product.ReadyAsync()).Status);
        var before = provider.Requests.Count;
        using (Outage.Begin(product, how))
        {
            var refused = await product.CallAsync(Answers.Call());
            Assert.Equal((503, "true", "5"), (refused.Status, refused.Header("x-should-retry"), refused.Header("retry-after")));
            Assert.Contains("nothing was sent and nothing is charged", refused.Message, StringComparison.Ordinal);
            var ready = await product.ReadyAsync();
            Assert.Equal(503, ready.Status);
            Assert.Contains(how == "locked" ? "locked" : "not there", ready.Text, StringComparison.Ordinal);
            var clock = Stopwatch.StartNew();
            Assert.Equal(503, (await product.CallAsync(Answers.Call())).Status);
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), "every call waited for a store that is known to be in trouble");
            var edit = await product.TryApplyAsync("projects:\n  - { id: late, name: Late }\n");
            Assert.Equal(503, edit.Status);
            Assert.Contains("Nothing was changed", edit.Text, StringComparison.Ordinal);
            using var page = await product.App.Client.GetAsync(new Uri("/welcome", UriKind.Relative));
            Assert.True((int)page.StatusCode < 500, $"the page answered {(int)page.StatusCode}");
        }
        await EventuallyPassedAsync(product, product.Key);
        Assert.Equal(200, (await product.ReadyAsync()).Status);
        Assert.Equal(before + 1, provider.Requests.Count);
        Assert.Equal(2, (await Eventually.ReadAsync(() => product.Rows("SELECT id FROM usage"), rows => rows.Count == 2)).Count);
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task AProjectThatFailsOpenSpendsItsAllowanceAndNoMore()
    {
        var aside = Directory.CreateTempSubdirectory("governance-open-window-");
        await using var provider = await FakeProvider.StartAsync();
        await using var product = await Product.StartAsync(provider.Url, Answers.PriceRows + Budgets, null, null, ("Governance__FailOpen__Folder", aside.FullName));
        var key = await OpenProjectAsync(product);
        var (_, most) = await EstimateAsync(product, key);
        var earlier = provider.Requests.Count;
        int admitted;
        using (Outage.Begin(product, "locked"))
        {
            admitted = await SpendAsync(product, key, int.MaxValue);
            Assert.Equal(403, (await product.CallAsync(Answers.Call("proof-other"), key)).Status);
            var closed = await product.CallAsync(Answers.Call());
            Assert.Equal((503, "ledger_unavailable"), (closed.Status, closed.Error.GetProperty("code").GetString()));
            Assert.Equal(earlier + admitted, provider.Requests.Count);
            Assert.Single(aside.GetFiles());
        }
        Assert.Equal(most, admitted);
        Assert.Equal(admitted, (await Eventually.ReadAsync(() => product.Rows("SELECT id FROM usage WHERE flags = 64"), rows => rows.Count == admitted)).Count);
        var told = Assert.Single(product.Rows("SELECT * FROM audit WHERE action = 'ledger.open_window'"));
        Assert.Equal("open", told.Text("chain"));
        Assert.Contains($"\"calls\":{admitted},", System.Text.Encoding.UTF8.GetString(told.Bytes("body")), StringComparison.Ordinal);
        Assert.Empty(await Eventually.ReadAsync(aside.GetFiles, files => files.Length == 0));
        await EventuallyPassedAsync(product, key);
        await CheckAsync(product, provider);
        aside.Delete(recursive: true);
    }

    /// <summary>What was let through is durable in the file before it is sent: a power cut in the open window loses none of it, and no start counts it twice.</summary>
    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task AKillInTheOpenWindowLosesNoCall()
    {
        var aside = Directory.CreateTempSubdirectory("governance-open-window-");
        var data = Directory.CreateTempSubdirectory("governance-open-data-");
        var main = Product.NewKey("main");
        await using var provider = await FakeProvider.StartAsync();
        (string, string)[] environment = [("Governance__FailOpen__Folder", aside.FullName)];
        int admitted;
        await using (var product = await Product.StartAsync(provider.Url, Answers.PriceRows + Budgets, data.FullName, main, environment))
        {
            var key = await OpenProjectAsync(product);
            var (_, most) = await EstimateAsync(product, key);
            using (Outage.Begin(product, "locked"))
            {
                admitted = await SpendAsync(product, key, most - 1);
                provider.Answer = request => Answers.Stream(request, 0, 10) with { Play = Hang };
                using var open = await product.StreamAsync(Call("killed", ",\"stream\":true"), key);
                Assert.Equal(System.Net.HttpStatusCode.OK, open.StatusCode);
                await product.App.KillAsync();
            }
        }
        provider.Answer = Answers.Message;
        Assert.Single(aside.GetFiles());
        for (var start = 0; start < 2; start++)
        {
            await using var next = await Product.StartAsync(provider.Url, Answers.PriceRows + Budgets, data.FullName, main, environment);
            Assert.Empty(aside.GetFiles());
            Assert.Equal(admitted + 1, next.Rows("SELECT id FROM usage WHERE flags & 64 <> 0").Count);
            var killed = Assert.Single(next.Rows("SELECT * FROM usage WHERE session = 'killed'"));
            Assert.Equal(((long)UsageOutcome.Assumed, killed.Number("estimate_nanos"), "process_ended"), (killed.Number("outcome"), killed.Number("cost_nanos"), killed.Text("end")));
            Assert.Contains($"\"calls\":{admitted + 1},", System.Text.Encoding.UTF8.GetString(Assert.Single(next.Rows("SELECT * FROM audit WHERE action = 'ledger.open_window'")).Bytes("body")), StringComparison.Ordinal);
            await CheckAsync(next, provider);
        }
        aside.Delete(recursive: true);
        data.Delete(recursive: true);
    }

    [Fact]
    public async Task ALostKeyRingLogsPeopleOutAndStopsNoCall()
    {
        var data = Directory.CreateTempSubdirectory("governance-ring-");
        var key = Product.NewKey("main");
        await using var provider = await FakeProvider.StartAsync();
        await using (var first = await Product.StartAsync(provider.Url, dataFolder: data.FullName, key: key))
        {
            using var page = await first.App.Client.GetAsync(new Uri("/welcome", UriKind.Relative));
            (await first.CallAsync(Answers.Call())).Passed();
            await first.App.StopAsync();
        }
        Directory.Delete(Path.Combine(data.FullName, "keyring"), recursive: true);
        await using (var second = await Product.StartAsync(provider.Url, dataFolder: data.FullName, key: key))
        {
            (await second.CallAsync(Answers.Call())).Passed();
        }
        data.Delete(recursive: true);
    }

    static async Task CheckAsync(Product product, FakeProvider provider)
    {
        Assert.Empty(await Eventually.ReadAsync(() => product.Rows("SELECT id FROM holds"), holds => holds.Count == 0));
        var bills = provider.ReadBooks();
        Books.EveryBilledCallHasItsEntry(product, [.. bills.Where(bill => bill.User is not null)]);
        Books.BalanceIsEntries(product, "all", bills.Sum(bill => bill.BillNanos));
        Books.EntriesAreSealed(product);
        var (code, output) = await VerifyCommand.RunAsync(product.App.DataFolder);
        Assert.True(code == 0, output);
    }

    static Task<string> OpenProjectAsync(Product product) => product.ProjectAsync("open", project: ", on_ledger_failure: { mode: fail_open, allowance_usd: \"0.50\" }",
        sections: "rules:\n  - { id: open-denied, type: deny_model, scope: { project: open }, models: [proof-other], state: enforced }\n");

    /// <summary>What one of the calls is held with, and how many of them the allowance covers.</summary>
    static async Task<(decimal Usd, int Most)> EstimateAsync(Product product, string key)
    {
        var reply = (await product.CallAsync(Call("probe"), key)).Passed();
        await product.UsageOfAsync(reply);
        var usd = decimal.Parse(reply.Header("x-governance-estimate-usd")!, System.Globalization.CultureInfo.InvariantCulture);
        return (usd, (int)(0.50m / usd));
    }

    /// <summary>Calls until so many were let through or one was refused; then the allowance must be the reason.</summary>
    static async Task<int> SpendAsync(Product product, string key, int upTo)
    {
        for (var admitted = 0; ; admitted++)
        {
            var reply = await product.CallAsync(Call($"open-{admitted}"), key);
            if (reply.Status == 200)
            {
                Assert.Equal("true", reply.Header("x-governance-fail-open"));
                if (admitted + 1 == upTo)
                {
                    return upTo;
                }
                continue;
            }
            Assert.Equal((503, "fail_open_allowance_used"), (reply.Status, reply.Error.GetProperty("code").GetString()));
            Assert.Contains("may spend $0.50 while that lasts", reply.Message, StringComparison.Ordinal);
            return admitted;
        }
    }

    static string Call(string user, string more = "") => Answers.Call("proof-cents", 10, more: $"{more},\"metadata\":{{\"user_id\":\"{user}\"}}");

    static async Task Hang(HttpContext context, byte[] body)
    {
        await context.Response.Body.WriteAsync(body.AsMemory(0, 60));
        await context.Response.Body.FlushAsync();
        await Task.Delay(Timeout.Infinite, context.RequestAborted);
    }

    static async Task EventuallyPassedAsync(Product product, string key)
    {
        await Eventually.IsTrueAsync(async () => (await product.CallAsync(Answers.Call(), key)).Status == 200);
    }

    /// <summary>Makes the store unwritable until it is disposed: another process holds its lock, or its folder is away.</summary>
    sealed class Outage : IDisposable
    {
        readonly Action _end;

        Outage(Action end) => _end = end;

        public static Outage Begin(Product product, string how)
        {
            if (how == "gone")
            {
                var away = product.App.DataFolder + "-away";
                Directory.Move(product.App.DataFolder, away);
                return new Outage(() => Directory.Move(away, product.App.DataFolder));
            }
            var connection = new SqliteConnection($"Data Source={product.App.DatabasePath};Pooling=False");
            connection.Open();
            Execute(connection, "BEGIN IMMEDIATE");
            return new Outage(() =>
            {
                Execute(connection, "ROLLBACK");
                connection.Dispose();
            });
        }

        public void Dispose() => _end();

        static void Execute(SqliteConnection connection, string sql)
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are the literals above.
            command.CommandText = sql;
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }
    }
}
