using Governance.Gateway.Surfaces.Anthropic.Metering;
using Governance.Pricing;
using Xunit.Abstractions;

namespace Governance.Tests.Gateway.Surfaces.Anthropic.Metering;

/// <summary>What the provider really sent is metered and priced to the nano-dollar, however the network cuts it.</summary>
public sealed class RecordedAnswersTests(ITestOutputHelper output)
{
    static readonly DateTimeOffset s_at = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);
    static readonly PriceBook s_prices = new(PriceList.Shipped);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(int.MaxValue)]
    public void EveryRecordedAnswerIsMeteredAndPricedExactly(int chunkBytes)
    {
        var fallen = new List<string>();
        foreach (var recording in All())
        {
            var reading = Read(recording, chunkBytes);
            Assert.Equal((recording.File, recording.Usage), (recording.File, reading.Usage));
            Assert.Equal((recording.File, recording.Model), (recording.File, reading.Model));
            Assert.False(reading.UnknownUsage || reading.Oversized || reading.Error, recording.File);
            Assert.Equal((recording.File, true), (recording.File, reading.Final));
            var vendor = recording.Model.StartsWith("gpt", StringComparison.Ordinal) ? "openai" : "anthropic";
            var cost = MeteredCost.Of(reading, s_prices, vendor, recording.Model, s_at);
            if (recording.Lines is { } lines)
            {
                // An itemised bill: never below what the provider bills, and exactly that unless a declined first attempt is itemised too.
                Assert.All(lines, line => Assert.Contains(reading.Lines, own => own.Kind == line.Kind && own.Usage == line.Usage && (own.Model ?? reading.Model) == line.Model));
                Assert.True(cost?.Amount.Usd >= recording.CostUsd && (reading.Lines.Count > lines.Count || cost.Amount.Usd == recording.CostUsd), recording.File);
            }
            else if (reading.TotalsFell)
            {
                // Two recorded streams begin with an estimate of the prompt that their end takes back: the larger is posted.
                Assert.True(recording.CostUsd is null || cost?.Amount.Usd > recording.CostUsd, recording.File);
                fallen.Add(recording.File);
            }
            else
            {
                Assert.Equal((recording.File, recording.CostUsd), (recording.File, recording.CostUsd is null ? null : cost?.Amount.Usd));
            }
            if (recording.Stop is { } stop)
            {
                Assert.Equal((recording.File, stop), (recording.File, reading.StopReason));
            }
        }
        Assert.True(fallen.Count is 0 || fallen.Order().SequenceEqual(["agw-anthropic-stream_message_delta_usage.sse", "antts-stream-a-toolrefusal.sse"]), string.Join(", ", fallen));
    }

    [Fact]
    public void RandomCutsChangeNothing()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        foreach (var recording in All().Where(each => each.Stream))
        {
            var whole = Read(recording, int.MaxValue);
            for (var round = 0; round < 5; round++)
            {
                var meter = new StreamMeter();
                for (var at = 0; at < recording.Body.Length;)
                {
                    var length = Math.Min(random.Next(0, 200), recording.Body.Length - at);
                    meter.Write(recording.Body.AsSpan(at, length));
                    at += length;
                    _ = meter.Read();
                }
                var reading = meter.Read();
                Assert.True(whole with { Lines = [], OtherReadings = [] } == reading with { Lines = [], OtherReadings = [] }
                    && whole.Lines.SequenceEqual(reading.Lines) && whole.OtherReadings.SelectMany(lines => lines).SequenceEqual(reading.OtherReadings.SelectMany(lines => lines)), $"seed {seed}: {recording.File}");
            }
        }
    }

    [Fact]
    public void EveryLineEndingIsTheSame()
    {
        foreach (var recording in All().Where(each => each.Stream))
        {
            var text = System.Text.Encoding.UTF8.GetString(recording.Body).ReplaceLineEndings("\n");
            foreach (var ending in new[] { "\n", "\r", "\r\n" })
            {
                var reading = Read(recording with { Body = System.Text.Encoding.UTF8.GetBytes(text.Replace("\n", ending, StringComparison.Ordinal)) }, 5);
                Assert.Equal((recording.File, ending, recording.Usage), (recording.File, ending, reading.Usage));
            }
        }
    }

    [Fact]
    public void DamagedAnswersNeverThrowAndCutOnesAreNeverFinalBeforeTheirLastUsage()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        foreach (var recording in All())
        {
            for (var round = 0; round < 40; round++)
            {
                var body = recording.Body.ToArray();
                for (var damage = random.Next(1, 30); damage > 0; damage--)
                {
                    body[random.Next(body.Length)] = (byte)random.Next(256);
                }
                var reading = Read(recording with { Body = body[..random.Next(body.Length)] }, random.Next(1, 500));
                Assert.True(reading.Usage.InputTokens >= 0 && reading.Usage.OutputTokens >= 0, $"seed {seed}: {recording.File}");
                _ = MeteredCost.Of(reading, s_prices, "anthropic", recording.Model, s_at);
            }
            var cut = Read(recording with { Body = recording.Body[..(recording.Body.Length / 3)] }, 50);
            Assert.False(cut.Final && cut.Usage != recording.Usage, recording.File);
        }
    }

    static MeterReading Read(Recording recording, int chunkBytes)
    {
        if (!recording.Stream)
        {
            return JsonMeter.Read(recording.Body);
        }
        var meter = new StreamMeter();
        for (var at = 0; at < recording.Body.Length; at += Math.Min(chunkBytes, recording.Body.Length - at))
        {
            meter.Write(recording.Body.AsSpan(at, Math.Min(chunkBytes, recording.Body.Length - at)));
        }
        return meter.Read();
    }

    IReadOnlyList<Recording> All()
    {
        if (Recordings.Messages.Count == 0)
        {
            output.WriteLine("No recordings: ../shared/fixtures/index.json is not beside this repository, so nothing was replayed.");
        }
        return Recordings.Messages;
    }
}
