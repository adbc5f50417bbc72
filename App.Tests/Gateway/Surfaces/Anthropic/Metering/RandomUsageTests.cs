using Governance.Decisions;
using Governance.Gateway;
using Governance.Gateway.Surfaces.Anthropic.Metering;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Tests.Gateway.Surfaces.Anthropic.Metering;

/// <summary>Whatever a stream says of its usage, what is posted is never below the bill, and is the bill where the end was seen and everything is known.</summary>
public sealed class RandomUsageTests
{
    const int Answers = 20_000;

    static readonly DateTimeOffset s_at = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    static readonly PriceOverlay[] s_corrections =
    [
        new() { Vendor = "anthropic", Model = "claude-sonnet-4-5", Rates = new() { Input = 1_234_567 } },
        new() { Vendor = "anthropic", Model = "claude-opus-4-6-20260205", Rates = new() { Output = 31_000_001, CacheWriteLong = 9_999_999 }, FastPermille = 3_000 },
        new() { Vendor = "anthropic", Model = "claude-haiku-5-5", Rates = new() { CacheRead = 12_345 }, GeoUsPermille = 1_200 },
        new() { Vendor = "anthropic", Model = "claude-haiku-4-5", Rates = new() { Input = 1_100_000 }, GeoUsPermille = 1_150, FastPermille = 2_500 },
    ];

    [Fact]
    public void PostedIsNeverBelowTheBillAndIsTheBillWhereEverythingIsKnown()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var book = new PriceBook(PriceList.Shipped, s_corrections);
        var biller = new UsageBiller(s_corrections, s_at);
        var (equal, larger, flagged) = (0, 0, 0);
        for (var round = 0; round < Answers; round++)
        {
            var answer = new RandomAnswer(random);
            var (bill, fell) = biller.Of(answer.Asked, answer.OneHour, answer.Usages);
            // The hold is a bound of what can be billed; what was cut or is unknown is settled with it.
            var hold = (long)(bill * 2) + random.Next(1_000);
            var result = Settle(answer, book, hold, random.Next(1, 400));
            var where = $"seed {seed}, round {round}: billed {bill}, posted {result.Cost.Nanos}, held {hold}, {result.Flags}";
            Assert.True(result.Cost.Nanos >= bill, where);
            var isSeen = result.End == nameof(ForwardEnd.Completed);
            Assert.True(isSeen || result.Cost.Nanos >= hold, where);
            if (isSeen && (result.Flags & UsageFlags.UnknownUsage) == 0)
            {
                Assert.True(!answer.IsUnknown && (fell || (result.Flags & UsageFlags.TotalsFell) == 0), where);
                if (answer.IsDoubtful || fell)
                {
                    larger += result.Cost.Nanos > bill ? 1 : 0;
                    continue;
                }
                Assert.True(result.Cost.Nanos == bill, where);
                equal++;
            }
            else
            {
                Assert.True(result.Cost.Nanos >= hold && (result.Flags & UsageFlags.Unverified) != 0, where);
                flagged++;
            }
        }
        Assert.True(equal > Answers / 4 && flagged > Answers / 10, $"seed {seed}: {equal} equal, {larger} larger, {flagged} flagged: the draw shows too little");
    }

    [Theory]
    [InlineData("""{"input_tokens":1000,"output_tokens":1}""", """{"input_tokens":400,"output_tokens":50}""", 5_000_000, UsageFlags.TotalsFell | UsageFlags.ReadingsDiffer)]
    [InlineData("""{"input_tokens":1000,"output_tokens":80}""", """{"output_tokens":50}""", 5_600_000, UsageFlags.TotalsFell)]
    [InlineData("""{"input_tokens":1000,"output_tokens":1}""", """{"input_tokens":200,"cache_read_input_tokens":800,"output_tokens":50}""", 1_960_000, UsageFlags.None)]
    [InlineData("""{"input_tokens":1000,"output_tokens":1}""", """{"input_tokens":0,"output_tokens":50,"cache_read_input_tokens":0}""", 5_000_000, UsageFlags.TotalsFell | UsageFlags.ReadingsDiffer)]
    [InlineData("""{"input_tokens":612,"output_tokens":63}""", """{"input_tokens":28,"output_tokens":106,"iterations":[{"type":"message","input_tokens":28,"output_tokens":106}]}""", 4_568_000, UsageFlags.TotalsFell | UsageFlags.ReadingsDiffer)]
    public void ATotalThatFallsIsPricedAtTheLarger(string start, string end, long nanos, object flags)
    {
        var meter = new StreamMeter();
        meter.Write(System.Text.Encoding.UTF8.GetBytes($$$"""
            data: {"type":"message_start","message":{"model":"claude-opus-5-5","usage":{{{start}}}}}

            data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{{{end}}}}


            """));
        var reading = meter.Read();
        var result = Settle(reading, new PriceBook(PriceList.Shipped), "claude-opus-5-5", 1_000_000_000);
        Assert.Equal((nanos, (UsageFlags)flags), (result.Cost.Nanos, result.Flags));
    }

    static CallResult Settle(RandomAnswer answer, PriceBook book, long hold, int chunk)
    {
        var meter = new StreamMeter(longest: answer.OneHour ? CacheWrite.OneHour : CacheWrite.FiveMinutes);
        foreach (var part in answer.Body.Chunk(chunk))
        {
            meter.Write(part);
        }
        return Settle(meter.Read(), book, answer.Asked, hold);
    }

    static CallResult Settle(MeterReading reading, PriceBook book, string asked, long hold)
    {
        var cost = MeteredCost.Of(reading, book, "anthropic", asked, s_at);
        var call = new GatedCall
        {
            Ledger = new LedgerCall { Id = CallId.FirstAt(s_at), For = new Attribution { Project = "p", Key = "k", Model = asked }, ModelAsked = asked, Estimate = new Money(hold) },
            Caller = null!, Facts = null!, Upstream = null!, Price = null!, Estimate = null!, Prices = null!,
        };
        return Settlement.Of(call, new Forward
        {
            End = reading.Final ? ForwardEnd.Completed : ForwardEnd.UpstreamCut, Reading = reading,
            Cost = cost?.Amount, CostComplete = cost is { Complete: true }, ReadingsDiffer = cost is { ReadingsDiffer: true },
        }, 1);
    }
}
