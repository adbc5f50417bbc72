using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Governance.Tests.Proofs;

/// <summary>Checks what is on file by other means than the product's own: relinks the trail, seals the entries again, adds up the money.</summary>
static class Books
{
    /// <summary>Every chain is dense from 1 and every event linked to the one before; its columns say what its sealed bytes say.</summary>
    public static void TrailIsLinked(Product product)
    {
        var heads = new Dictionary<string, (long Sequence, byte[] Hash)>();
        foreach (var row in product.Rows("SELECT * FROM audit ORDER BY id"))
        {
            var chain = row.Text("chain")!;
            var (sequence, previous) = heads.GetValueOrDefault(chain, (0, new byte[32]));
            Assert.Equal((chain, sequence + 1), (chain, row.Number("sequence")));
            var hash = Link(chain, sequence + 1, previous, row.Bytes("body"));
            Assert.Equal(Convert.ToHexString(hash), Convert.ToHexString(row.Bytes("hash")));
            var body = JsonDocument.Parse(row.Bytes("body")).RootElement;
            Assert.Equal((chain, row.Number("sequence"), row.Number("at_milliseconds"), row.Text("action"), row.Text("sentence")),
                (body.GetProperty("chain").GetString(), body.GetProperty("sequence").GetInt64(), body.GetProperty("at").GetInt64(), body.GetProperty("action").GetString(), body.GetProperty("sentence").GetString()));
            heads[chain] = (sequence + 1, hash);
        }
        Assert.NotEmpty(heads);
    }

    /// <summary>Every entry stands under a seal, and the seal is of exactly these entries.</summary>
    public static void EntriesAreSealed(Product product)
    {
        var columns = product.Rows("SELECT name FROM pragma_table_info('usage') ORDER BY cid").Select(row => row.Text("name")!).ToHashSet();
        string[] order =
        [
            "id", "batch", "outcome", "project", "key", "tenant", "department", "employee", "customer", "feature", "workflow", "session", "model_asked", "model", "model_answered",
            "vendor", "upstream", "mode", "task_type", "input_tokens", "cache_read_tokens", "cache_write_short_tokens", "cache_write_long_tokens", "output_tokens",
            "reasoning_tokens", "web_searches", "estimate_nanos", "cost_nanos", "expected_input_tokens", "max_tokens", "streamed", "rule_id", "rule_version", "price_version",
            "flags", "status", "end", "upstream_request_id", "duration_milliseconds", "first_byte_milliseconds",
        ];
        string[] texts = [.. order[3..17], "task_type", "rule_id", "price_version", "end", "upstream_request_id"];
        Assert.True(columns.SetEquals(order), string.Join(' ', columns.Except(order)));
        var batches = product.Rows("SELECT * FROM usage ORDER BY id").GroupBy(row => row.Number("batch")).ToDictionary(batch => batch.Key, batch => batch.ToList());
        foreach (var seal in product.Rows("SELECT * FROM audit WHERE chain = (SELECT chain FROM audit WHERE action = 'ledger.sealed' LIMIT 1) AND action = 'ledger.sealed'"))
        {
            using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Assert.True(batches.Remove(seal.Number("sequence"), out var entries), $"seal {seal.Number("sequence")} has no entries");
            foreach (var entry in entries)
            {
                digest.AppendData(SHA256.HashData([.. order.SelectMany(column => texts.Contains(column) ? TextBytes(entry.Text(column)) : NumberBytes(entry.Number(column)))]));
            }
            var details = JsonDocument.Parse(seal.Bytes("body")).RootElement.GetProperty("details");
            Assert.Equal(entries.Count, details.GetProperty("entries").GetInt32());
            Assert.Equal(Convert.ToHexStringLower(digest.GetHashAndReset()), details.GetProperty("digest").GetString());
        }
        Assert.Empty(batches);
    }

    /// <summary>A budget's balances are exactly the entries under it, with nothing held, and never below what the provider billed.</summary>
    public static void BalanceIsEntries(Product product, string budget, long billNanos)
    {
        var spent = product.Rows("SELECT COALESCE(SUM(cost_nanos), 0) AS spent FROM usage").Single().Number("spent");
        Assert.Equal((budget, spent, 0L), (budget, product.Balance(budget).PostedNanos, product.Balance(budget).HeldNanos));
        Assert.True(spent >= billNanos, $"{budget}: {spent} nano-dollars recorded, {billNanos} billed");
    }

    /// <summary>Every call in the provider's books has exactly one entry, at least as large as its bill, and equal where the entry says that it was measured.</summary>
    public static void EveryBilledCallHasItsEntry(Product product, IReadOnlyList<ProviderEntry> bills)
    {
        var entries = product.Rows("SELECT session, outcome, flags, cost_nanos, \"end\" FROM usage").ToLookup(row => row.Text("session"));
        foreach (var bill in bills)
        {
            var entry = Assert.Single(entries[bill.User]);
            var measured = entry.Number("outcome") == 0 && entry.Number("flags") is 0 or 8;
            Assert.True(measured ? entry.Number("cost_nanos") == bill.BillNanos : entry.Number("cost_nanos") >= bill.BillNanos,
                $"{bill.User} ({entry.Text("end")}): {entry.Number("cost_nanos")} recorded, {bill.BillNanos} billed");
        }
        Assert.Equal(bills.Count, bills.Select(bill => bill.User).Distinct().Count());
    }

    static byte[] Link(string chain, long sequence, byte[] previous, byte[] body)
    {
        var name = Encoding.UTF8.GetBytes(chain);
        return SHA256.HashData([0, .. "aud1"u8, .. Number(name.Length), .. name, .. Number(sequence), .. previous, .. Number(body.Length), .. body]);
    }

    static byte[] NumberBytes(long value) => [1, .. Number(value)];

    static byte[] TextBytes(string? value) => value is null ? [0] : [2, .. Number(Encoding.UTF8.GetByteCount(value)).AsSpan(4), .. Encoding.UTF8.GetBytes(value)];

    static byte[] Number(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }
}
