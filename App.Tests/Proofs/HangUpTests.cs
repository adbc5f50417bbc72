using System.Net.Sockets;
using System.Text;
using Governance.Ledger;

namespace Governance.Tests.Proofs;

/// <summary>A client that hangs up at any byte has spent exactly what the provider bills.</summary>
[Collection(AloneCollection.Name)]
public sealed class HangUpTests
{
    [Fact]
    public async Task WhateverByteAClientHangsUpAtTheBillIsPosted()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        await using var provider = await FakeProvider.StartAsync();
        provider.Answer = request => Answers.Message(request, 1 + (request.Number % 50), Math.Min(request.MaxTokens, 1 + (request.Number % 90)));
        await using var product = await Product.StartAsync(provider.Url, Answers.PriceRows + "\nbudgets:\n  - { id: all, scope: {}, cap_usd: \"100000.00\" }\n");
        var times = Effort.Times(40, 1_000);
        for (var number = 0; number < times; number++)
        {
            await HangUpAsync(product, random, $"hang-{number}", stream: random.Next(2) == 0);
        }
        var bills = provider.ReadBooks();
        await Eventually.ReadAsync(() => product.Rows("SELECT id FROM holds").Count + Math.Max(0, provider.ReadBooks().Count - product.Rows("SELECT id FROM usage").Count), open => open == 0);
        bills = provider.ReadBooks();
        Assert.True(bills.Count > times / 3, $"seed {seed}: {bills.Count} of {times} calls reached the provider");
        var entries = product.Rows("SELECT session, outcome, cost_nanos, \"end\" FROM usage").ToLookup(row => row.Text("session"));
        foreach (var bill in bills)
        {
            var entry = Assert.Single(entries[bill.User]);
            Assert.True((UsageOutcome)entry.Number("outcome") is UsageOutcome.Posted && entry.Number("cost_nanos") == bill.BillNanos,
                $"seed {seed}, {bill.User}: {entry.Number("cost_nanos")} posted as {entry.Text("end")}, {bill.BillNanos} billed");
        }
        Assert.Equal((bills.Sum(bill => bill.BillNanos), 0L), product.Balance("all"));
    }

    /// <summary>Half of them somewhere in the answer, some in the request; by a reset as often as by a close.</summary>
    static async Task HangUpAsync(Product product, Random random, string user, bool stream)
    {
        var body = Answers.Call(more: $",\"stream\":{(stream ? "true" : "false")},\"metadata\":{{\"user_id\":\"{user}\"}}");
        var request = Encoding.UTF8.GetBytes($"POST /v1/messages HTTP/1.1\r\nhost: localhost\r\nx-api-key: {product.Key}\r\ncontent-type: application/json\r\ncontent-length: {body.Length}\r\n\r\n{body}");
        using var client = new TcpClient();
        await client.ConnectAsync(product.App.Url.Host, product.App.Url.Port);
        var connection = client.GetStream();
        var sent = random.Next(5) == 0 ? random.Next(1, request.Length) : request.Length;
        await connection.WriteAsync(request.AsMemory(0, sent));
        if (sent == request.Length)
        {
            var wanted = random.Next(0, 1_800);
            var buffer = new byte[97];
            for (var got = 0; got < wanted;)
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
                try
                {
                    var read = await connection.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, wanted - got)), patience.Token);
                    got = read == 0 ? wanted : got + read;
                }
                catch (OperationCanceledException)
                {
                    // It was the whole answer.
                    break;
                }
            }
        }
        if (random.Next(2) == 0)
        {
            client.LingerState = new LingerOption(true, 0);
        }
    }
}
