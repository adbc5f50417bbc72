using System.Text;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Microsoft.Data.Sqlite;

namespace Governance.Tests.Proofs;

/// <summary>Hostile bodies, a clock that goes back, a second process, and hands on the tables.</summary>
public sealed class FailureTests
{
    static readonly string[] s_pieces =
    [
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u0000", "\\ud83d", "\u0000", "é", "😀", "\"model\"", "\"max_tokens\"", "\"messages\"", "\"role\"", "\"content\"", "\"stream\"", "null", "true", "-0", "1e400", "99999999999999999999",
        "\"proof-model\"", "\"user\"", "\"tools\"", "\"system\"", " ", "\t", "//", "NaN",
    ];

    [Fact]
    public async Task NoBodyAndNoQueryMakesAServerError()
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var product = await Product.StartAsync(provider.Url);
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < Effort.Times(50, 2000); round++)
        {
            var body = Mutated(random);
            var reply = await product.SendAsync(Hostile(product, random, body));
            Assert.True(reply.Status is 200 or (>= 400 and < 500), $"seed {seed}, round {round}: {reply.Status} for {body}\n{reply.Text}\n{product.App.Output}");
        }
        Assert.DoesNotContain("fail:", product.App.Output, StringComparison.Ordinal);
        (await product.CallAsync(Answers.Call())).Passed();
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task AClockThatWentBackChangesNeitherOrderNorPeriod()
    {
        var folder = Directory.CreateTempSubdirectory("governance-clock-");
        var ahead = DateTimeOffset.UtcNow.AddHours(20);
        try
        {
            var key = Product.NewKey("main");
            const string Sections = Answers.PriceRows + "\nbudgets:\n  - { id: month, scope: { project: main }, cap_usd: \"10.00\" }\n";
            await using var provider = await FakeProvider.StartAsync();
            await using (var first = await Product.StartAsync(provider.Url, Sections, folder.FullName, key))
            {
                await first.UsageOfAsync((await first.CallAsync(Answers.Call())).Passed());
                await first.App.StopAsync();
                PutAhead(first.App.DatabasePath, ahead);
            }
            await using var second = await Product.StartAsync(provider.Url, Sections, folder.FullName, key);
            var rows = new List<Row>();
            for (var call = 0; call < 5; call++)
            {
                rows.Add(await second.UsageOfAsync((await second.CallAsync(Answers.Call())).Passed()));
            }
            Assert.All(rows, row => Assert.True(new CallId(row.Number("id")).At >= ahead.AddMilliseconds(-1), $"{new CallId(row.Number("id")).At:O}"));
            Assert.Equal(rows.Select(row => row.Number("id")).Order(), rows.Select(row => row.Number("id")));
            var balance = Assert.Single(second.Rows("SELECT * FROM balances WHERE budget_id = 'month' AND period = @period", ("@period", ahead.ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture))));
            // The five calls and the one that lay ahead.
            Assert.Equal((6 * Answers.Bill(Answers.Model, 10, 5), 0L), (balance.Number("posted_nanos"), balance.Number("held_nanos")));
            var times = second.Rows("SELECT at_milliseconds FROM audit ORDER BY id").Select(row => row.Number("at_milliseconds")).ToList();
            Assert.Equal(times.Order(), times);
            Assert.True(times[^1] >= ahead.ToUnixTimeMilliseconds());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task ASecondProcessOnTheSameFileEndsAndSaysWhy()
    {
        await using var first = await Product.StartAsync(null);
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => Product.StartAsync(null, dataFolder: first.App.DataFolder));
        Assert.Contains($"Another process uses {first.App.DatabasePath}", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at Governance.", failure.Message, StringComparison.Ordinal);
        (await first.CallAsync(Answers.Call("claude-sonnet-5"))).Passed();
    }

    [Fact]
    public async Task EntriesAndEventsCannotBeChangedOrTakenAway()
    {
        await using var product = await Product.StartAsync(null);
        await product.UsageOfAsync((await product.CallAsync(Answers.Call("claude-sonnet-5"))).Passed());
        await product.App.StopAsync();
        using var connection = new SqliteConnection($"Data Source={product.App.DatabasePath};Pooling=False");
        connection.Open();
        foreach (var statement in (string[])["UPDATE audit SET sentence = 'x'", "DELETE FROM audit", "UPDATE usage SET cost_nanos = 0", "DELETE FROM usage", "UPDATE audit SET id = id + 1 WHERE id = 1"])
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are the literals above.
            command.CommandText = statement;
#pragma warning restore CA2100
            var refused = Assert.Throws<SqliteException>(() => command.ExecuteNonQuery());
            Assert.Contains("append-only", refused.Message, StringComparison.Ordinal);
        }
        Assert.NotEmpty(product.Rows("SELECT id FROM usage WHERE cost_nanos > 0"));
    }

    static string Mutated(Random random)
    {
        var body = new StringBuilder(Answers.Call(more: random.Next(2) == 0 ? ",\"stream\":true" : ",\"tools\":[{\"name\":\"t\",\"input_schema\":{\"type\":\"object\"}}]"));
        for (var change = random.Next(1, 6); change > 0; change--)
        {
            var at = random.Next(body.Length);
            _ = random.Next(3) switch
            {
                0 => body.Insert(at, s_pieces[random.Next(s_pieces.Length)]),
                1 => body.Remove(at, Math.Min(random.Next(1, 20), body.Length - at)),
                _ => body.Append(s_pieces[random.Next(s_pieces.Length)]),
            };
            if (body.Length == 0)
            {
                break;
            }
        }
        return body.ToString();
    }

    static HttpRequestMessage Hostile(Product product, Random random, string body)
    {
        string[] names = ["x-governance-mode", "x-governance-task-type", "x-governance-session", "anthropic-beta", "anthropic-version", "x-governance-feature"];
        string[] values = ["eco", "7", "'; DROP TABLE usage;--", new string('a', 5000), "%00", "sport,eco"];
        var query = random.Next(3) == 0 ? "?beta=true&beta=%ff&=" : "";
        return product.Post(body, product.Key, random.Next(3) == 0 ? [(names[random.Next(names.Length)], values[random.Next(values.Length)])] : [], "v1/messages" + query);
    }

    /// <summary>An entry and an event of a time to come, as a clock that stood wrong would have left them.</summary>
    static void PutAhead(string database, DateTimeOffset at)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            CREATE TEMP TABLE ahead AS SELECT * FROM usage LIMIT 1;
            UPDATE ahead SET id = @id;
            INSERT INTO usage SELECT * FROM ahead;
            CREATE TEMP TABLE told AS SELECT * FROM audit ORDER BY id DESC LIMIT 1;
            UPDATE told SET id = id + 1, sequence = sequence + 1, at_milliseconds = @at;
            INSERT INTO audit SELECT * FROM told;
            """;
        command.Parameters.AddWithValue("@id", CallId.FirstAt(at).Value);
        command.Parameters.AddWithValue("@at", at.ToUnixTimeMilliseconds());
        command.ExecuteNonQuery();
    }
}
