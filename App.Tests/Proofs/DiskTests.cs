using System.Globalization;
using Governance.Gateway.Upstreams.Sandbox;
using Microsoft.AspNetCore.Http;

namespace Governance.Tests.Proofs;

/// <summary>The failure matrix: the disk of the database is nearly full, and full.</summary>
[Collection(AloneCollection.Name)]
public sealed class DiskTests
{
    const string Budgets = """

        budgets:
          - { id: all, scope: {}, cap_usd: "100000.00" }
          - { id: project, scope: { project: main }, cap_usd: "100000.00" }
        """;

    [SmallDiskFact]
    public async Task BelowTheLeastSpaceCallsAreRefusedBeforeTheyAreHeldAndRunningOnesAreSettled()
    {
        using var disk = SmallDisk.Mount(64);
        await using var provider = await FakeProvider.StartAsync();
        await using var product = await Product.StartAsync(provider.Url, Answers.PriceRows + Budgets, disk.Folder, null, ("Governance__Journal__FreeBytesLeast", "16777216"));
        (await product.CallAsync(Answers.Call())).Passed();
        var go = new TaskCompletionSource();
        provider.Answer = request => Answers.Stream(request, 10, 5) with
        {
            Play = async (context, body) =>
            {
                await context.Response.Body.WriteAsync(body.AsMemory(0, 60));
                await context.Response.Body.FlushAsync();
                await go.Task;
                await context.Response.Body.WriteAsync(body.AsMemory(60));
            },
        };
        using var running = await product.StreamAsync(Answers.Call(more: ",\"stream\":true,\"metadata\":{\"user_id\":\"running\"}"));
        provider.Answer = Answers.Message;

        disk.Fill(leave: 8 * 1024 * 1024);
        await Eventually.IsTrueAsync(async () => (await product.ReadyAsync()).Status == 503);
        var before = provider.Requests.Count;
        var refused = await product.CallAsync(Answers.Call());
        Assert.Equal((503, "true"), (refused.Status, refused.Header("x-should-retry")));
        Assert.Contains("MB left", refused.Message, StringComparison.Ordinal);
        Assert.Contains("MB left", (await product.ReadyAsync()).Text, StringComparison.Ordinal);
        var edit = await product.TryApplyAsync("projects:\n  - { id: late, name: Late }\n");
        Assert.Equal(503, edit.Status);
        Assert.Contains("Nothing was changed", edit.Text, StringComparison.Ordinal);
        go.SetResult();
        Assert.Contains("message_stop", await running.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(Answers.Bill(Answers.Model, 10, 5), (await product.UsageAsync("session = 'running'")).Number("cost_nanos"));
        Assert.Equal(before, provider.Requests.Count);
        Assert.Equal(503, (await product.CallAsync(Answers.Call())).Status);

        disk.Free();
        await Eventually.IsTrueAsync(async () => (await product.ReadyAsync()).Status == 200);
        (await product.CallAsync(Answers.Call())).Passed();
    }

    /// <summary>The guard is off and the disk is really filled while calls run, again and again on one database.</summary>
    [SmallDiskFact]
    public async Task AFullDiskLetsNothingThroughWithoutAHoldAndHealsByItself()
    {
        // Large enough for what the calls of all rounds leave in the ledger.
        using var disk = SmallDisk.Mount(Effort.Times(48, 768));
        await using var provider = await FakeProvider.StartAsync();
        await using var product = await Product.StartAsync(provider.Url, Answers.PriceRows + Budgets, disk.Folder, null, ("Governance__Journal__FreeBytesLeast", "0"));
        var refused = 0;
        for (var round = 1; round <= Effort.Times(5, 100); round++)
        {
            refused += await FillUnderLoadAsync(disk, product, round);
            disk.Free();
            var left = new DriveInfo(disk.Folder).AvailableFreeSpace;
            Assert.True(left > 8 * 1024 * 1024, $"the ledger itself has filled the disk by round {round}: {left} bytes are left");
            await Eventually.IsTrueAsync(async () => (await product.CallAsync(Answers.Call(more: $",\"metadata\":{{\"user_id\":\"healed-{round}-{Guid.NewGuid():N}\"}}"))).Status == 200);
            if (round % 10 == 0)
            {
                Progress.Say($"full disk: {round} times, {refused} calls refused, {left / 1024 / 1024} MB left");
            }
        }
        Assert.True(refused > 0, "the disk was never full for a call");
        Assert.Empty(await Eventually.ReadAsync(() => product.Rows("SELECT id FROM holds"), holds => holds.Count == 0));
        var bills = provider.ReadBooks();
        Assert.Equal(provider.Requests.Count, bills.Count);
        Books.EveryBilledCallHasItsEntry(product, bills);
        Books.BalanceIsEntries(product, "all", bills.Sum(bill => bill.BillNanos));
        Books.EntriesAreSealed(product);
        Books.TrailIsLinked(product);
        Assert.Equal("ok", product.Rows("PRAGMA integrity_check").Single().Text("integrity_check"));
        var (code, output) = await VerifyCommand.RunAsync(disk.Folder);
        Assert.True(code == 0, output);
    }

    /// <summary>Answers how many calls were refused.</summary>
    static async Task<int> FillUnderLoadAsync(SmallDisk disk, Product product, int round)
    {
        var (number, refused) = (0, 0);
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var call = string.Create(CultureInfo.InvariantCulture, $"full-{round}-{Interlocked.Increment(ref number)}");
                var reply = await product.CallAsync(Answers.Call(more: $",\"metadata\":{{\"user_id\":\"{call}\"}}"));
                Assert.True(reply.Status is 200 or 503, reply.Text);
                if (reply.Status == 503 && Interlocked.Increment(ref refused) > 20)
                {
                    break;
                }
            }
        })).ToList();
        await Task.Delay(100);
        disk.Fill();
        await Eventually.ReadAsync(() => Volatile.Read(ref refused), count => count > 0);
        await stop.CancelAsync();
        await Task.WhenAll(load);
        return refused;
    }
}
