using Governance.Ledger;
using Governance.Pricing;
using Governance.Tests.Gateway.Surfaces.Anthropic.Metering;
using Xunit.Abstractions;

namespace Governance.Tests.Proofs;

public sealed class RecordedCallsTests(ITestOutputHelper output)
{
    [Fact]
    public async Task EveryRecordedAnswerReachesTheClientUnchangedAndIsChargedToTheNanoDollar()
    {
        if (Recordings.Messages.Count == 0)
        {
            output.WriteLine("No recordings: ../shared/fixtures/index.json is not beside this repository, so nothing was replayed.");
            return;
        }
        var shipped = new PriceBook(PriceList.Shipped);
        var now = DateTimeOffset.UtcNow;
        var unpriced = Recordings.Messages.Select(each => each.Model).Distinct().Where(model => shipped.FindAny(model, now) is null && shipped.Find("anthropic", model, now) is null).ToList();
        var prices = string.Concat(unpriced.Select(model => $"  - {{ model: \"{model}\", vendor: anthropic, usd_per_million: {{ input: \"1\", output: \"1\" }}, context: 200000, max_output: 64000 }}\n"));

        await using var provider = await FakeProvider.StartAsync();
        await using var product = await Product.StartAsync(provider.Url, unpriced.Count == 0 ? "" : "prices:\n" + prices);
        var (priced, doubtful) = (0, 0);
        foreach (var recording in Recordings.Messages)
        {
            provider.Answer = _ => new ProviderAnswer
            {
                Body = recording.Body,
                ContentType = recording.Stream ? "text/event-stream; charset=utf-8" : "application/json",
                Play = recording.Stream ? Answers.InPieces : null,
            };
            var reply = (await product.CallAsync(Answers.Call(recording.Model, 4096, more: recording.Stream ? ",\"stream\":true" : ""))).Passed();
            Assert.True(recording.Body.AsSpan().SequenceEqual(reply.Body), $"{recording.File}: the client got other bytes");
            var row = await product.UsageOfAsync(reply);
            Assert.Equal((recording.File, "Completed"), (recording.File, row.Text("end")));
            Assert.Equal((recording.File, recording.Usage), (recording.File, new TokenUsage
            {
                InputTokens = row.Number("input_tokens"),
                CacheReadTokens = row.Number("cache_read_tokens"),
                CacheWriteShortTokens = row.Number("cache_write_short_tokens"),
                CacheWriteLongTokens = row.Number("cache_write_long_tokens"),
                OutputTokens = row.Number("output_tokens"),
                ReasoningTokens = row.Number("reasoning_tokens"),
                WebSearches = row.Number("web_searches"),
            }));
            if (recording.CostUsd is { } cost)
            {
                priced++;
                var posted = new Money(row.Number("cost_nanos")).Usd;
                // Where a total fell, or the bill can be read in two ways, the dearer is posted and flagged; else exactly the bill.
                var isDoubtful = ((UsageFlags)row.Number("flags") & (UsageFlags.TotalsFell | UsageFlags.ReadingsDiffer)) != 0;
                doubtful += isDoubtful ? 1 : 0;
                Assert.True(isDoubtful ? posted > cost : posted == cost, $"{recording.File}: billed {cost}, posted {posted}");
            }
        }
        output.WriteLine($"{Recordings.Messages.Count} recorded answers replayed, {priced} of them with a known cost.");
        Assert.True(priced > 0 && doubtful == 3, $"{doubtful} of {priced} are doubtful");
    }
}
