using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Ledger;
using Governance.Ledger.Fences;
using Governance.Tests.Proofs;

namespace Governance.Tests.Operations.Commands;

/// <summary>Backup and restore by the commands, on real processes.</summary>
public sealed class BackupTests : IDisposable
{
    const string Budget = "budgets:\n  - { id: month, scope: { project: main }, cap_usd: \"100.00\" }\n  - { id: all, scope: {}, cap_usd: \"100.00\" }\n";

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("governance-backup-");
    readonly string key = Product.NewKey("main");

    string Backup => Path.Combine(folder.FullName, "kept", "backup.db");

    string Data => Path.Combine(folder.FullName, "data");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task ABackupOfAProductInUseIsWholeAndNeverWritesOverAFileUnasked()
    {
        await using var product = await StartAsync();
        using var stop = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                (await product.CallAsync(Call())).Passed();
            }
        })));
        await Eventually.ReadAsync(() => product.Rows("SELECT id FROM usage").Count, count => count > 20);
        var (code, output) = await AppCommand.RunAsync(Data, "backup", Backup);
        await stop.CancelAsync();
        await load;
        Assert.True(code == 0, output);
        Assert.Contains("integrity_check ok", output, StringComparison.Ordinal);
        Assert.Contains("keys/ and checkpoints/", output, StringComparison.Ordinal);
        Assert.True(Row.Read(Backup, "SELECT id FROM usage").Count > 20);
        Assert.Equal([Backup], Directory.GetFiles(Path.GetDirectoryName(Backup)!));
        var told = await Eventually.ReadAsync(() => product.Rows("SELECT sentence FROM audit WHERE action = 'database.backed_up'"), rows => rows.Count > 0);
        Assert.Contains(Backup, Assert.Single(told).Text("sentence"), StringComparison.Ordinal);

        Assert.Equal(1, (await AppCommand.RunAsync(Data, "backup", Backup)).Code);
        Assert.Equal(0, (await AppCommand.RunAsync(Data, "backup", Backup, "--force")).Code);
        Assert.Equal(2, (await AppCommand.RunAsync(Data, "backup")).Code);
        Assert.Equal(2, (await AppCommand.RunAsync(Path.Combine(folder.FullName, "none"), "backup", Backup, "--force")).Code);
    }

    [Fact]
    public async Task ARestoredBackupTakesNoCallsUntilSomebodySaysWhatWasSpent()
    {
        var spent = 0L;
        await using (var product = await StartAsync())
        {
            await SpendAsync(product, 3);
            Assert.Equal(0, (await AppCommand.RunAsync(Data, "backup", Backup)).Code);
            spent = product.Balance("all").PostedNanos;
            await SpendAsync(product, 2);
            var (inUse, why) = await AppCommand.RunAsync(Data, "restore", Backup);
            Assert.Equal(1, inUse);
            Assert.Contains("Another process uses", why, StringComparison.Ordinal);
            await product.App.StopAsync();
        }
        var (code, output) = await AppCommand.RunAsync(Data, "restore", Backup);
        Assert.True(code == 0, output);
        var kept = Assert.Single(Directory.GetFiles(Data, "governance.db.before-*Z"));
        Assert.Contains(kept, output, StringComparison.Ordinal);
        Assert.Equal(5, Row.Read(kept, "SELECT id FROM usage").Count);
        Assert.Empty(Directory.GetFiles(Data, "*.restoring*"));

        await using (var product = await StartAsync())
        {
            Assert.Single(product.Rows("SELECT id FROM audit WHERE action = 'database.restored'"));
            await FencedAsync(product);
            var (running, why) = await AppCommand.RunAsync(Data, "acknowledge", "--spent-since-backup", "1.50");
            Assert.True(running == 1, why);
            await product.App.StopAsync();
        }
        Assert.Equal(2, (await AppCommand.RunAsync(Data, "acknowledge", "--spent-since-backup", "1.50", "--project", "nobody")).Code);
        Assert.Equal(2, (await AppCommand.RunAsync(Data, "acknowledge", "--spent-since-backup", "much")).Code);
        Assert.Equal(2, (await AppCommand.RunAsync(Data, "acknowledge")).Code);
        (code, output) = await AppCommand.RunAsync(Data, "acknowledge", "--spent-since-backup", "1.75", "--project", "main");
        Assert.True(code == 0, output);
        Assert.Contains("$1.75", output, StringComparison.Ordinal);
        Assert.Equal(1, (await AppCommand.RunAsync(Data, "acknowledge", "--spent-since-backup", "1.50")).Code);

        for (var start = 0; start < 2; start++)
        {
            await using var product = await StartAsync();
            Assert.Equal((spent + 1_750_000_000, spent + 1_750_000_000), (product.Balance("month").PostedNanos, product.Balance("all").PostedNanos));
            Assert.Equal(HttpStatusCode.OK, await ReadyAsync(product));
            var (begun, lifted) = (Details(product, "audit.epoch_begun"), Details(product, "ledger.fence_lifted"));
            Assert.Equal((2, 2), (begun.GetProperty("epoch").GetInt64(), lifted.GetProperty("epoch").GetInt64()));
            Assert.True(begun.GetProperty("heads").GetProperty("_ledger").GetInt64() > 0);
            Assert.True(lifted.GetProperty("known").GetProperty("event_id").GetInt64() > 0);
            Assert.Equal(0, (await AppCommand.RunAsync(Data, "verify")).Code);
            await product.App.StopAsync();
        }
    }

    [Theory]
    [Trait(Effort.Trait, Effort.Lengthy)]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task WhatIsAcknowledgedCountsForTheProjectsThatSpentIt(Store store)
    {
        const string Budgets = """
            budgets:
              - { id: month, scope: { project: main }, cap_usd: "100.00" }
              - { id: other-month, scope: { project: other }, cap_usd: "5.00" }
              - { id: sales, scope: { department: sales }, cap_usd: "100.00" }
              - { id: vendor, scope: { vendor: anthropic }, cap_usd: "100.00" }
              - { id: all, scope: {}, cap_usd: "100.00" }
              - { id: jo, scope: { employee: jo@acme.test }, cap_usd: "100.00" }
            """;
        var connection = store is Store.Postgres ? PostgresServer.Shared.NewDatabase() : $"Data Source={Path.Combine(Data, "governance.db")}";
        var started = new Func<Task<Product>>(() =>
        {
            Directory.CreateDirectory(Data);
            return Product.StartAsync(null, "", Data, key, store is Store.Postgres ? [(Product.ConnectionVariable, connection), ("Governance__Journal__Folder", Data)] : []);
        });
        string otherKey;
        Dictionary<string, long> spent;
        await using (var product = await started())
        {
            otherKey = await product.ProjectAsync("other", ", department: sales", sections: Budgets);
            await product.ProjectAsync("quiet");
            await SpendAsync(product, 3);
            await product.UsageOfAsync((await product.CallAsync(Call(), otherKey)).Passed());
            spent = Posted(product);
            await product.App.StopAsync();
        }
        await RunAsync(0, "restore", "--fence");
        foreach (var (wrong, says) in new (string[], string)[]
        {
            (["--spent-since-backup", "4", "--project", "main=3"], "1.00 more belong to some project"),
            (["--spent-since-backup", "4", "--project", "main=3", "--project", "nobody=1"], "There is no project 'nobody'"),
            (["--spent-since-backup", "4", "--projct", "main=4"], "nothing that can be said here"),
        })
        {
            Assert.Contains(says, await RunAsync(2, ["acknowledge", .. wrong]), StringComparison.Ordinal);
        }
        // Three calls to one of the same price; the project without calls has no share. It is seen before it is entered.
        var seen = await RunAsync(1, "acknowledge", "--spent-since-backup", "4.00");
        Assert.Contains("main: 3.00 USD", seen, StringComparison.Ordinal);
        Assert.Contains("Nothing was entered.", seen, StringComparison.Ordinal);
        var output = await RunAsync(0, "acknowledge", "--spent-since-backup", "4.00", "--yes");
        Assert.Contains("main: 3.00 USD", output, StringComparison.Ordinal);
        Assert.Contains("other: 1.00 USD", output, StringComparison.Ordinal);
        Assert.DoesNotContain("quiet", output, StringComparison.Ordinal);
        Assert.Contains("these budgets do not count it: jo (employee)", output, StringComparison.Ordinal);
        Assert.True(output.IndexOf("main: 3.00", StringComparison.Ordinal) < output.IndexOf("Calls are admitted again", StringComparison.Ordinal));
        Assert.Contains("There is no fence", await RunAsync(1, "acknowledge", "--spent-since-backup", "4.00"), StringComparison.Ordinal);
        Assert.Contains("3.00 USD by main, 1.00 USD by other", await RunAsync(0, "verify"), StringComparison.Ordinal);
        await RunAsync(0, "restore", "--fence");
        Assert.Contains("other: 3.50 USD", await RunAsync(0, "acknowledge", "--spent-since-backup=3.50", "--project", "other=3.50", "--project=main=0"), StringComparison.Ordinal);
        await RunAsync(0, "verify");
        Assert.Contains("none had to be corrected", await RunAsync(0, "reconcile"), StringComparison.Ordinal);

        await using var again = await started();
        var expected = new Dictionary<string, long> { ["month"] = 3_000_000_000, ["other-month"] = 4_500_000_000, ["sales"] = 4_500_000_000, ["vendor"] = 7_500_000_000, ["all"] = 7_500_000_000, ["jo"] = 0 };
        Assert.Equal(expected.OrderBy(pair => pair.Key), Posted(again).Select(pair => KeyValuePair.Create(pair.Key, pair.Value - spent[pair.Key])).OrderBy(pair => pair.Key));
        Assert.Equal(HttpStatusCode.OK, await ReadyAsync(again));
        (await again.CallAsync(Call())).Passed();
        (await again.CallAsync(Answers.Call("claude-opus-5", 30_000), otherKey)).Refused(402, "budget_exceeded");

        async Task<string> RunAsync(int code, params string[] arguments)
        {
            // What an instance keeps beside a server stands in the same folder as what the product keeps.
            var (exit, said) = await AppCommand.RunAsync(Data, [.. arguments, $"--ConnectionStrings:Governance={connection}"]);
            Assert.True(exit == code, said);
            return said;
        }

        static Dictionary<string, long> Posted(Product product) =>
            new[] { "month", "other-month", "sales", "vendor", "all", "jo" }.ToDictionary(budget => budget, budget => product.Balance(budget).PostedNanos);
    }

    [Theory]
    [Trait(Effort.Trait, Effort.Lengthy)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnOlderCopyThatWasPutBackByHandIsNoticed(bool emptied)
    {
        await using (var product = await StartAsync())
        {
            await SpendAsync(product, 2);
            await product.App.StopAsync();
        }
        var old = Path.Combine(folder.FullName, "old.db");
        File.Copy(Path.Combine(Data, "governance.db"), old);
        await using (var product = await StartAsync())
        {
            Assert.Equal(HttpStatusCode.OK, await ReadyAsync(product));
            await SpendAsync(product, 2);
            await product.App.StopAsync();
        }
        foreach (var file in Directory.GetFiles(Data, "governance.db*").Where(file => !file.EndsWith(".mark", StringComparison.Ordinal)))
        {
            File.Delete(file);
        }
        if (!emptied)
        {
            File.Copy(old, Path.Combine(Data, "governance.db"));
        }
        await using (var product = await StartAsync())
        {
            await FencedAsync(product);
            Assert.Contains("older copy", Assert.Single(product.Rows("SELECT sentence FROM audit WHERE action = 'ledger.fenced'")).Text("sentence"), StringComparison.Ordinal);
            await product.App.KillAsync();
        }
        Assert.Equal(0, (await AppCommand.RunAsync(Data, "acknowledge", "--spent-since-backup", "0")).Code);
        await using (var product = await StartAsync())
        {
            Assert.Equal(HttpStatusCode.OK, await ReadyAsync(product));
            await SpendAsync(product, 1);
            // Killed before the mark can follow: still the newest state, so no fence.
            await product.App.KillAsync();
        }
        await using (var product = await StartAsync())
        {
            Assert.Equal(HttpStatusCode.OK, await ReadyAsync(product));
        }
        Assert.Equal(0, (await AppCommand.RunAsync(Data, "verify")).Code);
    }

    /// <summary>What an operator does who does not know of App restore, while the product runs.</summary>
    [Theory]
    [Trait(Effort.Trait, Effort.Lengthy)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ABackupThatIsMovedOverTheOpenDatabaseStopsCallsAndIsFencedAtTheNextStart(bool killed)
    {
        await using (var product = await StartAsync())
        {
            await SpendAsync(product, 3);
            Assert.Equal(0, (await AppCommand.RunAsync(Data, "backup", Backup)).Code);
            await SpendAsync(product, 2);
            var newest = product.Rows("SELECT MAX(id) AS id FROM audit").Single().Number("id");
            await Eventually.ReadAsync(() => new LedgerMarkFile(new Governance.Journal.JournalSettings($"Data Source={product.App.DatabasePath}")).Read()?.EventId ?? 0, id => id >= newest);
            File.Move(Backup, product.App.DatabasePath, overwrite: true);
            if (!killed)
            {
                var refused = await product.CallAsync(Call());
                Assert.Equal(503, refused.Status);
                Assert.Contains("another file was put in the place of the database", refused.Message, StringComparison.Ordinal);
                var ready = await product.ReadyAsync();
                Assert.Equal(503, ready.Status);
                Assert.Contains("App restore", ready.Text, StringComparison.Ordinal);
                await product.App.StopAsync();
            }
        }
        var (code, output) = await AppCommand.RunAsync(Data, "verify");
        Assert.True(code == 2 && output.Contains("read together they are neither", StringComparison.Ordinal), output);
        await using (var product = await StartAsync())
        {
            await FencedAsync(product);
            Assert.Equal(3, product.Rows("SELECT id FROM usage").Count);
            Assert.Equal("ok", product.Rows("PRAGMA integrity_check").Single().Text("integrity_check"));
        }
        Assert.Equal(0, (await AppCommand.RunAsync(Data, "acknowledge", "--spent-since-backup", "0")).Code);
        Assert.Equal(0, (await AppCommand.RunAsync(Data, "verify")).Code);
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task ADamagedBackupIsRefusedAndTheDatabaseStays()
    {
        await using (var product = await StartAsync())
        {
            await SpendAsync(product, 2);
            await product.App.StopAsync();
        }
        Assert.Equal(0, (await AppCommand.RunAsync(Data, "backup", Backup)).Code);
        var changed = Path.Combine(folder.FullName, "changed.db");
        File.Copy(Backup, changed);
        Ledger.LedgerRig.Execute($"Data Source={changed};Pooling=false", "DROP TRIGGER usage_no_update; UPDATE usage SET cost_nanos = 1");
        var torn = Path.Combine(folder.FullName, "torn.db");
        await File.WriteAllBytesAsync(torn, (await File.ReadAllBytesAsync(Backup))[..40_000]);
        var noDatabase = Path.Combine(folder.FullName, "no.db");
        await File.WriteAllTextAsync(noDatabase, new string('x', 5000));
        foreach (var bad in (string[])[changed, torn, noDatabase, Path.Combine(folder.FullName, "none.db")])
        {
            var (code, output) = await AppCommand.RunAsync(Data, "restore", bad);
            Assert.True(code is 1 or 2, output);
        }
        Assert.Empty(Directory.GetFiles(Data, "governance.db.before-*"));
        Assert.Equal(0, (await AppCommand.RunAsync(Data, "verify")).Code);
        await using var again = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, await ReadyAsync(again));
        Assert.Equal(2, again.Rows("SELECT id FROM usage").Count);
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task AFenceAloneStopsCallsForDatabasesThatWereRestoredByOtherMeans()
    {
        await using (var product = await StartAsync())
        {
            await product.App.StopAsync();
        }
        Assert.Equal(0, (await AppCommand.RunAsync(Data, "restore", "--fence")).Code);
        await using var fenced = await StartAsync();
        await FencedAsync(fenced);
    }

    [Theory]
    [InlineData("backup")]
    [InlineData("restore")]
    public async Task OnPostgresItsOwnToolsAreNamed(string command)
    {
        var (code, output) = await AppCommand.RunOnAsync("Host=localhost;Database=governance", command, Backup);
        Assert.Equal(2, code);
        Assert.Contains("pg_dump", output, StringComparison.Ordinal);
    }

    Task<Product> StartAsync()
    {
        Directory.CreateDirectory(Data);
        return Product.StartAsync(null, Budget, Data, key);
    }

    static JsonElement Details(Product product, string action) =>
        JsonDocument.Parse(Assert.Single(product.Rows($"SELECT body FROM audit WHERE action = '{action}'")).Bytes("body")).RootElement.GetProperty("details");

    static string Call() => Answers.Call("claude-sonnet-5", 100);

    static async Task SpendAsync(Product product, int calls)
    {
        for (var i = 0; i < calls; i++)
        {
            await product.UsageOfAsync((await product.CallAsync(Call())).Passed());
        }
    }

    static async Task FencedAsync(Product product)
    {
        var reply = await product.CallAsync(Call());
        Assert.Equal((503, "false", "fenced"), (reply.Status, reply.Header("x-should-retry"), reply.Json.GetProperty("error").GetProperty("code").GetString()));
        Assert.Contains("App acknowledge", reply.Json.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        using var ready = await product.App.Client.GetAsync(new Uri("health/ready", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.StartsWith("fenced", (await ready.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("why").GetString(), StringComparison.Ordinal);
        Assert.Empty(product.Rows("SELECT id FROM holds"));
    }

    static async Task<HttpStatusCode> ReadyAsync(Product product)
    {
        using var ready = await product.App.Client.GetAsync(new Uri("health/ready", UriKind.Relative));
        return ready.StatusCode;
    }
}
